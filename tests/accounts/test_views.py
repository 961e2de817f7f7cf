"""The profile page, and that no page of the account rooms is without our face."""

import io
import re
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from core.models import Picture
from tests.accounts.conftest import EMAIL, PASSWORD, sign_in, turn_on_totp

pytestmark = pytest.mark.django_db
FORM = {"display_name": " Leila  of the kiln ", "language": "fa", "market": "ir"}


def image(name: str = "me.png") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 300), "teal").save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue())


@pytest.fixture
def inside(client, leila):
    sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_profile_is_for_people(client):
    assert client.get("/accounts/profile/").url == "/accounts/login/?next=/accounts/profile/"
    assert client.get("/accounts/").url == "/accounts/profile/"


def test_profile_is_kept(inside):
    response = inside.post("/accounts/profile/", FORM)
    assert response.url == "/accounts/profile/"
    person = User.objects.get()
    assert (person.display_name, person.language, person.market) == ("Leila of the kiln", "fa", "ir")
    assert 'lang="fa" dir="rtl"' in inside.get("/accounts/profile/").content.decode()


def test_picture_is_taken_and_removed(inside):
    inside.post("/accounts/profile/", FORM | {"picture": image()})
    assert User.objects.get().avatar == Picture.objects.get()
    inside.post("/accounts/profile/", FORM | {"remove_picture": "on"})
    assert User.objects.get().avatar is None


def test_what_is_no_picture_is_refused_with_its_reason(inside):
    upload = SimpleUploadedFile("me.png", b"%PDF-1.7 not a picture")
    response = inside.post(
        "/accounts/profile/", FORM | {"display_name": "Leila K.", "language": "en", "market": "us", "picture": upload}
    )
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "picture": ["This is not a picture we can read. Send a JPEG, PNG or WebP."]
    }
    person = User.objects.get()
    assert (person.avatar, person.display_name) == (None, "Leila")
    assert 'value="Leila K."' in response.content.decode()


def test_profile_costs_a_constant_number_of_queries(inside, django_assert_num_queries):
    inside.get("/accounts/profile/")  # says hello once
    with django_assert_num_queries(3):  # session and person with avatar, second factor
        inside.get("/accounts/profile/")


GUEST_PAGES = ["login/", "signup/", "inactive/", "password/reset/"]
OWN_PAGES = [
    "profile/",
    "email/",
    "phone/change/",
    "password/change/",
    "logout/",
    "reauthenticate/",
    "2fa/totp/activate/",
    "password/reset/done/",
]
FACTOR_PAGES = [
    "2fa/totp/deactivate/",
    "2fa/recovery-codes/",
    "2fa/recovery-codes/generate/",
    "2fa/reauthenticate/",
]


def has_our_face(response) -> bool:
    page = response.content.decode()
    return response.status_code == 200 and 'class="tabs"' in page and ("auth-card" in page or "me-head" in page)


@pytest.mark.parametrize("page", GUEST_PAGES)
def test_pages_of_guests(client, page):
    assert has_our_face(client.get(f"/accounts/{page}"))


@pytest.mark.parametrize("page", OWN_PAGES)
def test_pages_of_people(inside, page):
    assert has_our_face(inside.get(f"/accounts/{page}"))


@pytest.mark.parametrize("page", FACTOR_PAGES)
def test_pages_of_the_second_factor(inside, leila, page):
    turn_on_totp(leila)
    assert has_our_face(inside.get(f"/accounts/{page}"))


def test_recovery_codes_as_a_file(inside, leila):
    turn_on_totp(leila)
    page = inside.get("/accounts/2fa/recovery-codes/").content.decode()
    file = re.search(r'href="data:text/plain,([^"]+)" download="recovery-codes.txt"', page)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert unquote(file[1]).split() == codes
    again = inside.get("/accounts/2fa/recovery-codes/").content.decode()
    assert [code for code in codes if code in again] == []
    assert inside.get("/accounts/2fa/recovery-codes/download/").status_code == 403


@pytest.mark.parametrize("page", ["confirm-email/", "phone/verify/", "password/reset/confirm/"])
def test_steps_without_their_beginning_lead_back(client, page):
    assert client.get(f"/accounts/{page}").url == "/accounts/login/"


def test_fields_help_phones(client):
    page = client.get("/accounts/signup/").content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="new-password"' in page
    client.post("/accounts/password/reset/", {"email": EMAIL})
    page = client.get("/accounts/password/reset/confirm/").content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
