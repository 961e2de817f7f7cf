"""What browsers tell of pages. Writing it never holds up a page: rows go through recommender.buffer."""

import datetime as dt
import re

from django.utils import timezone

from insights.models import Place
from recommender.buffer import Buffer
from recommender.lookers import Looker
from shop.text import fold

LONGEST = dt.timedelta(hours=6) // dt.timedelta(milliseconds=1)  # that one page may be in use at a stretch
MOST_LETTERS = 80
_PRIVATE = re.compile(r"@|\d(?:[\s().+-]*\d){6}")  # an address, or a telephone or card number

visits = Buffer(
    "insights_visit",
    columns=("at", "person_id", "guest", "visible_ms", "page", "came_from", "channel_id", "product_id"),
)
searches = Buffer("insights_search", columns=("day", "market", "language", "words", "found", "is_clicked"))
buffers = (visits, searches)


def record_visit(
    *,
    looker: Looker,
    visible_ms: int,
    page: Place,
    came_from: Place | None = None,
    channel_id: int | None = None,
    product_id: int | None = None,
    at: dt.datetime | None = None,
) -> None:
    """A page was in use for so long until now; ``came_from`` only the first time that it is told of."""
    if looker.is_known:
        length = max(0, min(visible_ms, LONGEST))
        who = (looker.person_id, looker.owner["guest"])
        visits.put([(at or timezone.now(), *who, length, str(page), str(came_from or ""), channel_id, product_id)])


def record_search(
    *, market: str, language: str, words: str, found: int, is_clicked: bool, day: dt.date | None = None
) -> None:
    """A page of results was left. Words that hold an address or a number of somebody are not kept."""
    words = " ".join(fold(words).split())[:MOST_LETTERS]
    if words and not _PRIVATE.search(words):
        today = timezone.now().astimezone(dt.UTC).date()
        searches.put([(day or today, market, language, words, max(0, min(found, 2**31 - 1)), is_clicked)])
