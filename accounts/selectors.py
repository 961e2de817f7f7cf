"""Questions about people."""

import datetime as dt
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Consent, DataExport, Session, User
from core.sweeps import unreferenced

MOST_SESSIONS = 100  # on the page; of more, those seen longest ago are not listed
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


@dataclass(frozen=True)
class Factors:
    """What a person has beside her password."""

    app: Authenticator | None
    passkeys: list[Authenticator]
    has_codes: bool
    codes_left: int

    @property
    def is_on(self) -> bool:
        return self.app is not None or bool(self.passkeys)


def person_with_avatar(pk: int) -> User:
    """One person with her picture. Raises User.DoesNotExist."""
    return User.objects.select_related("avatar").get(pk=pk)


def has_second_factor(person: User, *, but: int | None = None) -> bool:
    """Whether signing in asks for more than a password; ``but`` leaves out one authenticator."""
    factors = Authenticator.objects.filter(user_id=person.pk, type__in=SECOND_FACTORS)
    return (factors if but is None else factors.exclude(pk=but)).exists()


def get_factors(person: User) -> Factors:
    """One query."""
    found = list(Authenticator.objects.filter(user_id=person.pk).order_by("created_at", "pk"))
    of = {kind: [row for row in found if row.type == kind] for kind in Authenticator.Type.values}
    codes = of[Authenticator.Type.RECOVERY_CODES]
    left = len(codes[0].wrap().get_unused_codes()) if codes else 0
    return Factors(next(iter(of[Authenticator.Type.TOTP]), None), of[Authenticator.Type.WEBAUTHN], bool(codes), left)


def get_sessions(person: User) -> list[Session]:
    """Browsers in which she is signed in, the last seen first; one query."""
    rows = Session.objects.filter(person=person, expire_date__gt=timezone.now())
    return list(rows.defer("session_data").order_by("-seen_at", "session_key")[:MOST_SESSIONS])


def people_for_staff() -> QuerySet[User]:
    """Everybody, each with ``two_factor``."""
    factors = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=SECOND_FACTORS)
    return User.objects.annotate(two_factor=Exists(factors))


def unfinished_people(before: dt.datetime) -> QuerySet[User]:
    """Who signed up before then and never came in: nothing verified, nothing of their own in any room.

    Whom staff made have no password until they come for the first time, and are not among them.
    """
    verified = EmailAddress.objects.filter(user_id=OuterRef("pk"), verified=True)
    people = User.objects.filter(joined_at__lt=before, last_login=None, phone_verified_at=None, is_staff=False)
    people = people.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).filter(~Exists(verified))
    return unreferenced(people, but=[EmailAddress])


def get_exports(person: User) -> list[DataExport]:
    """Her archives, the newest first; those that are gone are not listed."""
    rows = DataExport.objects.filter(person=person).exclude(state=DataExport.State.GONE)
    return list(rows.order_by("-pk")[:5])


def ready_exports(person: User) -> QuerySet[DataExport]:
    """Those she may fetch now."""
    return DataExport.objects.filter(person=person, state=DataExport.State.READY, expires_at__gt=timezone.now())


def get_consents(person: User) -> list[Consent]:
    """What she said to optional uses, the newest first."""
    return list(Consent.objects.filter(person=person).order_by("-pk")[:20])
