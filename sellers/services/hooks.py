"""Telling a channel's own programs what happens, signed as Standard Webhooks (standardwebhooks.com) has it.

Events are rows in the transaction of what they tell. A worker claims a row, posts it without a transaction, and writes
down what came of it; a beat finds what a dead worker left.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, outgoing
from core.sealed import seal, unseal
from core.sweeps import delete_some
from news import services as news
from sellers import tasks
from sellers.models import Channel, Delivery, Hook, Role
from sellers.services.errors import BadHook
from sellers.services.locks import lock_channel

MOST_HOOKS = 5
PREFIX, SECRET_BYTES, PURPOSE = "whsec_", 24, "webhook"
OLD_SIGNS_ON = dt.timedelta(days=1)
CLAIM = dt.timedelta(minutes=2)  # longer than an exchange may take
# After the n-th failure; then it is given up, a day and a half after the first.
WAITS = [dt.timedelta(seconds=each) for each in (5, 60, 300, 1800, 7200, 18_000, 36_000, 64_800)]
DISABLED_AFTER = dt.timedelta(days=3)


def _new_secret() -> tuple[str, str]:
    """For the seller's eyes once, and sealed."""
    secret = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return secret, seal(secret, purpose=PURPOSE)


@transaction.atomic
def add_hook(*, channel: Channel, by: User, url: str, events: Collection[str]) -> tuple[Hook, str]:
    """A hook and its secret, which is told this once. Raises BadHook."""
    lock_channel(channel.pk)
    if channel.hooks.count() >= MOST_HOOKS:
        raise BadHook(_("A channel has at most five webhooks. Remove one first."))
    try:
        outgoing.check(url)
    except outgoing.BadAddress:
        raise BadHook(_("Write an address that begins with https:// and has no password in it.")) from None
    secret, sealed = _new_secret()
    hook = Hook.objects.create(channel=channel, url=url, events=sorted(events), secret=sealed)
    audit.log(actor=by, verb="added_webhook", subject=channel, data={"url": url})
    return hook, secret


@transaction.atomic
def rotate_secret(*, hook: Hook, by: User) -> str:
    """A new secret, told this once; the old one signs along for a day, so that nothing is missed."""
    hook = Hook.objects.select_for_update().get(pk=hook.pk)
    hook.old_secret, hook.old_until = hook.secret, timezone.now() + OLD_SIGNS_ON
    secret, hook.secret = _new_secret()
    hook.save(update_fields=["secret", "old_secret", "old_until"])
    audit.log(actor=by, verb="rotated_webhook_secret", subject=hook.channel, data={"url": hook.url})
    return secret


@transaction.atomic
def set_hook_state(*, hook: Hook, by: User, is_active: bool) -> None:
    """Pauses it, or lets it go on; what failed for days begins anew."""
    state = Hook.State.ACTIVE if is_active else Hook.State.PAUSED
    Hook.objects.filter(pk=hook.pk).update(state=state, failing_since=None)
    audit.log(actor=by, verb=f"webhook_{state}", subject=hook.channel, data={"url": hook.url})


@transaction.atomic
def remove_hook(*, hook: Hook, by: User) -> None:
    audit.log(actor=by, verb="removed_webhook", subject=hook.channel, data={"url": hook.url})
    hook.delete()


def emit(*, channel_id: int, event: str, key: str, data: Mapping[str, Any]) -> None:
    """Has the channel's hooks told of something, in the caller's transaction; one query for who has none.

    ``data`` is JSON-safe; the same event and ``key`` again is the same message.
    """
    hooks = Hook.objects.filter(channel=channel_id, state=Hook.State.ACTIVE, events__contains=[event])
    now = timezone.now()
    payload = {"type": event, "timestamp": now.isoformat(), "data": dict(data)}
    rows = [Delivery(hook_id=pk, event=event, key=key, payload=payload) for pk in hooks.values_list("pk", flat=True)]
    if rows:
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(tasks.deliver_hooks.delay)


