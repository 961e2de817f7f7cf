"""What is done to people's accounts."""

from typing import BinaryIO

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts import limits
from accounts.models import User
from core.pictures import add_picture


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
