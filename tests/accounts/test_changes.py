"""Changing the address, the number and the password."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache

from accounts import services
from accounts.models import User
from tests.accounts.conftest import EMAIL, PASSWORD, PHONE, code_in, errors, mailed_code, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def leila_inside(client, leila) -> User:
    sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return leila


def test_sensitive_changes_ask_for_the_password(client, leila):
    sign_in(client)
    response = client.post("/accounts/email/", {"action_add": "1", "email": "new@example.com"})
    assert response.url == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    response = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/email/"})
    assert response.url == "/accounts/confirm-email/"  # what was asked for goes on


def test_a_new_address_replaces_the_old_once_verified(client, leila_inside):
    client.post("/accounts/email/", {"action_add": "1", "email": "New@Example.com"})
    assert User.objects.get().email == EMAIL
    client.post("/accounts/confirm-email/", {"action": "verify", "code": mailed_code()})
    assert User.objects.get().email == "new@example.com"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("new@example.com", True, True)]
    assert [(message.to, message.subject) for message in mail.outbox[1:]] == [
        ([EMAIL], "Your e-mail address was changed")
    ]


def test_the_only_address_cannot_be_dropped(client, leila_inside):
    client.post("/accounts/email/", {"action_remove": "1", "email": EMAIL})
    assert User.objects.get().email == EMAIL
    assert EmailAddress.objects.count() == 1


def test_somebody_known_by_telephone_adds_an_address(client, texts):
    services.create_person(display_name="Omid", phone=PHONE, password=PASSWORD)
    sign_in(client, PHONE)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/accounts/email/").status_code == 200
    client.post("/accounts/email/", {"action_add": "1", "email": "omid@example.com"})
    client.post("/accounts/confirm-email/", {"action": "verify", "code": mailed_code()})
    assert User.objects.get().email == "omid@example.com"


def test_a_new_number_replaces_the_old_once_verified(client, leila_inside, texts):
    client.post("/accounts/phone/change/", {"phone": "+989351112233"})
    assert User.objects.get().phone == PHONE
    client.post("/accounts/phone/verify/", {"action": "verify", "code": code_in(texts[0][1])})
    assert User.objects.get().phone == "+989351112233"


def test_a_number_of_somebody_else_is_not_taken_over(client, leila_inside, texts):
    services.create_person(display_name="Omid", phone="+989351112233", password=PASSWORD)
    client.post("/accounts/phone/change/", {"phone": "+989351112233"})
    response = client.post("/accounts/phone/verify/", {"action": "verify", "code": code_in(texts[0][1])})
    assert errors(response) == {"code": ["Another account uses this number."]}
    assert User.objects.get(email=EMAIL).phone == PHONE


def test_changing_the_password_keeps_this_device_signed_in(client, leila_inside):
    response = client.post("/accounts/password/change/", {"oldpassword": "no", "password1": "eight cold lamps"})
    assert errors(response) == {"oldpassword": ["This is not your current password."]}
    response = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "eight cold lamps"})
    assert response.url == "/accounts/profile/"
    assert client.get(response.url).status_code == 200
    assert [message.subject for message in mail.outbox] == ["Your password was changed"]


def test_somebody_without_a_password_sets_one(client, leila):
    leila.set_unusable_password()
    leila.save()
    client.force_login(leila)
    assert client.get("/accounts/password/change/").url == "/accounts/password/set/"
    assert client.get("/accounts/password/set/").status_code == 200
    client.post("/accounts/password/set/", {"password1": "eight cold lamps"})
    assert User.objects.get().check_password("eight cold lamps")


def test_guessing_the_current_password_locks(client, leila_inside):
    for _ in range(10):
        client.post("/accounts/password/change/", {"oldpassword": "no", "password1": "eight cold lamps"})
        cache.clear()
    response = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "eight cold lamps"})
    assert response.status_code == 429
    assert User.objects.get().check_password(PASSWORD)
