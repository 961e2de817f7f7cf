"""Everybody's list: what her history's rows add up to, filtered and mixed when it is read, each with its reason."""

import heapq
import random
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from recommender.lookers import Looker
from recommender.selectors import histories, popular, rules, tables
from recommender.selectors.deeds import Past
from recommender.selectors.rules import Choice

LIMIT = 24
CANDIDATES = 100
LIKELY = 30  # popular things that are looked at beside these
ROWS = 50  # of her history, the newest
DAY = 86_400
SAME_KIND = 0.9  # what each thing of a category already chosen leaves of the next one's score
EXPLORE_AT = 5  # the place of the thing that is there to be seen for once


class Pick(NamedTuple):
    """``because`` is the thing of hers that says most for it; None for what is popular or there to be seen, of which the
    latter ``is_drawn``: its probability is 1 too where nothing else could have been."""

    product_id: int
    because: int | None
    probability: float
    is_drawn: bool = False


class Picks(NamedTuple):
    """``because`` is the thing that most of the list is there for, with its title; None without a history."""

    rows: list[Pick]
    because: int | None
    titles: dict[int, str]


def score(
    history: Sequence[Past], rows: dict[int, tables.Row], half_life: float, left_out: Iterable[int]
) -> dict[int, float]:
    """The sum of her history's rows, each fading with its age before her newest event, less what is left out; the
    same as recommender.training.scoring says."""
    sums: dict[int, float] = {}
    known = sums.get
    for row, say in _says(history, rows, half_life):
        for pk, weight in zip(row.ids, row.weights, strict=True):
            sums[pk] = known(pk, 0) + say * weight
    for pk in left_out:
        sums.pop(pk, None)
    return sums


def blend(
    scores: dict[int, float], trend: dict[int, float], share: float, left_out: Collection[int]
) -> dict[int, float]:
    """Scores of which the best is 1, raised by a share of what is popular, as recommender.training.scoring does it; and
    the most popular things without a score."""
    best = max(scores.values(), default=1.0)
    values = {pk: said / best + share * trend.get(pk, 0) for pk, said in scores.items()}
    if share:
        others = [pk for pk in trend if pk not in scores and pk not in left_out][:LIKELY]
        values |= {pk: share * trend[pk] for pk in others}
    return values


def _best(scores: dict[int, float]) -> list[int]:
    """At most CANDIDATES, the best first."""
    least = heapq.nlargest(CANDIDATES, scores.values())[-1:]
    ordered = sorted((-said, pk) for pk, said in scores.items() if said >= least[0])
    return [pk for _less, pk in ordered[:CANDIDATES]]


def _says(history: Sequence[Past], rows: dict[int, tables.Row], half_life: float) -> Iterator[tuple[tables.Row, float]]:
    newest = history[0].at if history else 0
    for past in history:
        if past.product_id in rows:
            faded = 0.5 ** ((newest - past.at) / DAY / half_life) if half_life else 1
            yield rows[past.product_id], past.weight * faded


def _reasons(
    history: Sequence[Past], rows: dict[int, tables.Row], half_life: float, wanted: Iterable[int]
) -> dict[int, int]:
    """The thing of hers that says most for each one that is wanted."""
    most = dict.fromkeys(wanted, 0.0)
    because = {}
    touched = [past.product_id for past in history if past.product_id in rows]
    for pk, (row, say) in zip(touched, _says(history, rows, half_life), strict=True):
        for other, weight in zip(row.ids, row.weights, strict=True):
            if other in most and say * weight > most[other]:
                most[other], because[other] = say * weight, pk
    return because


def get_picks(
    looker: Looker,
    market: str,
    *,
    limit: int = LIMIT,
    per_channel: int = 4,
    exclude: Iterable[int] = (),
    explore: bool = True,
) -> Picks:
    """Her list: at most ``limit`` things, ``per_channel`` of one channel unless there is too little else. One query
    where the cache has the rest, at most eight. Without a table it is what is popular in her categories, then in the
    market; never empty while anything may be shown to her. Who is held out gets what is popular in the market, less
    what she touched."""
    past, kept = histories.get_history_and(looker, tables.LIVE)
    live = tables.get_live(kept)
    history, half_life = [] if looker.is_held_out else past[:ROWS], live.half_life
    rows = tables.get_rows(live.run, [each.product_id for each in history]) if history else {}
    left_out = {each.product_id for each in past} | set(exclude)
    scores = score(history, rows, half_life, left_out)
    best = _best(scores)
    because = _reasons(history, rows, half_life, best)
    newest = [rows[each.product_id].category for each in history if each.product_id in rows]
    categories = [pk for pk in dict.fromkeys(newest) if pk][: rules.CATEGORIES]
    lists = popular.get_lists(market, categories, live.run)
    share = 0.0 if looker.is_held_out else float(live.settings.get("popular_share", 0))
    values = blend({pk: scores[pk] for pk in best}, lists.trend, share, left_out)
    fill = {pk: source for pk, source in _fill(lists, limit).items() if pk not in left_out}
    fresh = [pk for pk in lists.unseen if pk not in left_out] if explore else []
    asked = dict.fromkeys([*values, *fill, *fresh])
    allowed, titles = rules.ask(looker, market, ids=asked, titled=set(because.values()))
    likely = [allowed[pk] for pk in values if pk in allowed]
    choices = [*likely, *(allowed[pk]._replace(source=source) for pk, source in fill.items() if pk in allowed)]
    chosen = _mix(_order(choices, values), limit, per_channel)
    if len(chosen) < limit or (history and not categories):
        touched = [each.product_id for each in history]
        more = rules.get_fill(looker, market, touched=touched, exclude=left_out, fill=2 * limit)
        chosen = _mix(_order([*likely, *more], values), limit, per_channel)
    picks = [Pick(each.product_id, because.get(each.product_id), 1) for each in chosen]
    return _with_reasons(_explore(picks, [pk for pk in fresh if pk in allowed], limit), titles)


