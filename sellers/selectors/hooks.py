"""What a seller sees of her webhooks."""

from core.pages import Page, decode_cursor, encode_cursor
from sellers.models import Delivery, Hook

PAGE = 30


def get_deliveries(hook: Hook, after: str = "") -> Page[Delivery]:
    """The log, newest first; one query. Raises BadCursor."""
    rows = hook.deliveries.order_by("-pk")
    if after:
        rows = rows.filter(pk__lt=decode_cursor(after, 1)[0])
    found = list(rows[: PAGE + 1])
    return Page(found[:PAGE], encode_cursor(found[PAGE - 1].pk) if len(found) > PAGE else "")
