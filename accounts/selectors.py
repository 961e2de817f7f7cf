"""Questions about people."""

import datetime as dt

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from core.sweeps import unreferenced


def person_with_avatar(pk: int) -> User:
    """One person with her picture. Raises User.DoesNotExist."""
    return User.objects.select_related("avatar").get(pk=pk)


def has_second_factor(person: User) -> bool:
    return Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).exists()


def people_for_staff() -> QuerySet[User]:
    """Everybody, each with ``two_factor``."""
    totp = Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return User.objects.annotate(two_factor=Exists(totp))


def unfinished_people(before: dt.datetime) -> QuerySet[User]:
    """Who signed up before then and never came in: nothing verified, nothing of their own in any room.

    Whom staff made have no password until they come for the first time, and are not among them.
    """
    verified = EmailAddress.objects.filter(user_id=OuterRef("pk"), verified=True)
    people = User.objects.filter(joined_at__lt=before, last_login=None, phone_verified_at=None, is_staff=False)
    people = people.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).filter(~Exists(verified))
    return unreferenced(people, but=[EmailAddress])
