"""Kinds of news, registered by the rooms that know them (in a ``notices`` module, from ``AppConfig.ready``).

``params`` of a kind are JSON-safe and are put into words at display: integers as numbers, ``{"minor": n, "currency":
"IRR"}`` as money, strings named ``*_at`` (ISO 8601) as day and time, ``*_date`` as a day, other strings as they are.
"""

import datetime as dt
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.money import format_money
from core.templatetags import bisat as say

Params = Mapping[str, Any]


class Group(TextChoices):
    MESSAGES = "messages", _("Messages")
    MONEY = "money", _("Money")
    DEADLINES = "deadlines", _("Deadlines")
    CHANNEL = "channel", _("Your channels")
    GROUP = "group", _("Storekeepers group")
    WISHES = "wishes", _("Things you wait for")
    ACCOUNT = "account", _("Your account")


class Way(TextChoices):
    """Beside the list, which shows all news."""

    EMAIL = "email", _("E-mail")
    PUSH = "push", _("Push")


@dataclass(frozen=True, slots=True)
class Kind:
    """``title`` and ``body`` are lazy translations with params in braces; what is urgent waits for no quiet hours
    and for no digest."""

    name: str
    group: str
    title: str | Promise
    body: str | Promise = ""
    icon: str = "bell"
    ways: Collection[str] = (Way.EMAIL, Way.PUSH)
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """One piece of news in the active language and time zone, as plain text."""

    title: str
    body: str
    icon: str


class UnknownKind(LookupError):
    """No room has registered this kind."""


class BadParams(ValueError):
    """The params lack what the kind's words need, or hold what is no number, money, time or text."""


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    for kind in kinds:
        if _kinds.setdefault(kind.name, kind) != kind:
            raise ValueError(f"There is another kind {kind.name}.")


def get(name: str) -> Kind:
    """Raises UnknownKind."""
    if name not in _kinds:
        raise UnknownKind(name)
    return _kinds[name]


def names() -> list[str]:
    return list(_kinds)


def names_in(group: str) -> list[str]:
    """Of all groups for an empty one."""
    return [kind.name for kind in _kinds.values() if group in {"", kind.group}]


def groups() -> list[Group]:
    """Those in which anything can be told, in their order."""
    used = {kind.group for kind in _kinds.values()}
    return [group for group in Group if group in used]


def render(name: str, params: Params) -> Words:
    """Raises UnknownKind, BadParams."""
    kind = get(name)
    values = {key: _in_words(key, value) for key, value in params.items()}
    try:
        return Words(str(kind.title).format_map(values), str(kind.body).format_map(values), kind.icon)
    except (KeyError, IndexError) as error:
        raise BadParams(f"{name} needs {error}") from None


def _in_words(key: str, value: Any) -> str:
    try:
        if isinstance(value, dict):
            return format_money(value["minor"], value["currency"])
        if isinstance(value, int):
            return say.number(value)
        if key.endswith("_at"):
            return say.day_and_time(timezone.localtime(dt.datetime.fromisoformat(value)))
        if key.endswith("_date"):
            return say.day(dt.date.fromisoformat(value))
    except (KeyError, TypeError, ValueError) as error:
        raise BadParams(f"{key}: {error!r}") from None
    if not isinstance(value, str):
        raise BadParams(f"{key}: {value!r}")
    return _isolated(value)


def _isolated(text: str) -> str:
    """Text that may run the other way keeps to itself, so that the sentence around it stays in order."""
    turns = any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)
    return f"\u2068{text}\u2069" if turns or say.is_persian() else text
