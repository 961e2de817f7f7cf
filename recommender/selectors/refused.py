"""What she said no to, for her to look at and take back."""

from core.pages import Page, decode_cursor, encode_cursor
from recommender.lookers import Looker
from recommender.models import HiddenChannel, Refusal
from sellers.models import Channel

PAGE = 24
MOST_CHANNELS = 200


def get_refused_ids(looker: Looker, after: str = "", limit: int = PAGE) -> Page[int]:
    """Products she is not interested in that can still be seen, the last first. Raises BadCursor."""
    rows = Refusal.objects.filter(**looker.owner, product__is_listed=True)
    if after:
        rows = rows.filter(pk__lt=decode_cursor(after, 1)[0])
    found = list(rows.order_by("-pk").values_list("pk", "product_id")[: limit + 1])
    ids = [product for _pk, product in found[:limit]]
    return Page(ids, encode_cursor(found[limit - 1][0]) if len(found) > limit else "")


def get_hidden_channel_ids(looker: Looker) -> list[int]:
    """Channels she hid that can still be seen, the last first."""
    rows = HiddenChannel.objects.filter(**looker.owner, channel__state__in=Channel.VISIBLE)
    return list(rows.order_by("-pk").values_list("channel_id", flat=True)[:MOST_CHANNELS])
