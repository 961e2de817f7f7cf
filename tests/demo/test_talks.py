"""The demo market's talks fit its people, channels and things."""

import pytest

from demo import content
from demo.content import ContentError, Source
from demo.deals import STAGES
from demo.talks import read_lines


@pytest.mark.parametrize("language", content.languages())
def test_talks_name_people_and_things_that_are_there(language: str):
    market = content.load(language)
    people = {person.handle for person in market.people} | {"shopper"}
    products = {channel.key: {product.key for product in channel.products} for channel in market.channels}
    talks = Source.read(f"{language}/chats.toml").each("chats")
    assert len(talks) >= 4
    for talk in talks:
        assert talk.text("person") in people
        assert talk.values.get("product") in products[talk.text("channel")] | {None}
        assert set(talk.values.get("deals", [])) <= STAGES.keys()
        assert "product" in talk.values or "deals" not in talk.values
        assert 0 <= talk.need("unread") <= len(read_lines(talk))
    assert sum(talk.need("unread") > 0 for talk in talks) >= 3


def test_a_line_without_a_speaker_is_named():
    with pytest.raises(ContentError, match="'Hello' must begin with > or <"):
        read_lines(Source("x", {"lines": ["> Hi", "Hello"]}))
