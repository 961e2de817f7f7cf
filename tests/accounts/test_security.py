"""The page that says what stands between an account and others, and who may take what away."""

import pytest
from allauth.mfa.models import Authenticator

from accounts import devices, selectors
from tests.accounts.conftest import PASSWORD, sign_in, turn_on_totp

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
AGENTS = {
    FIREFOX: "Firefox on Windows",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/139.0.0.0 Mobile Safari/537.36": (
        "Chrome on Android"
    ),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1": (
        "Safari on iPhone"
    ),
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/139.0.0.0 Safari/537.36 Edg/139.0": "Edge on Windows",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 SamsungBrowser/28 Chrome/130 Safari/537.36": (
        "Samsung Internet on Linux"
    ),
    "curl/8.5.0": "Unknown device",
    "": "Unknown device",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_a_device_in_words(agent):
    assert devices.describe(agent) == AGENTS[agent]


def add_passkey(person, name="Blue phone") -> Authenticator:
    """A row as allauth writes it; there is no key behind it."""
    credential = {"clientExtensionResults": {"credProps": {"rk": True}}}
    return Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": credential}
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_says_what_is_set_up(client, leila, count, django_assert_num_queries):
    sign_in(client)
    for number in range(count):
        add_passkey(leila, f"Key {number}")
    with django_assert_num_queries(3):  # session, person, factors
        page = client.get("/accounts/security/").content.decode()
    assert [f"Key {number}" in page for number in range(count)] == [True] * count
    assert "Two-factor sign-in is on." in page


def test_a_password_alone_is_called_that(client, leila):
    sign_in(client)
    assert "A password alone opens your account." in client.get("/accounts/security/").content.decode()


def test_allauths_lists_lead_to_our_page(client, leila):
    sign_in(client)
    assert [client.get(f"/accounts/2fa/{page}").url for page in ("", "webauthn/")] == ["/accounts/security/"] * 2


def test_staff_with_a_passkey_alone_are_let_in_and_keep_it(client, staff):
    client.force_login(staff)
    assert client.get("/admin/").status_code == 302
    key = add_passkey(staff)
    assert client.get("/admin/").status_code == 200
    client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
    assert selectors.has_second_factor(staff) is True


def test_staff_with_two_factors_may_drop_one(client, staff):
    client.force_login(staff)
    key = add_passkey(staff)
    turn_on_totp(staff)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
    assert sorted(Authenticator.objects.values_list("type", flat=True)) == ["recovery_codes", "totp"]


def test_nobody_removes_anothers_passkey(client, leila, staff):
    client.force_login(leila)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post(f"/accounts/2fa/webauthn/keys/{add_passkey(staff).pk}/remove/").status_code == 404
    assert selectors.has_second_factor(staff) is True
