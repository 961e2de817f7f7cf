"""What this room does when the outbox delivers, and when accounts change."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts import signals
from accounts.models import DataExport, Erasure, User
from core import outbox
from news import services


@outbox.handler("news.email")
def deliver_email(payload: dict[str, Any]) -> None:
    services.deliver_email(news_id=payload["news"])


@outbox.handler("news.push")
def deliver_push(payload: dict[str, Any]) -> None:
    services.deliver_push(news_id=payload["news"], subscription_id=payload["subscription"])


@outbox.handler("news.digest")
def deliver_digest(payload: dict[str, Any]) -> None:
    services.deliver_digest(person_id=payload["person"], news_ids=payload["news"], name=payload["name"])


@receiver(user_logged_out, dispatch_uid="news.forget_the_browser")
def forget_the_browser(*, request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if request is not None and user is not None:
        services.end_session(session_key=request.session.session_key)


@receiver(signals.sessions_ended, dispatch_uid="news.forget_ended_sessions")
def forget_ended_sessions(*, session_keys: list[str], **_: Any) -> None:
    services.end_sessions(session_keys=session_keys)


@outbox.handler("accounts.export_ready")
def tell_of_export(payload: dict[str, Any]) -> None:
    export = DataExport.objects.select_related("person").get(pk=payload["export"])
    until = {"until_at": (export.expires_at or timezone.now()).isoformat()}
    key = f"export:{export.pk}"
    services.notify(person=export.person, kind="export_ready", params=until, url=reverse("accounts:data"), key=key)


@outbox.handler("accounts.leaving")
def tell_of_leaving(payload: dict[str, Any]) -> None:
    erasure = Erasure.objects.select_related("person").get(pk=payload["erasure"])
    due, key = {"due_at": erasure.due_at.isoformat()}, f"leaving:{erasure.pk}"
    services.notify(person=erasure.person, kind="leaving", params=due, url=reverse("account_login"), key=key)


def _tell(user: User, kind: str) -> None:
    """The e-mail about it is allauth's."""
    now = timezone.now()
    key = f"{kind}:{now.isoformat()}"
    services.notify(person=user, kind=kind, params={}, url=reverse("accounts:profile"), key=key, at=now)


@receiver((password_changed, password_set, password_reset), dispatch_uid="news.tell_of_password")
def tell_of_password(*, user: User, **_: Any) -> None:
    _tell(user, "password_changed")


@receiver(authenticator_added, dispatch_uid="news.tell_of_factor_added")
def tell_of_factor_added(*, user: User, **_: Any) -> None:
    _tell(user, "second_factor_added")


@receiver(authenticator_removed, dispatch_uid="news.tell_of_factor_removed")
def tell_of_factor_removed(*, user: User, **_: Any) -> None:
    _tell(user, "second_factor_removed")
