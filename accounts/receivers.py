"""allauth's news, told on in our words."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, user_logged_in, user_signed_up
from django.contrib import messages
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import limits, purposes, services, signals
from accounts.models import User
from accounts.sessions import DOOR

GUEST_KEY = "guest"


@receiver(user_logged_in)
def tell_guest_joined(sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
    """What a guest kept in her session belongs to the person she turned out to be; both sign-up and sign-in end here."""
    guest = request.session.pop(GUEST_KEY, None)
    if guest:
        transaction.on_commit(lambda: signals.guest_joined.send(sender=User, person=user, guest=guest))


@receiver(user_logged_in)
def note_the_door(sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
    """By what she finds this browser in the list of hers."""
    agent = request.headers.get("User-Agent", "")[:300]
    request.session[DOOR] = {"agent": agent, "at": timezone.now().isoformat()}


@receiver(user_logged_in)
def stay(sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever wanted to leave and signs in again stays."""
    if services.cancel_leaving(person=user):
        messages.success(request, _("Welcome back. Your account stays, and nothing was deleted."))


@receiver((password_changed, password_reset))
def end_other_sessions(sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A new password ends them anyway; this way they leave the list, and browsers hear no more news."""
    services.end_sessions(person=user, but=request.session.session_key)


@receiver(user_signed_up)
def keep_the_guests_groups(sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever was a guest stays in the groups of experiments that she fell into as one."""
    if key := request.session.get(GUEST_KEY, {}).get("key", ""):
        user.grouped_as = key
        user.save(update_fields=["grouped_as"])


@receiver(user_signed_up)
def keep_the_guests_choices(sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
    """What she chose as a guest is kept as her choice; who was never asked has what the site does unasked."""
    said_no = purposes.declined_by_cookie(request)
    if purposes.has_chosen(request):
        services.choose(person=user, declined=said_no)
    elif said_no:
        user.declined = sorted(said_no)
        user.save(update_fields=["declined"])


@receiver(password_reset)
def unlock_after_reset(sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever set a new password by a code has shown who she is."""
    limits.forgive(f"person-{user.pk}")
