"""Two-factor sign-in, and staff's duty to have it."""

import time

import pytest
from allauth.mfa.models import Authenticator

from tests.accounts.conftest import (
    PASSWORD,
    errors,
    is_signed_in,
    sign_in,
    totp_code,
    turn_on_totp,
)

pytestmark = pytest.mark.django_db


def reauthenticate(client) -> None:
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def test_turning_it_on(client, leila):
    sign_in(client)
    reauthenticate(client)
    page = client.get("/accounts/2fa/totp/activate/")
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    secret = page.context["form"].secret
    response = client.post("/accounts/2fa/totp/activate/", {"code": totp_code(secret, time.time())})
    assert response.url == "/accounts/2fa/recovery-codes/"
    assert client.get(response.url).context["unused_codes"].__len__() == 10
    kept = Authenticator.objects.get(type="totp")
    assert secret not in str(kept.data)
    assert kept.wrap().validate_code(totp_code(secret, time.time() + 30)) is True


def test_signing_in_asks_for_a_code(client, leila):
    secret = turn_on_totp(leila)
    assert sign_in(client).url == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)
    response = client.post("/accounts/2fa/authenticate/", {"code": "000"})
    assert errors(response) == {"code": ["This code is not right. Wait for the next one and try again."]}
    client.post("/accounts/2fa/authenticate/", {"code": totp_code(secret, time.time())})
    assert is_signed_in(client)


def test_a_code_opens_once_also_without_redis(client, leila, settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    secret = turn_on_totp(leila)
    code = totp_code(secret, time.time())
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert is_signed_in(client)
    client.logout()
    sign_in(client)
    response = client.post("/accounts/2fa/authenticate/", {"code": code})
    assert errors(response) == {"code": ["This code was used already. Wait for the next one."]}
    assert not is_signed_in(client)


def test_a_recovery_code_opens_once(client, leila):
    turn_on_totp(leila)
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": f"{code[:4]} {code[4:]}"})
    assert is_signed_in(client)
    client.logout()
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert not is_signed_in(client)


def test_ten_wrong_codes_lock(client, leila):
    from django.core.cache import cache

    secret = turn_on_totp(leila)
    sign_in(client)
    for _ in range(10):
        client.post("/accounts/2fa/authenticate/", {"code": "1"})
        cache.clear()
    response = client.post("/accounts/2fa/authenticate/", {"code": totp_code(secret, time.time())})
    assert response.status_code == 429
    assert errors(response) == {"code": ["Too many wrong codes. Try again in 15 minutes."]}
    assert not is_signed_in(client)


def test_staff_without_it_are_sent_to_set_it_up(client, staff):
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/").url == "/accounts/login/?next=%2Fadmin%2F"
    sign_in(client, "sam@example.com")
    response = client.get("/admin/accounts/user/", follow=True)
    assert response.redirect_chain[1][0] == "/accounts/2fa/totp/activate/"
    assert response.redirect_chain[2][0] == "/accounts/reauthenticate/?next=%2Faccounts%2F2fa%2Ftotp%2Factivate%2F"
    reauthenticate(client)
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": totp_code(secret, time.time())})
    assert client.get("/admin/").status_code == 200


def test_staff_cannot_turn_it_off(client, staff):
    secret = turn_on_totp(staff)
    sign_in(client, "sam@example.com")
    client.post("/accounts/2fa/authenticate/", {"code": totp_code(secret, time.time())})
    reauthenticate(client)
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_others_can(client, leila):
    secret = turn_on_totp(leila)
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": totp_code(secret, time.time())})
    reauthenticate(client)
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.count() == 0


def test_the_app_goes_on_after_the_secret_key_was_replaced(client, staff, settings):
    secret = turn_on_totp(staff)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "n" * 50
    settings.SECRET_KEY_FALLBACKS = [old]
    sign_in(client, "sam@example.com")
    client.post("/accounts/2fa/authenticate/", {"code": totp_code(secret, time.time())})
    assert is_signed_in(client)
