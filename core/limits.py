"""Rate limits, counted in PostgreSQL: they hold when the cache is away, and fail closed with the database."""

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.models import RateLimit
from core.templatetags.bisat import number


class TooMany(Exception):
    """The limit is used up; ``seconds`` until the window ends."""

    message = _("That was a lot at once. Wait a little and try again.")

    def __init__(self, seconds: int) -> None:
        super().__init__(str(self.message))
        self.seconds = seconds


def wait_words(seconds: int) -> str:
    """What somebody reads who wrote too much: in how many minutes she may go on, or hours from two of them on."""
    minutes = max(1, -(-seconds // 60))
    if minutes < 120:
        sentence = ngettext(
            "That was a lot at once. Try again in {n} minute; your words are kept.",
            "That was a lot at once. Try again in {n} minutes; your words are kept.",
            minutes,
        )
        return sentence.format(n=number(minutes))
    hours = -(-minutes // 60)
    sentence = ngettext(
        "That was a lot at once. Try again in {n} hour; your words are kept.",
        "That was a lot at once. Try again in {n} hours; your words are kept.",
        hours,
    )
    return sentence.format(n=number(hours))


_TAKE = """
INSERT INTO core_ratelimit AS r (key, window_ends_at, taken) VALUES (%(key)s, now() + make_interval(secs => %(window)s), 1)
ON CONFLICT (key) DO UPDATE SET
    taken = CASE WHEN r.window_ends_at <= now() THEN 1 ELSE r.taken + 1 END,
    window_ends_at = CASE WHEN r.window_ends_at <= now() THEN excluded.window_ends_at ELSE r.window_ends_at END
RETURNING taken, ceil(extract(epoch FROM window_ends_at - now()))::int
"""


def take(key: str, *, limit: int, seconds: int) -> None:
    """Counts one use of ``key`` in its fixed window of ``seconds``; raises TooMany from use ``limit + 1`` on."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"key": key, "window": seconds})
        taken, left = cursor.fetchone()
    if taken > limit:
        raise TooMany(left)


def give_back(key: str) -> None:
    """Forgets what ``key`` has used, for example after a sign-in that worked."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_ratelimit WHERE key = %s", [key])


def seconds_left(key: str, *, limit: int) -> int:
    """How long ``key`` stays used up; 0 while uses are left. Counts nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ceil(extract(epoch FROM window_ends_at - now()))::int FROM core_ratelimit"
            " WHERE key = %s AND taken >= %s AND window_ends_at > now()",
            [key, limit],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def forget_past() -> None:
    """Deletes the counters of windows that have ended."""
    RateLimit.objects.filter(window_ends_at__lte=Now()).delete()


def client_address(request: HttpRequest) -> str:
    """The visitor's address: with N trusted proxies the N-th from the end of X-Forwarded-For, else the peer."""
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        return forwarded[-settings.TRUSTED_PROXIES]
    return str(request.META.get("REMOTE_ADDR", ""))
