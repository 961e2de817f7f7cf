"""Everybody's list: what her history's rows add up to, filtered and mixed when it is read, each with its reason."""

import random
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.conf import settings

from recommender.lookers import Looker
from recommender.selectors import deeds, rules, tables
from recommender.selectors.deeds import Past
from recommender.selectors.rules import Choice
from sellers.models import Product

LIMIT = 24
CANDIDATES = 200
ROWS = 50  # of her history, the newest
DAY = 86_400
SAME_KIND = 0.9  # what each thing of a category already chosen leaves of the next one's score
EXPLORE_AT = 5  # the place of the thing that is there to be seen for once
UNSEEN = 50


class Pick(NamedTuple):
    """``because`` is the thing of hers that says most for it; None for what is popular or there to be seen."""

    product_id: int
    because: int | None
    probability: float


class Picks(NamedTuple):
    """``because`` is the thing that most of the list is there for, with its title; None without a history."""

    rows: list[Pick]
    because: int | None
    titles: dict[int, str]


class Scored(NamedTuple):
    score: float
    because: int | None


def score(history: Sequence[Past], rows: dict[int, tables.Row], half_life: float) -> dict[int, Scored]:
    """The sum of her history's rows, each fading with its age before her newest event, less what she touched; the
    same as recommender.training.scoring says."""
    sums: dict[int, float] = {}
    most: dict[int, tuple[float, int]] = {}
    newest = history[0].at if history else 0
    for past in history:
        row = rows.get(past.product_id)
        if row is None:
            continue
        say = past.weight * (0.5 ** ((newest - past.at) / DAY / half_life) if half_life else 1)
        for pk, weight in zip(row.ids, row.weights, strict=True):
            term = say * weight
            sums[pk] = sums.get(pk, 0) + term
            if term > most.get(pk, (0, 0))[0]:
                most[pk] = (term, past.product_id)
    for past in history:
        sums.pop(past.product_id, None)
    return {pk: Scored(total, most[pk][1]) for pk, total in sums.items() if pk in most}


def get_picks(
    looker: Looker,
    market: str,
    *,
    limit: int = LIMIT,
    per_channel: int = 4,
    exclude: Iterable[int] = (),
    explore: bool = True,
) -> Picks:
    """Her list: at most ``limit`` things, ``per_channel`` of one channel unless there is too little else. At most six
    queries. Without a table it is what is popular in her categories, then in the market; never empty while anything
    may be shown to her. Who is held out gets what is popular in the market, less what she touched."""
    history, live = deeds.get_history(looker), tables.get_live()
    hers = [] if looker.is_held_out else history[:ROWS]
    newest = [past.product_id for past in hers]
    scores = score(hers, tables.get_rows(live.run, newest) if newest else {}, _half_life(live))
    touched = [past.product_id for past in history]
    choices = rules.get_choice(
        looker,
        market,
        ids=sorted(scores, key=lambda pk: (-scores[pk].score, pk))[:CANDIDATES],
        touched=newest,
        exclude=[*touched, *exclude],
        fill=2 * limit,
        unseen=UNSEEN if explore else 0,
        wanted=settings.CHANNEL_IMPRESSIONS,
    )
    chosen = _mix(_order(choices, scores), limit, per_channel)
    picks = [Pick(each.product_id, scores[each.product_id].because if each.source == 0 else None, 1) for each in chosen]
    picks = _explore(picks, [each for each in choices if each.source == 3], limit)
    return _with_reasons(picks)


def _half_life(live: tables.Live) -> float:
    return float(live.settings.get("history_half_life", 0))


def _order(choices: Sequence[Choice], scores: dict[int, Scored]) -> list[tuple[float, Choice]]:
    """Each once, under the best of its sources: scores first, then popular ones below all of these, in their order."""
    best = max((each.score for each in scores.values()), default=1.0)
    ordered: dict[int, tuple[float, Choice]] = {}
    for place, choice in enumerate(each for each in choices if each.source < 3):
        below = best * 1e-6 / (1 + place) / 10**choice.source
        value = scores[choice.product_id].score if choice.source == 0 else below
        ordered.setdefault(choice.product_id, (value, choice))
    return sorted(ordered.values(), key=lambda row: (-row[0], row[1].product_id))


def _mix(ordered: Sequence[tuple[float, Choice]], limit: int, per_channel: int) -> list[Choice]:
    """The best next one again and again, where the next of a kind counts less and a channel has had enough at
    ``per_channel``; who was left out for that fills what is left."""
    waiting: dict[int, deque[tuple[float, Choice]]] = {}  # of each kind, its best first
    for row in ordered:
        waiting.setdefault(row[1].category_id, deque()).append(row)
    says = dict.fromkeys(waiting, 1.0)  # what is left of a kind's scores
    channels: Counter[int] = Counter()
    chosen: list[Choice] = []
    left_out: list[Choice] = []
    while waiting and len(chosen) < limit:
        kind = max(waiting, key=lambda each: waiting[each][0][0] * says[each])
        _value, choice = waiting[kind].popleft()
        if not waiting[kind]:
            del waiting[kind]
        if channels[choice.channel_id] >= per_channel:
            left_out.append(choice)
            continue
        channels[choice.channel_id] += 1
        says[kind] *= SAME_KIND
        chosen.append(choice)
    return [*chosen, *left_out[: limit - len(chosen)]]


def _explore(picks: list[Pick], unseen: Sequence[Choice], limit: int) -> list[Pick]:
    """One place goes to a thing of a channel that was shown too little; each of them is as probable."""
    there = {pick.product_id for pick in picks}
    fresh = [choice for choice in unseen if choice.product_id not in there]
    if not fresh or len(picks) <= EXPLORE_AT:
        return picks
    drawn = random.choice(fresh)  # noqa: S311 - nobody gains by guessing it
    return [*picks[:EXPLORE_AT], Pick(drawn.product_id, None, 1 / len(fresh)), *picks[EXPLORE_AT:]][:limit]


def _with_reasons(picks: list[Pick]) -> Picks:
    reasons = [pick.because for pick in picks if pick.because]
    titles = dict(Product.objects.filter(pk__in=set(reasons)).values_list("pk", "title")) if reasons else {}
    because = max(reasons, key=reasons.count) if reasons else None
    return Picks(picks, because, titles)


def get_similar(
    product_id: int, market: str, *, looker: Looker | None = None, limit: int = 8, exclude: Iterable[int] = ()
) -> list[int]:
    """Things of its market like this one by the table, best first; four queries at most."""
    row = tables.get_rows(tables.get_live().run, [product_id]).get(product_id)
    if row is None or not row.ids:
        return []
    allowed = rules.get_allowed(looker or Looker(), row.ids, [product_id, *exclude], market=market)
    return [choice.product_id for choice in allowed][:limit]