def _fill(lists: popular.Lists, limit: int) -> dict[int, int]:
    """The source of each thing that what scores may be filled up with: of her categories first, then of the market."""
    fill = {pk: 1 for ids in lists.of_categories for pk in ids[: limit // 2]}
    return fill | {pk: 2 for pk in lists.of_market[:limit] if pk not in fill}


def _order(choices: Sequence[Choice], values: dict[int, float]) -> list[tuple[float, Choice]]:
    """Each once: those with a value first, then popular ones below all of these, in their order."""
    ordered: dict[int, tuple[float, Choice]] = {}
    for place, choice in enumerate(choices):
        value = values.get(choice.product_id) or 1e-9 / (1 + place) / 10**choice.source
        ordered.setdefault(choice.product_id, (value, choice))
    return sorted(ordered.values(), key=lambda row: (-row[0], row[1].product_id))


def _mix(ordered: Sequence[tuple[float, Choice]], limit: int, per_channel: int) -> list[Choice]:
    """The best next one again and again, where the next of a kind counts less and a channel has had enough at
    ``per_channel``; who was left out for that fills what is left."""
    waiting: dict[int, deque[tuple[float, Choice]]] = {}  # of each kind, its best first
    for row in ordered:
        waiting.setdefault(row[1].category_id, deque()).append(row)
    says = dict.fromkeys(waiting, 1.0)  # what is left of a kind's scores
    heads = [(-rows[0][0], place, kind) for place, (kind, rows) in enumerate(waiting.items())]
    heapq.heapify(heads)
    channels: Counter[int] = Counter()
    chosen: list[Choice] = []
    left_out: list[Choice] = []
    while heads and len(chosen) < limit:
        _value, place, kind = heads[0]
        _value, choice = waiting[kind].popleft()
        if channels[choice.channel_id] < per_channel:
            channels[choice.channel_id] += 1
            says[kind] *= SAME_KIND
            chosen.append(choice)
        else:
            left_out.append(choice)
        if rows := waiting[kind]:
            heapq.heapreplace(heads, (-rows[0][0] * says[kind], place, kind))
        else:
            heapq.heappop(heads)
    return [*chosen, *left_out[: limit - len(chosen)]]


def _explore(picks: list[Pick], unseen: Sequence[int], limit: int) -> list[Pick]:
    """One place goes to a thing of a channel that was shown too little; each of them is as probable."""
    there = {pick.product_id for pick in picks}
    fresh = [pk for pk in unseen if pk not in there]
    if not fresh or len(picks) <= EXPLORE_AT:
        return picks
    drawn = random.choice(fresh)  # noqa: S311 - nobody gains by guessing it
    return [*picks[:EXPLORE_AT], Pick(drawn, None, 1 / len(fresh), is_drawn=True), *picks[EXPLORE_AT:]][:limit]


def _with_reasons(picks: list[Pick], titles: dict[int, str]) -> Picks:
    reasons = [pick.because for pick in picks if pick.because]
    because = max(reasons, key=reasons.count) if reasons else None
    return Picks(picks, because, {pk: titles[pk] for pk in reasons if pk in titles})


def get_similar(
    product_id: int, market: str, *, looker: Looker | None = None, limit: int = 8, exclude: Iterable[int] = ()
) -> list[int]:
    """Things of its market like this one by the table, best first; three queries at most."""
    row = tables.get_rows(tables.get_live().run, [product_id]).get(product_id)
    if row is None or not row.ids:
        return []
    allowed = rules.get_allowed(looker or Looker(), row.ids, [product_id, *exclude], market=market)
    return [choice.product_id for choice in allowed][:limit]
