"""What guests who wait for a thing are sent: a link that proves the address, and the word they waited for. Each ends by
one click without signing in (RFC 8058)."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import sms
from news import kinds

LINK, STOP = "shop.alert", "shop.alerts.stop"  # what a signature is for


class BadToken(ValueError):
    """The link was not made by us."""


def link_url(alert_id: int) -> str:
    return settings.SITE_URL + reverse("shop:alert_link", args=[signing.dumps(alert_id, salt=LINK)])


def stop_url(email: str, phone: str) -> str:
    return settings.SITE_URL + reverse("shop:alerts_stop", args=[signing.dumps([email, phone], salt=STOP)])


def read_link(token: str) -> int:
    """The alert's pk. Raises BadToken."""
    pk = _read(token, LINK)
    if not isinstance(pk, int):
        raise BadToken(token)
    return pk


def read_stop(token: str) -> tuple[str, str]:
    """E-mail address and telephone number, one of them empty. Raises BadToken."""
    email, phone = _read(token, STOP)
    return email, phone


def _read(token: str, salt: str) -> Any:
    try:
        return signing.loads(token, salt=salt)
    except signing.BadSignature:
        raise BadToken(token) from None


def send_confirmation(*, alert: int, email: str, phone: str, language: str, title: str) -> None:
    """The link that turns an alert on. Raises what the mail server or the provider of text messages raises."""
    with translation.override(language):
        subject = _("Shall we tell you about “{thing}”?").format(thing=title)
        body = _(
            "Somebody, probably you, asked to be told once. Open the link to say yes; if it was not you, do nothing."
        )
        _send(email, phone, subject, body, link_url(alert), _("Yes, tell me"), f"alert-link-{alert}")


def send_told(*, email: str, phone: str, language: str, kind: str, params: dict[str, Any], url: str, name: str) -> None:
    """What was waited for. Raises what the mail server or the provider of text messages raises."""
    with translation.override(language):
        words = kinds.render(kind, params)
        _send(email, phone, words.title, words.body, settings.SITE_URL + url, _("Look at it"), name)


def _send(email: str, phone: str, subject: str, body: str, url: str, label: str, name: str) -> None:
    if phone:
        sms.send(to=phone, text=f"{subject}\n{url}")
        return
    stop = stop_url(email, phone)
    context = {"subject": subject, "body": body, "url": url, "label": label, "stop_url": stop}
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string("shop/alert_letter.txt", context),
        to=[email],
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<{name}@{urlsplit(settings.SITE_URL).hostname}>",  # sent twice it is still one letter
        },
    )
    message.attach_alternative(render_to_string("shop/alert_letter.html", context), "text/html")
    message.send()
