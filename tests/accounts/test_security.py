"""The page that says what stands between an account and others, and who may take what away."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from accounts import devices, selectors
from accounts.models import Session
from news import services as news
from news.models import PushSubscription
from tests.accounts.conftest import PASSWORD, is_signed_in, sign_in, turn_on_totp

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
    with django_assert_num_queries(4):  # session, person, factors, sessions
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


# --- where she is signed in
def another_browser(person, agent: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": agent})
    sign_in(client)
    return client


def test_browsers_are_listed_by_their_names(client, leila):
    sign_in(client)
    other = another_browser(leila)
    listed = client.get("/accounts/security/").context["sessions"]
    assert sorted(row.device for row in listed) == ["Firefox on Windows", "Unknown device"]
    assert other.session.session_key not in client.get("/accounts/security/").content.decode()


def test_one_browser_is_signed_out_with_its_push(client, leila):
    sign_in(client)
    lost, kept = another_browser(leila), another_browser(leila)
    for number, browser in enumerate((lost, kept)):
        news.subscribe(
            person=leila,
            endpoint=f"https://fcm.googleapis.com/{number}",
            p256dh="-",
            auth="-",
            user_agent="",
            session_key=browser.session.session_key,
        )
    row = Session.objects.get(session_key=lost.session.session_key)
    assert client.post("/accounts/sessions/end/", {"session": row.fingerprint}).url == "/accounts/security/"
    assert [is_signed_in(browser) for browser in (client, lost, kept)] == [True, False, True]
    assert [each.endpoint for each in PushSubscription.objects.all()] == ["https://fcm.googleapis.com/1"]


def test_all_others_are_signed_out(client, leila):
    sign_in(client)
    others = [another_browser(leila) for _ in range(2)]
    client.post("/accounts/sessions/end/")
    assert [is_signed_in(browser) for browser in (client, *others)] == [True, False, False]


def test_nobody_ends_anothers_session(client, leila, staff):
    client.force_login(staff)
    hers = another_browser(leila)
    row = Session.objects.get(person=leila)
    client.post("/accounts/sessions/end/", {"session": row.fingerprint})
    assert is_signed_in(hers)


def test_a_new_password_empties_the_list(client, leila):
    sign_in(client)
    another_browser(leila)
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "nine cold kilns"})
    assert [row.session_key for row in selectors.get_sessions(leila)] == [client.session.session_key]


def test_a_session_is_seen_once_an_hour(client, leila, django_assert_num_queries):
    sign_in(client)
    long_ago = timezone.now() - dt.timedelta(hours=2)
    Session.objects.update(seen_at=long_ago)
    with django_assert_num_queries(5):  # session, that it is seen, person, factors, sessions
        client.get("/accounts/security/")
    assert Session.objects.get().seen_at > long_ago
    with django_assert_num_queries(4):
        client.get("/accounts/security/")
