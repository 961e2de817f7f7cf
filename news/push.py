"""News to browsers by the Web Push protocol, signed with our VAPID key; only to push services we know."""

import base64
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid

from news import kinds
from news.hours import speaking_to
from news.models import News, PushSubscription

if TYPE_CHECKING:
    from pywebpush import WebPushException

GONE = {404, 410}
LOOPBACK = {"127.0.0.1", "localhost"}
DAY = 24 * 60 * 60
MOST_REFUSALS = 5


class NotTaken(Exception):
    """The push service is away or busy; another try may help."""


def is_offered() -> bool:
    """Whether this installation can push at all."""
    return bool(settings.VAPID_PRIVATE_KEY)


@lru_cache
def _public_key_of(private_key: str) -> str:
    point = Vapid.from_string(private_key).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def public_key() -> str:
    """What a browser needs to subscribe: an uncompressed P-256 point in base64url."""
    return _public_key_of(settings.VAPID_PRIVATE_KEY)


def is_allowed(endpoint: str) -> bool:
    """Whether the address is one of a known push service: people name it, and we will post to it."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username or parts.password or not re.fullmatch(r"[!-~]+", endpoint):
        return False
    if host in LOOPBACK:
        return parts.scheme == "http" and host in settings.PUSH_HOSTS
    return (
        parts.scheme == "https" and port in {None, 443} and any(_matches(host, known) for known in settings.PUSH_HOSTS)
    )


def _matches(host: str, known: str) -> bool:
    return host.endswith(known[1:]) if known.startswith("*.") else host == known


def send(news: News, subscription: PushSubscription) -> None:
    """Hands the news to the subscription's service; what is gone is deleted. Raises NotTaken."""
    if not is_offered() or not is_allowed(subscription.endpoint):
        return
    from pywebpush import WebPushException, webpush  # only workers need it, and it takes long to load

    with speaking_to(news.person), requests.Session() as session:
        session.max_redirects = 0  # a service does not send us elsewhere
        try:
            webpush(
                {
                    "endpoint": subscription.endpoint,
                    "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
                },
                json.dumps(_payload(news)),
                vapid_private_key=settings.VAPID_PRIVATE_KEY,
                vapid_claims={"sub": settings.VAPID_SUBJECT},
                ttl=DAY,
                headers={"Urgency": "high" if kinds.get(news.kind).urgent else "normal"},
                timeout=10,
                requests_session=session,
            )
        except requests.RequestException as error:
            raise NotTaken(str(error)) from None
        except WebPushException as error:
            _note_refusal(subscription, error)
            return
    if subscription.failures:
        subscription.failures = 0
        subscription.save(update_fields=["failures"])


def _payload(news: News) -> dict[str, str]:
    words = news.words
    return {
        "title": words.title[:120],
        "body": words.body[:300],
        "url": news.get_absolute_url(),
        "tag": f"news-{news.pk}",
    }


def _note_refusal(subscription: PushSubscription, error: "WebPushException") -> None:
    """Gone is gone; a refusal counts against the subscription; anything else is tried again. Raises NotTaken."""
    status = error.status_code or 0
    if status == 429 or status >= 500:
        raise NotTaken(f"status {status}")
    subscription.failures += 1
    if status in GONE or subscription.failures >= MOST_REFUSALS:
        subscription.delete()
    else:
        subscription.save(update_fields=["failures"])
