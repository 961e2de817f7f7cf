"""Channels worth a follow: those of what would be picked for her, each with its reason."""

from collections.abc import Iterable
from typing import NamedTuple

from recommender.lookers import Looker
from recommender.selectors import picks, rules
from sellers.models import Channel, Follow, Product

LIMIT = 6


class ChannelPick(NamedTuple):
    """``because`` is the thing of hers for which the channel is there; None where it is well liked by others."""

    channel_id: int
    because: int | None


class ChannelPicks(NamedTuple):
    rows: list[ChannelPick]
    titles: dict[int, str]


def get_channel_picks(looker: Looker, market: str, *, limit: int = LIMIT, exclude: Iterable[int] = ()) -> ChannelPicks:
    """The most likely first, less those she follows, hid or is blocked by and those to ``exclude``; filled up with the
    most followed ones. Four queries more than ``get_picks``, five where too few are likely."""
    picked = picks.get_picks(looker, market, limit=3 * picks.LIMIT, per_channel=3, explore=False)
    channels = dict(
        Product.objects.filter(pk__in=[row.product_id for row in picked.rows]).values_list("pk", "channel_id")
    )
    taboo = {*exclude, *rules.get_taboo_channels(looker)}
    if looker.person_id:
        taboo |= set(Follow.objects.filter(person_id=looker.person_id).values_list("channel_id", flat=True))
    found: dict[int, ChannelPick] = {}
    for row in picked.rows:
        channel = channels.get(row.product_id)
        if channel and channel not in taboo:
            found.setdefault(channel, ChannelPick(channel, row.because))
    rows = list(found.values())[:limit]
    if len(rows) < limit:
        rows += _most_followed(market, taboo | set(found), limit - len(rows))
    return ChannelPicks(rows, picked.titles)


def _most_followed(market: str, exclude: set[int], limit: int) -> list[ChannelPick]:
    others = Channel.objects.visible().in_market(market).filter(product_count__gt=0).exclude(pk__in=exclude)
    ids = others.order_by("-follower_count", "pk").values_list("pk", flat=True)[:limit]
    return [ChannelPick(pk, None) for pk in ids]
