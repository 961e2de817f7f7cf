"""Weeks of people and guests who looked around, so that insights and picks have something to say.

Everything goes through the services that pages use; nobody of it is anybody.
"""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from itertools import accumulate

from django.db import transaction

from insights import services as insights
from insights.models import Place
from recommender import buffer
from recommender import services as recommender
from recommender.lookers import Looker
from recommender.models import Interaction
from sellers.models import Product

GUESTS = 90  # of a market
WEEKS = 8
DAY = dt.timedelta(days=1)
RETURNS = 0.22  # the chance to be here on a day after the first
WAYS = {
    Place.TAB: 30,
    Place.SEARCH: 18,
    Place.CATEGORY: 14,
    Place.FEED: 10,
    Place.PICKS: 8,
    Place.CHANNEL: 8,
    Place.OUTSIDE: 7,
    Place.DIRECT: 5,
}
EVENING = (1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 7, 6, 5, 5, 6, 7, 9, 12, 14, 13, 8, 3)  # of a day's looks, by its hours
SEARCHES = {
    "us": ("mug", "linen", "candle", "lamp", "moon boots"),
    "ir": ("گلدان", "فنجان", "شمع", "چکمه"),
    "tw": ("茶壺", "圍巾", "相機", "蜂蜜", "雪靴"),
}


def make_visits(*, market: str, language: str, people: Sequence[int], now: dt.datetime) -> None:
    """Looks, saves, visits and searches of a market in the order they happened."""
    dice = random.Random(f"{market} visits")
    listed = Product.objects.listed().in_market(market).order_by("pk")
    things = [(product.pk, product.published_at or now) for product in listed.only("published_at")]
    weights = list(accumulate(dice.random() ** 2 for _ in things))
    for at, looker in _moments(market, people, dice, now):
        _look_around(at, looker, things, weights, dice)
        if dice.random() < 0.15:
            words = dice.choice(SEARCHES[market])
            found = 0 if words == SEARCHES[market][-1] else dice.randint(2, 9)
            insights.record_search(
                market=market,
                language=language,
                words=words,
                found=found,
                is_clicked=found > 0 and dice.random() < 0.6,
                day=at.date(),
            )
    for waiting in (buffer.interactions, buffer.impressions, *insights.buffers):
        waiting.flush()


def count_visits(now: dt.datetime) -> None:
    """What all of them come to, once the market is committed."""
    since = (now - WEEKS * 7 * DAY).date()
    transaction.on_commit(lambda: insights.roll_up(since=since))


def _moments(
    market: str, people: Sequence[int], dice: random.Random, now: dt.datetime
) -> list[tuple[dt.datetime, Looker]]:
    """When who came, oldest first; more come every week."""
    lookers = [Looker(person_id=pk) for pk in people]
    lookers += [Looker(guest=f"demo-{market}-{number}") for number in range(GUESTS)]
    moments = [(at, looker) for looker in lookers for at in _days_of(dice, now)]
    return sorted(moments, key=lambda moment: moment[0])


def _days_of(dice: random.Random, now: dt.datetime) -> Iterator[dt.datetime]:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    first = int(WEEKS * 7 * dice.random() ** 0.7)  # days after the beginning
    for number in range(first, WEEKS * 7 + 1):
        if number == first or dice.random() < RETURNS:
            hour = dice.choices(range(24), EVENING)[0]
            at = today - (WEEKS * 7 - number) * DAY + dt.timedelta(hours=hour, seconds=dice.randint(0, 3599))
            if at < now:
                yield at


def _look_around(
    at: dt.datetime,
    looker: Looker,
    things: Sequence[tuple[int, dt.datetime]],
    weights: Sequence[float],
    dice: random.Random,
) -> None:
    """Half a minute or some on a list, then a few things."""
    insights.record_visit(
        looker=looker, visible_ms=dice.randint(20, 240) * 1000, page=Place.TAB, came_from=Place.DIRECT, at=at
    )
    for number in range(dice.randint(1, 4)):
        product, published_at = dice.choices(things, cum_weights=weights)[0]
        moment = at + dt.timedelta(minutes=2 * number + 1)
        if moment < published_at:
            continue
        seconds, way = dice.randint(5, 150), dice.choices(list(WAYS), list(WAYS.values()))[0]
        others = dice.choices(things, cum_weights=weights, k=3)
        shown = [recommender.Shown(pk, slot, 1.0) for slot, pk in enumerate([product, *(pk for pk, _at in others)])]
        recommender.record_impressions(looker=looker, place="picks", shown=shown, at=moment)
        kinds = [Interaction.Kind.VIEW] + [Interaction.Kind.SAVE] * (dice.random() < 0.08)
        for kind in kinds:
            recommender.record(looker=looker, kind=kind, product_id=product, at=moment)
        insights.record_visit(
            looker=looker,
            visible_ms=seconds * 1000,
            page=Place.PRODUCT,
            came_from=way,
            product_id=product,
            at=moment + dt.timedelta(seconds=seconds),
        )