def sign(hook: Hook, message_id: str, at: int, body: bytes) -> str:
    """``v1,`` and a base64 HMAC-SHA256 of id, timestamp and body, for each secret that counts."""
    sealed = [hook.secret]
    if hook.old_secret and hook.old_until and hook.old_until > timezone.now():
        sealed.append(hook.old_secret)
    told = b".".join((message_id.encode(), str(at).encode(), body))
    keys = (base64.b64decode(unseal(each, purpose=PURPOSE).removeprefix(PREFIX)) for each in sealed)
    digests = (hmac.new(key, told, hashlib.sha256).digest() for key in keys)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def deliver_due(*, limit: int) -> int:
    """Posts at most ``limit`` messages that are due; returns how many."""
    for number in range(limit):
        delivery = _claim()
        if delivery is None:
            return number
        _deliver(delivery)
    return limit


@transaction.atomic
def _claim() -> Delivery | None:
    """The next due message, put off so that no other worker takes it meanwhile."""
    now = timezone.now()
    due = Delivery.objects.select_for_update(skip_locked=True, of=["self"]).filter(due_at__lte=now)
    delivery = due.filter(hook__state=Hook.State.ACTIVE).select_related("hook").order_by("due_at", "pk").first()
    if delivery is not None:
        Delivery.objects.filter(pk=delivery.pk).update(due_at=now + CLAIM)
    return delivery


def _deliver(delivery: Delivery) -> None:
    hook, at = delivery.hook, int(timezone.now().timestamp())
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": sign(hook, delivery.message_id, at, body),
    }
    try:
        reply = outgoing.post(hook.url, body, headers)
    except outgoing.BadAddress:
        _note(delivery, None, "address not allowed")
    except outgoing.NotReached as error:
        _note(delivery, None, str(error))
    else:
        _note(delivery, reply.status, reply.body)


@transaction.atomic
def _note(delivery: Delivery, status: int | None, answer: str) -> None:
    """What came of an attempt: 2xx is delivered; 410 means that nobody wants it any more."""
    hook = Hook.objects.select_for_update().select_related("channel").get(pk=delivery.hook_id)
    now, is_good = timezone.now(), status is not None and 200 <= status < 300
    delivery.attempts += 1
    delivery.status, delivery.answer, delivery.tried_at = status, answer.replace("\x00", "")[:500], now
    if is_good:
        delivery.state, delivery.due_at, hook.failing_since = Delivery.State.DELIVERED, None, None
    else:
        is_over = delivery.attempts > len(WAITS) or status == 410
        delivery.state = Delivery.State.FAILED if is_over else Delivery.State.WAITING
        delivery.due_at = None if is_over else now + WAITS[delivery.attempts - 1]
        hook.failing_since = hook.failing_since or now
    delivery.save(update_fields=["attempts", "status", "answer", "tried_at", "state", "due_at"])
    if not is_good and (status == 410 or now - (hook.failing_since or now) > DISABLED_AFTER):
        _disable(hook, now)
    hook.save(update_fields=["failing_since", "state"])


def _disable(hook: Hook, now: dt.datetime) -> None:
    if hook.state != Hook.State.ACTIVE:
        return
    hook.state = Hook.State.DISABLED
    members = hook.channel.members.filter(role__in=Role.at_least(Role.MANAGER)).select_related("person")
    for member in members.order_by("pk"):
        news.notify(
            person=member.person,
            kind="webhook_stopped",
            params={"channel": hook.channel.name, "address": hook.url},
            url=reverse("dashboard:hook", args=[hook.channel.handle, hook.pk]),
            key=f"webhook:{hook.pk}:{now.isoformat()}",
        )


@transaction.atomic
def resend(*, delivery: Delivery) -> None:
    """Once more, under the same id, so that a receiver who has it knows."""
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.WAITING, due_at=timezone.now(), attempts=0)
    transaction.on_commit(tasks.deliver_hooks.delay)


def prune_deliveries(*, limit: int) -> int:
    """Deletes at most ``limit`` lines of the log that are older than HOOK_LOG_DAYS; returns how many."""
    before = timezone.now() - dt.timedelta(days=settings.HOOK_LOG_DAYS)
    return delete_some(Delivery.objects.filter(at__lt=before), limit)
