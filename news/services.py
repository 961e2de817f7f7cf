"""Telling people: written with what happened, delivered by the outbox."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from core import outbox
from core.sweeps import delete_some
from news import hours, kinds, mail, push
from news.models import Choice, News, PushSubscription, Rhythm
from news.selectors import get_rhythm

Digest = Rhythm.Digest
SAME_GROUP: Any = {"update_conflicts": True, "unique_fields": ["person", "group"]}
MOST_IN_DIGEST = 50  # the list has the rest
READ_KEPT, KEPT = dt.timedelta(days=180), dt.timedelta(days=365)  # in her list


class BadAddress(ValueError):
    """News leads to a page of this site: a path that begins with one slash."""


class NotAPushService(ValueError):
    """The browser named an address that no known push service has."""


def notify(
    *, person: User, kind: str, params: Mapping[str, Any], url: str, key: str, at: dt.datetime | None = None
) -> None:
    """Tells ``person`` once of what ``key`` names, in her list and by the ways she chose; part of the caller's
    transaction.

    ``params`` as news.kinds describes, ``url`` a path of this site, ``at`` when it happened (now). Raises UnknownKind,
    BadParams, BadAddress.
    """
    kinds.render(kind, params)
    if not url.startswith("/") or url.startswith(("//", "/\\")):
        raise BadAddress(url)
    if not person.is_active:
        return
    news = News(person=person, kind=kind, params=dict(params), url=url, key=key, at=at or timezone.now())
    with transaction.atomic(savepoint=False):
        if _add(news):
            _spread(news, kinds.get(kind))


def _add(news: News) -> bool:
    """Writes it by one statement, unless the person was told of its key; who is told at once by two waits here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO news_news (person_id, kind, params, url, key, at, in_digest)"
            " VALUES (%s, %s, %s::jsonb, %s, %s, %s, false) ON CONFLICT (person_id, key) DO NOTHING RETURNING id",
            [news.person_id, news.kind, json.dumps(news.params), news.url, news.key, news.at],
        )
        row = cursor.fetchone()
    news.pk = row[0] if row else None
    return row is not None


def _spread(news: News, kind: kinds.Kind) -> None:
    """Puts the e-mail and the push messages into the outbox, or keeps the e-mail for the digest."""
    person = news.person
    choice = Choice.objects.filter(person=person, group=kind.group).first() or Choice()
    rhythm = get_rhythm(person)
    due_at = None
    if not kind.urgent:
        quiet = {"start": rhythm.quiet_from, "end": rhythm.quiet_until}
        due_at = hours.end_of_quiet(person, **quiet, now=timezone.now())
    if kinds.Way.EMAIL in kind.ways and choice.email and person.email:
        if rhythm.digest != Digest.OFF and not kind.urgent:
            News.objects.filter(pk=news.pk).update(in_digest=True)
        else:
            outbox.put("news.email", {"news": news.pk}, key=f"{news.pk}", due_at=due_at)
    if kinds.Way.PUSH in kind.ways and choice.push and push.is_offered():
        for pk in PushSubscription.objects.filter(person=person).order_by("pk").values_list("pk", flat=True):
            payload = {"news": news.pk, "subscription": pk}
            outbox.put("news.push", payload, key=f"{news.pk}:{pk}", due_at=due_at)


# --- reading
def open_news(*, news: News) -> None:
    News.objects.filter(pk=news.pk, read_at=None).update(read_at=timezone.now())


def open_all_at(*, person: User, url: str) -> None:
    """The person sees the page that some of her news lead to."""
    News.objects.unread().filter(person=person, url=url).update(read_at=timezone.now())


def read_all(*, person: User, newest_pk: int) -> None:
    """Marks all up to ``newest_pk`` read: what came since the page was shown stays unread."""
    News.objects.unread().filter(person=person, pk__lte=newest_pk).update(read_at=timezone.now())


def prune(*, limit: int, now: dt.datetime | None = None) -> int:
    """Deletes at most ``limit`` pieces of news older than KEPT, or than READ_KEPT and read; returns how many."""
    now = now or timezone.now()
    old = News.objects.filter(at__lt=now - READ_KEPT)
    return delete_some(old.filter(Q(read_at__isnull=False) | Q(at__lt=now - KEPT)), limit)


# --- choosing
@transaction.atomic
def save_settings(
    *,
    person: User,
    ways: Mapping[str, tuple[bool, bool]],
    digest: str,
    digest_hour: int,
    quiet_from: int | None,
    quiet_until: int | None,
) -> None:
    """Keeps how and when a person is told; ``ways`` are (e-mail, push) by group, hours those of her market.

    What waited for a digest she no longer wants goes out at once.
    """
    chosen = [Choice(person=person, group=group, email=email, push=by_push) for group, (email, by_push) in ways.items()]
    Choice.objects.bulk_create(chosen, **SAME_GROUP, update_fields=["email", "push"])
    now = timezone.now()
    digest_at = now if digest == Digest.OFF else _next_digest(person, digest, digest_hour, now)
    Rhythm.objects.update_or_create(
        person=person,
        defaults={
            "digest": digest,
            "digest_hour": digest_hour,
            "digest_at": digest_at,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
        },
    )


