"""Staff in tests: with a second factor, and with no more than the permissions a test gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission

from tests.conftest import signed_in
from tests.factories import make_user

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User


def make_staff(*permissions: str) -> User:
    """Somebody of staff who may what is named, like ``view_dispute``; "all" is a superuser."""
    person = make_user(is_staff=True, is_superuser=permissions == ("all",))
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "not-used-by-tests"})
    person.user_permissions.set(Permission.objects.filter(content_type__app_label="payments", codename__in=permissions))
    return person


def staff_with(*permissions: str) -> Client:
    return signed_in(make_staff(*permissions))


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]
