"""An ad for one place of one page: the auction, what may be shown at this moment, and who is left without."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from ads import tokens
from ads.models import Event
from ads.selectors import auction, audience
from ads.selectors.live import live, market_now
from ads.services.counting import record
from core.markets import MARKETS
from recommender import selectors as recommender
from recommender.lookers import Looker

DAY_SECONDS = 86_400


class Ad(NamedTuple):
    """``product_id`` is what is shown: of a channel's ad the most popular thing that may be."""

    campaign_id: int
    channel_id: int
    product_id: int
    is_product: bool
    line: str
    token: str


def serve(
    *,
    looker: Looker,
    address: str,
    place: str,
    market: str,
    language: str,
    category_ids: Collection[int] = (),
    there: Collection[int] = (),
    reason: str = "",
) -> Ad | None:
    """The ad of a place for this viewer, or None; it is written down that it was given out, or held back.

    ``category_ids`` are what the page is about, ``there`` the products it shows, ``address`` where the browser is
    (ads.selectors.audience.who_of), ``reason`` why what comes of it is not charged (Event.Reason). Two queries, four
    while nothing is kept. Never anything of her own channels, sold out, hidden, refused or blocked by her.
    """
    who = audience.who_of(looker, address)
    now = market_now(market)
    page = auction.Page(
        place=place,
        market=market,
        language=language,
        day=now.date(),
        hour=_part_of_day(now),
        kinds=frozenset(category_ids),
        there=frozenset(there),
    )
    ranked = auction.rank(live.get_index(), audience.get_viewer(looker, who), page)
    shown = _may_be_shown(looker, ranked, market, there)
    won = auction.award([each for each in ranked if each.candidate.id in shown], get_floor(market))
    if won is None:
        return None
    campaign = won.candidate
    token = tokens.Token(campaign.id, place, who, won.price_minor, int(timezone.now().timestamp()))
    is_held_out = audience.is_held_out(looker)
    kind = Event.Kind.WITHHELD if is_held_out else Event.Kind.SERVED
    record(token=token, kind=kind, day=page.day, person_id=looker.person_id, reason=reason)
    if is_held_out:
        return None
    subject = (campaign.id, campaign.channel_id, shown[campaign.id], campaign.is_product, campaign.line)
    return Ad(*subject, tokens.make(token))


def _part_of_day(now: dt.datetime) -> int:
    seconds = now.hour * 3600 + now.minute * 60 + now.second
    return seconds * auction.WHOLE // DAY_SECONDS


def get_floor(market: str) -> int:
    """The least a click costs in a market, in minor units of its currency."""
    return settings.ADS_FLOOR_MINOR[MARKETS[market].currency]


def _may_be_shown(
    looker: Looker, ranked: Sequence[auction.Ranked], market: str, there: Collection[int]
) -> dict[int, int]:
    """By campaign the product it shows, of those that have one at this moment; one query."""
    asked = [pk for each in ranked for pk in each.candidate.product_ids]
    allowed = {choice.product_id for choice in recommender.get_allowed(looker, asked, there, market=market)}
    shown = {}
    for each in ranked:
        if thing := next((pk for pk in each.candidate.product_ids if pk in allowed), None):
            shown[each.candidate.id] = thing
    return shown
