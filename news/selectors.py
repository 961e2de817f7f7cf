"""What pages about news need."""

from dataclasses import dataclass

from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from accounts.models import User
from core.pages import Page, cursor_at, place_of
from news import kinds
from news.models import Choice, News, Rhythm

PAGE = 20
MOST_UNREAD = 99  # more are not counted


def get_news(person: User, after: str = "") -> Page[News]:
    """One page, newest first; raises BadCursor. One query."""
    rows = News.objects.known().filter(person=person)
    if after:
        rows = rows.filter(TupleLessThan(Tuple("at", "id"), place_of(after)))
    found = list(rows.order_by("-at", "-id")[: PAGE + 1])
    shown = found[:PAGE]
    return Page(shown, cursor_at(shown[-1].at, shown[-1].pk) if len(found) > PAGE else "")


def count_unread(person: User) -> int:
    """Exact up to MOST_UNREAD, one more for anything above. One query."""
    return News.objects.known().unread().filter(person=person)[: MOST_UNREAD + 1].count()


@dataclass(frozen=True, slots=True)
class Ways:
    group: kinds.Group
    email: bool
    push: bool


def get_ways(person: User) -> list[Ways]:
    """How the person is told of each group in use. One query."""
    chosen = {choice.group: choice for choice in Choice.objects.filter(person=person)}
    return [
        Ways(group, chosen[group].email, chosen[group].push) if group in chosen else Ways(group, True, True)
        for group in kinds.groups()
    ]


def get_rhythm(person: User) -> Rhythm:
    """The person's own, or the usual one, not saved."""
    return Rhythm.objects.filter(person=person).first() or Rhythm(person=person)
