"""People and their browsers."""

import datetime as dt
from typing import BinaryIO

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts import limits, selectors, signals
from accounts.models import Session, User
from core.pictures import add_picture

SIGN_UP_STAYS_OPEN = dt.timedelta(days=7)


@transaction.atomic
def create_person(
    *,
    display_name: str,
    password: str | None,
    email: str | None = None,
    phone: str | None = None,
    language: str = "en",
    market: str = "us",
    is_staff: bool = False,
    is_superuser: bool = False,
) -> User:
    """A person whose address and number count as verified, for whoever vouches for them (staff, the demo market).

    ``phone`` is E.164. Raises ValueError without e-mail and phone, IntegrityError when one is taken.
    """
    person = User.objects.create_user(
        email=email,
        phone=phone,
        password=password,
        display_name=display_name,
        language=language,
        market=market,
        is_staff=is_staff,
        is_superuser=is_superuser,
        phone_verified_at=timezone.now() if phone else None,
    )
    if person.email:
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


@transaction.atomic
def update_profile(
    *,
    person: User,
    display_name: str,
    language: str,
    market: str,
    picture: BinaryIO | None = None,
    remove_picture: bool = False,
) -> None:
    """Keeps what a person says about herself; a new picture wins over removing the old. Raises NotAPicture."""
    person.display_name = display_name
    person.language = language
    person.market = market
    if picture is not None:
        person.avatar = add_picture(picture)
    elif remove_picture:
        person.avatar = None
    person.save(update_fields=["display_name", "language", "market", "avatar"])


def unlock(*, person: User) -> None:
    """Lets a person who was locked out by wrong passwords or codes try again at once."""
    limits.forgive(f"person-{person.pk}")
    limits.forgive_factor(person)


@transaction.atomic
def end_sessions(*, person: User, fingerprint: str = "", but: str | None = None) -> int:
    """Signs her out in one browser (of this ``fingerprint``) or in all, less the one whose key is ``but``.

    Returns in how many.
    """
    open_ones = Session.objects.select_for_update().filter(person=person).exclude(session_key=but or "")
    ended = [row.session_key for row in open_ones if fingerprint in ("", row.fingerprint)]
    Session.objects.filter(session_key__in=ended).delete()
    signals.sessions_ended.send(sender=User, session_keys=ended)
    return len(ended)


@transaction.atomic
def sweep_unfinished(*, limit: int) -> int:
    """Deletes at most ``limit`` accounts whose sign-up stayed unfinished for too long; returns how many.

    Their addresses and numbers are free again.
    """
    unfinished = selectors.unfinished_people(timezone.now() - SIGN_UP_STAYS_OPEN)
    chosen = list(unfinished.order_by("pk").values_list("pk", flat=True)[:limit])
    # Under lock, look again: somebody may be typing her code now.
    list(User.objects.select_for_update().filter(pk__in=chosen).order_by("pk"))
    list(EmailAddress.objects.select_for_update().filter(user__in=chosen).order_by("pk"))
    _total, by_model = unfinished.filter(pk__in=chosen).delete()
    return by_model.get(User._meta.label, 0)
