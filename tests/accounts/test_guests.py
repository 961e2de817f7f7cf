"""What a guest kept comes along when she turns out to be somebody."""

import pytest
from django.core.cache import cache

from accounts.models import User
from accounts.signals import guest_joined
from tests.accounts.conftest import PASSWORD, mailed_code, sign_in, totp_code, turn_on_totp

pytestmark = pytest.mark.django_db
GUEST = {"saves": [3, 1], "follows": [7], "views": [[3, 1700000000]], "key": "her-key"}


@pytest.fixture
def heard():
    """Everything ``guest_joined`` said."""
    said: list[tuple[User, dict]] = []

    def listen(person: User, guest: dict, **kwargs) -> None:
        said.append((person, guest))

    guest_joined.connect(listen)
    yield said
    guest_joined.disconnect(listen)


@pytest.fixture
def guest(client):
    session = client.session
    session["guest"] = GUEST
    session.save()
    return client


def test_at_sign_in(guest, leila, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(guest)
    assert heard == [(leila, GUEST)]
    assert "guest" not in guest.session
    leila.refresh_from_db()
    assert leila.grouped_as == ""  # her groups stay what they were


def test_at_sign_up_through_the_code(guest, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        guest.post(
            "/accounts/signup/", {"contact": "nadia@example.com", "display_name": "Nadia", "password1": PASSWORD}
        )
    assert heard == []
    assert guest.session["guest"] == GUEST
    with django_capture_on_commit_callbacks(execute=True):
        guest.post("/accounts/confirm-email/", {"action": "verify", "code": mailed_code()})
    assert heard == [(User.objects.get(), GUEST)]
    assert "guest" not in guest.session
    assert User.objects.get().grouped_as == "her-key"


def test_through_the_second_factor(guest, leila, heard, django_capture_on_commit_callbacks):
    import time

    secret = turn_on_totp(leila)
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(guest)
        guest.post("/accounts/2fa/authenticate/", {"code": totp_code(secret, time.time())})
    assert heard == [(leila, GUEST)]


def test_a_guest_who_begins_again_loses_nothing(guest, heard):
    guest.post("/accounts/signup/", {"contact": "nadia@example.com", "display_name": "Nadia", "password1": PASSWORD})
    guest.post("/accounts/logout/", {"next": "/accounts/signup/"})
    cache.clear()
    assert guest.get("/accounts/signup/").status_code == 200
    assert guest.session["guest"] == GUEST


def test_a_guest_without_history_is_no_news(client, leila, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(client)
    assert heard == []
