"""How much one person may write: less during the first days of an account."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from chat.services.errors import TooManyMessages
from core import limits

NEW_FOR = dt.timedelta(days=3)
MINUTE, DAY = 60, 24 * 3600
MESSAGES_A_MINUTE, MESSAGES_A_MINUTE_WHEN_NEW = 40, 12
CONVERSATIONS_A_DAY, CONVERSATIONS_A_DAY_WHEN_NEW = 60, 12
REPORTS_A_DAY = 20


def _is_new(person: User) -> bool:
    return timezone.now() - person.joined_at < NEW_FOR


def _take(key: str, limit: int, seconds: int) -> None:
    try:
        limits.take(key, limit=limit, seconds=seconds)
    except limits.TooMany as refusal:
        raise TooManyMessages(refusal.seconds) from None


def take_message(person: User) -> None:
    """Counts one message. Raises TooManyMessages."""
    _take(f"chat:say:{person.pk}", MESSAGES_A_MINUTE_WHEN_NEW if _is_new(person) else MESSAGES_A_MINUTE, MINUTE)


def take_conversation(person: User) -> None:
    """Counts one conversation that was not there before. Raises TooManyMessages."""
    _take(f"chat:open:{person.pk}", CONVERSATIONS_A_DAY_WHEN_NEW if _is_new(person) else CONVERSATIONS_A_DAY, DAY)


def take_report(person: User) -> None:
    """Counts one report. Raises TooManyMessages."""
    _take(f"chat:report:{person.pk}", REPORTS_A_DAY, DAY)
