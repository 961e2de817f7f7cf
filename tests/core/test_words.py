"""What scripts say by themselves."""

import pytest


@pytest.mark.parametrize(("language", "copied"), [("en", "Link copied"), ("fa", "پیوند کپی شد"), ("xx", "Link copied")])
def test_the_words_of_scripts_are_in_the_language_of_their_address(client, language, copied):
    answer = client.get("/words.json", {"language": language})
    assert (answer.json()["copied"], answer["Cache-Control"]) == (copied, "public, max-age=86400")
