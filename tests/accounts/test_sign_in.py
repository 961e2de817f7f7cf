"""Signing in by either name, and the locks on that door."""

import pytest
from django.core.cache import cache

from accounts import services
from accounts.models import User
from core.models import RateLimit
from tests.accounts.conftest import EMAIL, PASSWORD, PHONE, errors, is_signed_in, sign_in

pytestmark = pytest.mark.django_db
MISMATCH = {"__all__": ["This e-mail or number and this password do not match."]}
LOCKED = {"__all__": ["This account is locked after too many wrong passwords. Try again in 15 minutes."]}


@pytest.fixture
def no_redis(settings):
    """The cache server is gone."""
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"},
    }


@pytest.mark.parametrize("name", [EMAIL, "LEILA@example.com", PHONE, "+98 912 123 4567"])
def test_by_either_name(client, leila, name):
    response = sign_in(client, name)
    assert (response.status_code, response.url) == (302, "/")
    assert is_signed_in(client)


def test_by_local_number_of_the_market(client, leila):
    client.cookies["market"] = "ir"
    sign_in(client, "٠٩١٢١٢٣٤٥٦٧")
    assert is_signed_in(client)


def test_goes_where_one_wanted(client, leila):
    response = client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD, "next": "/saved/"})
    assert response.url == "/saved/"
    client.logout()
    response = client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD, "next": "https://evil.example/"})
    assert response.url == "/"


@pytest.mark.parametrize("name", [EMAIL, PHONE, "nobody@example.com", "+989123456789", "not a name"])
def test_a_wrong_password_says_the_same_to_everybody(client, leila, name):
    response = sign_in(client, name, "wrong")
    assert response.status_code == 200
    assert errors(response) == MISMATCH
    assert not is_signed_in(client)


@pytest.mark.parametrize("name", [EMAIL, "nobody@example.com"])
def test_ten_wrong_passwords_lock_an_account_or_what_could_be_one(client, leila, name):
    for _ in range(10):
        assert errors(sign_in(client, name, "wrong")) == MISMATCH
    response = sign_in(client, name)
    assert response.status_code == 429
    assert int(response["Retry-After"]) == 900
    assert errors(response) == LOCKED
    assert f'value="{name}"' in response.content.decode()
    assert not is_signed_in(client)


def test_the_lock_is_on_the_account_not_on_the_name(client, leila):
    for number in range(10):
        sign_in(client, EMAIL if number % 2 else PHONE, "wrong", REMOTE_ADDR=f"192.0.2.{number}")
    assert errors(sign_in(client, PHONE, REMOTE_ADDR="198.51.100.1")) == LOCKED
    other = services.create_person(display_name="Omid", email="omid@example.com", password=PASSWORD)
    sign_in(client, other.email)
    assert is_signed_in(client)


def test_the_right_password_forgives_the_wrong_ones(client, leila):
    for _ in range(3):
        for _ in range(9):
            sign_in(client, EMAIL, "wrong")
            RateLimit.objects.filter(key__startswith="sign-in:").delete()
        sign_in(client)
        assert is_signed_in(client)
        client.logout()


def test_staff_can_unlock(client, leila):
    for _ in range(11):
        sign_in(client, EMAIL, "wrong")
    cache.clear()
    services.unlock(person=leila)
    sign_in(client)
    assert is_signed_in(client)


def test_thirty_tries_lock_an_address(client, leila):
    for number in range(30):
        response = sign_in(client, f"nobody{number}@example.com", "wrong")
        assert errors(response) == MISMATCH
        cache.clear()
    response = sign_in(client)
    assert response.status_code == 429
    assert errors(response) == {"__all__": ["There were too many tries from your network. Try again in 5 minutes."]}
    sign_in(client, REMOTE_ADDR="198.51.100.7")
    assert is_signed_in(client)


def test_an_address_of_ipv6_is_a_household(client, leila):
    for number in range(30):
        sign_in(client, f"nobody{number}@example.com", "wrong", REMOTE_ADDR=f"2001:db8:1:2::{number + 1:x}")
        cache.clear()
    assert sign_in(client, REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert sign_in(client, REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_without_redis_signing_in_works_and_locks_hold(client, leila, no_redis):
    sign_in(client)
    assert is_signed_in(client)
    client.logout()
    for _ in range(10):
        assert errors(sign_in(client, EMAIL, "wrong")) == MISMATCH
    response = sign_in(client)
    assert response.status_code == 429
    assert errors(response) == LOCKED


def test_a_closed_account_is_told_so(client, leila):
    User.objects.update(is_active=False)
    response = sign_in(client)
    assert response.url == "/accounts/inactive/"
    assert not is_signed_in(client)


def test_reauthentication_is_locked_with_the_account(client, leila):
    sign_in(client)
    for _ in range(10):
        response = client.post("/accounts/reauthenticate/", {"password": "wrong"})
        assert errors(response) == {"password": ["This is not your password."]}
        cache.clear()
    response = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert response.status_code == 429
    assert errors(response) == {"password": LOCKED["__all__"]}


def test_signing_out_asks_first(client, leila):
    sign_in(client)
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)