def _next_digest(person: User, digest: str, hour: int, after: dt.datetime) -> dt.datetime | None:
    if digest == Digest.OFF:
        return None
    return hours.next_digest(person, weekly=digest == Digest.WEEKLY, hour=hour, after=after)


@transaction.atomic
def unsubscribe(*, person: User, group: str) -> None:
    """No more e-mails of ``group``, or of any group for mail.EVERYTHING."""
    groups = kinds.Group.values if group == mail.EVERYTHING else [group]
    chosen = [Choice(person=person, group=each, email=False) for each in groups]
    Choice.objects.bulk_create(chosen, **SAME_GROUP, update_fields=["email"])
    News.objects.filter(person=person, in_digest=True, kind__in=kinds.names_in(group)).update(in_digest=False)


# --- browsers
def fingerprint(session_key: str | None) -> str:
    """Names a session without giving it away."""
    return hashlib.sha256((session_key or "").encode()).hexdigest()


@transaction.atomic
def subscribe(*, person: User, endpoint: str, p256dh: str, auth: str, user_agent: str, session_key: str | None) -> None:
    """Lets a browser be told what the person is told; it stops being told what anybody else is.

    Raises NotAPushService.
    """
    if not push.is_allowed(endpoint):
        raise NotAPushService(endpoint)
    PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "person": person,
            "p256dh": p256dh,
            "auth": auth,
            "user_agent": user_agent[:300],
            "session": fingerprint(session_key),
            "failures": 0,
        },
    )
    older = PushSubscription.objects.filter(person=person).order_by("-pk").values_list("pk", flat=True)
    PushSubscription.objects.filter(pk__in=list(older[PushSubscription.MOST :])).delete()


def end_subscription(*, person: User, endpoint: str) -> None:
    PushSubscription.objects.filter(person=person, endpoint=endpoint).delete()


def end_sessions(*, session_keys: list[str]) -> None:
    """Browsers whose sessions were ended hear no more."""
    PushSubscription.objects.filter(session__in=[fingerprint(key) for key in session_keys]).delete()


def end_session(*, session_key: str | None) -> None:
    """Whoever signed out is not told anything in that browser any more."""
    PushSubscription.objects.filter(session=fingerprint(session_key)).delete()


# --- delivering; each may be called twice
def _get_undelivered(news_id: int, way: kinds.Way) -> News | None:
    """The news if it is still unread and still wanted by that way: both may change while it waits."""
    news = News.objects.known().unread().select_related("person").filter(pk=news_id, person__is_active=True).first()
    if news is None:
        return None
    refused = Choice.objects.filter(person=news.person, group=kinds.get(news.kind).group, **{way: False})
    return None if refused.exists() else news


def deliver_email(*, news_id: int) -> None:
    if news := _get_undelivered(news_id, kinds.Way.EMAIL):
        mail.send_news(news)


def deliver_push(*, news_id: int, subscription_id: int) -> None:
    """Raises push.NotTaken."""
    news = _get_undelivered(news_id, kinds.Way.PUSH)
    subscription = PushSubscription.objects.filter(pk=subscription_id).first()
    if news and subscription and subscription.person_id == news.person_id:
        push.send(news, subscription)


def deliver_digest(*, person_id: int, news_ids: list[int], name: str) -> None:
    person = User.objects.filter(pk=person_id, is_active=True).first()
    rows = list(News.objects.known().unread().filter(pk__in=news_ids, person=person_id).order_by("-at", "-id"))
    if person and rows:
        mail.send_digest(person, rows, name)


def send_due_digests() -> int:
    """Hands every due digest to the outbox, each in a transaction of its own; returns how many were due."""
    count = 0
    while _send_next_digest():
        count += 1
    return count


@transaction.atomic
def _send_next_digest() -> bool:
    now = timezone.now()
    due = Rhythm.objects.select_for_update(skip_locked=True, of=("self",)).filter(digest_at__lte=now)
    rhythm = due.select_related("person").order_by("digest_at", "pk").first()
    if rhythm is None:
        return False
    waiting = News.objects.filter(person=rhythm.person, in_digest=True)
    if news_ids := list(waiting.order_by("pk").values_list("pk", flat=True)[:MOST_IN_DIGEST]):
        name = f"{rhythm.pk}-{news_ids[-1]}"
        outbox.put("news.digest", {"person": rhythm.pk, "news": news_ids, "name": name}, key=name)
        waiting.update(in_digest=False)
    rhythm.digest_at = _next_digest(rhythm.person, rhythm.digest, rhythm.digest_hour, now)
    rhythm.save(update_fields=["digest_at"])
    return True
