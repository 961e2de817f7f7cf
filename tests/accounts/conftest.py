"""People at the door, and what their phones receive."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.test import Client

from accounts import services
from accounts.models import User

PASSWORD = "seven warm kilns"
EMAIL = "leila@example.com"
PHONE = "+989121234567"

TEXTS: list[tuple[str, str]] = []


class Pocket:
    """A telephone that keeps what it gets."""

    def send(self, *, to: str, text: str) -> None:
        TEXTS.append((to, text))


@pytest.fixture
def texts(settings) -> list[tuple[str, str]]:
    settings.SMS_BACKEND = "tests.accounts.conftest.Pocket"
    TEXTS.clear()
    return TEXTS


@pytest.fixture
def leila(db) -> User:
    """Known by e-mail and telephone, both verified."""
    return services.create_person(display_name="Leila", email=EMAIL, phone=PHONE, password=PASSWORD)


@pytest.fixture
def staff(db) -> User:
    return services.create_person(
        display_name="Sam", email="sam@example.com", password=PASSWORD, is_staff=True, is_superuser=True
    )


def code_in(text: str) -> str:
    """The six digits of a message."""
    return re.findall(r"(?<![\d#])\d{6}(?!\d)", text)[0]


def mailed_code() -> str:
    return code_in(mail.outbox[-1].body)


def sign_in(client: Client, name: str = EMAIL, password: str = PASSWORD, **extra):
    return client.post("/accounts/login/", {"login": name, "password": password}, **extra)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def errors(response) -> dict[str, list[str]]:
    """All messages of the page's form, by field."""
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def turn_on_totp(person: User) -> str:
    """The person's new secret; recovery codes come with it."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return secret


def totp_code(secret: str, now: float) -> str:
    return format_hotp_value(hotp_value(secret, int(now) // 30))
