"""Questions about people."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User


def person_with_avatar(pk: int) -> User:
    """One person with her picture. Raises User.DoesNotExist."""
    return User.objects.select_related("avatar").get(pk=pk)


def has_second_factor(person: User) -> bool:
    return Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).exists()


def people_for_staff() -> QuerySet[User]:
    """Everybody, each with ``two_factor``."""
    totp = Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return User.objects.annotate(two_factor=Exists(totp))
