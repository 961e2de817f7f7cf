"""A forgotten password: a code to the address or the number, then a new one."""

import pytest
from django.core import mail

from accounts import services
from tests.accounts.conftest import EMAIL, PHONE, code_in, errors, is_signed_in, mailed_code, sign_in

pytestmark = pytest.mark.django_db
NEW = "eight cold lamps"


def finish(client, code: str) -> None:
    response = client.post("/accounts/password/reset/confirm/", {"code": code})
    assert response.url == "/accounts/password/reset/complete/"
    response = client.post("/accounts/password/reset/complete/", {"password1": NEW})
    assert response.url == "/accounts/password/reset/done/"
    assert client.get(response.url).status_code == 200


def test_by_email(client, leila):
    response = client.post("/accounts/password/reset/", {"email": "Leila@example.com"})
    assert response.url == "/accounts/password/reset/confirm/"
    finish(client, mailed_code())
    assert [message.subject for message in mail.outbox[1:]] == ["Your password was reset"]
    assert not is_signed_in(client)
    sign_in(client, EMAIL, NEW)
    assert is_signed_in(client)


def test_by_telephone_for_somebody_without_email(client, texts):
    services.create_person(display_name="Omid", phone=PHONE, password="forgotten once")
    response = client.post("/accounts/password/reset/", {"email": PHONE})
    assert response.url == "/accounts/password/reset/confirm/"
    finish(client, code_in(texts[0][1]))
    sign_in(client, PHONE, NEW)
    assert is_signed_in(client)
    assert mail.outbox == []


def test_a_reset_unlocks(client, leila):
    for _ in range(11):
        sign_in(client, EMAIL, "wrong")
    client.post("/accounts/password/reset/", {"email": EMAIL})
    finish(client, mailed_code())
    sign_in(client, EMAIL, NEW)
    assert is_signed_in(client)


@pytest.mark.parametrize(("known", "unknown"), [(EMAIL, "nobody@example.com"), (PHONE, "+989123456789")])
def test_nobody_learns_who_has_an_account(client, leila, texts, known, unknown):
    answers = []
    for name in (known, unknown):
        client.cookies.clear()
        response = client.post("/accounts/password/reset/", {"email": name}, follow=True)
        wrong = client.post("/accounts/password/reset/confirm/", {"code": "1"})
        answers.append((response.redirect_chain, response.status_code, errors(wrong)))
    assert answers[0] == answers[1]
    told = [message.to[0] for message in mail.outbox] or [to for to, _ in texts]
    assert told == [known, unknown]


def test_five_wrong_codes_end_it(client, leila):
    client.post("/accounts/password/reset/", {"email": EMAIL})
    for _ in range(4):
        assert client.post("/accounts/password/reset/confirm/", {"code": "1"}).status_code == 200
    assert client.post("/accounts/password/reset/confirm/", {"code": "1"}).url == "/accounts/login/"
    assert client.post("/accounts/password/reset/confirm/", {"code": mailed_code()}).url == "/accounts/login/"


@pytest.mark.parametrize("name", [EMAIL, "nobody@example.com"])
def test_sixth_code_in_an_hour_waits(client, leila, name):
    from django.core.cache import cache

    for _ in range(5):
        assert client.post("/accounts/password/reset/", {"email": name}).status_code == 302
        cache.clear()
    response = client.post("/accounts/password/reset/", {"email": name})
    assert response.status_code == 429
    assert errors(response) == {"email": ["We have sent too many codes there. Try again in 60 minutes."]}
