"""Signing in by a code instead of a password."""

import time

import pytest
from django.core import mail
from django.test import Client

from tests.accounts.conftest import (
    EMAIL,
    PHONE,
    code_in,
    errors,
    is_signed_in,
    mailed_code,
    totp_code,
    turn_on_totp,
)

pytestmark = pytest.mark.django_db


def ask(client, name: str = EMAIL):
    return client.post("/accounts/login/code/", {"login": name})


def confirm(client, code: str):
    return client.post("/accounts/login/code/confirm/", {"code": code})


def test_by_mail(client, leila):
    assert ask(client).url == "/accounts/login/code/confirm/"
    assert "sign" in mail.outbox[0].body
    confirm(client, mailed_code())
    assert is_signed_in(client)


def test_by_telephone(client, leila, texts):
    ask(client, "0912 123 4567 ".replace("0912", "+98 912"))
    assert texts[0][0] == PHONE
    confirm(client, code_in(texts[0][1]))
    assert is_signed_in(client)


def test_the_second_factor_is_still_asked_for(client, leila):
    secret = turn_on_totp(leila)
    ask(client)
    assert confirm(client, mailed_code()).url == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": totp_code(secret, time.time())})
    assert is_signed_in(client)


def test_a_code_of_another_browser_opens_nothing(client, leila):
    ask(client)
    assert confirm(Client(), mailed_code()).url == "/accounts/login/code/"


def test_wrong_codes_end_it(client, leila):
    ask(client)
    right = mailed_code()
    for _ in range(5):
        confirm(client, "000000" if right != "000000" else "111111")
    confirm(client, right)
    assert not is_signed_in(client)


def test_nobody_is_told_whether_there_is_an_account(client, leila):
    assert ask(client, "nobody@example.com").url == ask(client).url


def test_codes_are_counted_by_where_they_go(leila):
    for _ in range(5):
        ask(Client())
    refused = ask(Client())
    assert refused.status_code == 429
    assert list(errors(refused)) == ["login"]
    assert len(mail.outbox) == 5
