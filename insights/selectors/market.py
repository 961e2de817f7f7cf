"""Definitions: from seeing to money, what people search for, and what ads bring."""

import datetime as dt
from typing import NamedTuple

from django.db.models import Sum

from insights.models import AdMoneyDay, FunnelDay, SearchDay, SearchTerm
from insights.selectors.shoppers import DAY
from payments.models import Account
from sellers import selectors as sellers


class Funnel(NamedTuple):
    """``category`` is a root of the tree in words; empty for all together."""

    category: str
    seen: int
    asked: int
    requested: int
    paid: int
    released: int


class Searches(NamedTuple):
    market: str
    language: str
    searches: int
    found: int
    clicked: int

    @property
    def success(self) -> float:
        return self.clicked / self.searches

    @property
    def nothing(self) -> float:
        return 1 - self.found / self.searches


class Term(NamedTuple):
    words: str
    market: str
    searches: int


class AdMoney(NamedTuple):
    day: dt.date
    income_minor: int
    lent_minor: int
    repaid_minor: int


def get_funnel(until: dt.date, days: int = 28) -> list[Funnel]:
    """What happened in the ``days`` days that end with ``until`` to things of each root category, the most seen first;
    before them all together.

    ``seen``: somebody looked at a thing or opened it from a search, once for each of both and day; ``asked``: a talk
    about it was begun and something said; ``requested``: money was asked for it or it was bought; ``paid``: that money
    came in; ``released``: it went to the seller. Each step counts on the day it happened, so the steps are not the
    same things' ways. Left out: staff, a team's looks at its own things, money that is about no thing, and money
    that was split or went back (not released).
    """
    kept = FunnelDay.objects.filter(day__gt=until - days * DAY, day__lte=until)
    rows = kept.values_list("category").annotate(*(Sum(step) for step in FunnelDay.STEPS)).order_by()
    sums = {category: counts for category, *counts in rows}
    tree = sellers.get_category_tree()
    funnels = []
    for root in tree.roots:
        own = [sums[node.pk] for node in tree.walk(root) if node.pk in sums]
        if own:
            funnels.append(Funnel(str(root), *map(sum, zip(*own, strict=True))))
    funnels.sort(key=lambda funnel: (-funnel.seen, funnel.category))
    return [Funnel("", *map(sum, zip(*(funnel[1:] for funnel in funnels), strict=True))), *funnels] if funnels else []


def get_searches(until: dt.date, days: int = 28) -> list[Searches]:
    """Searches of the ``days`` days that end with ``until``, by market and language, the most first.

    A search is a page of results that was left, its filters untouched; it succeeds if a thing of it was opened from
    it. Left out: programs, pages with scripts off, and words that look like somebody's address or number.
    """
    kept = SearchDay.objects.filter(day__gt=until - days * DAY, day__lte=until)
    sums = kept.values_list("market", "language").annotate(Sum("searches"), Sum("found"), Sum("clicked")).order_by()
    return sorted((Searches(*row) for row in sums), key=lambda row: (-row.searches, row.market, row.language))


def get_zero_results(until: dt.date, days: int = 28, limit: int = 100) -> list[Term]:
    """The words for which most searches (as in ``get_searches``) of the ``days`` days that end with ``until`` found
    nothing, in one spelling; of each day only the 500 most frequent of a market are known."""
    kept = SearchTerm.objects.filter(day__gt=until - days * DAY, day__lte=until)
    sums = kept.values_list("words", "market").annotate(n=Sum("searches")).order_by("-n", "words", "market")
    return [Term(*row) for row in sums[:limit]]


def get_ad_money(until: dt.date, days: int = 90) -> dict[str, list[AdMoney]]:
    """What the ledger says of ads, by currency, for days in which anything moved among the ``days`` that end with
    ``until``, oldest first; in minor units.

    Income: all that came to ``ad_income``, less what went from it. Lent: ads on credit, what ``ad_receivable`` grew
    by; repaid: what it shrank by, written-off debt left out. By the day of the entry.
    """
    found: dict[str, list[AdMoney]] = {}
    kept = AdMoneyDay.objects.filter(day__gt=until - days * DAY, day__lte=until).order_by("currency", "day")
    for row in kept:
        money = AdMoney(row.day, row.income_minor, row.lent_minor, row.repaid_minor)
        found.setdefault(row.currency, []).append(money)
    return found


def get_owed() -> dict[str, int]:
    """What stores owe for ads now, by currency, in minor units; read from the ledger's balances."""
    sums = Account.objects.filter(kind=Account.Kind.AD_RECEIVABLE).values_list("currency")
    return {currency: -total for currency, total in sums.annotate(Sum("balance_minor")).order_by() if total}
