"""Writes to what a person looked at and searched for: her newest fifty products and twenty searches, each once."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from sellers.models import Product
from shop.guests import MAX_SEARCHES, MAX_VIEWS
from shop.models import RecentSearch, RecentView


@transaction.atomic
def record_views(*, person: User, views: Iterable[tuple[int, dt.datetime]]) -> None:
    """Keeps (product id, moment) pairs; a later moment wins, unknown or unlisted products are ignored."""
    latest: dict[int, dt.datetime] = {}
    for product_id, seen_at in views:
        latest[product_id] = max(seen_at, latest.get(product_id, seen_at))
    known = Product.objects.listed().filter(pk__in=latest).values_list("pk", flat=True)
    kept = dict(RecentView.objects.filter(person=person, product__in=latest).values_list("product_id", "seen_at"))
    RecentView.objects.bulk_create(
        [
            RecentView(person=person, product_id=pk, seen_at=max(latest[pk], kept.get(pk, latest[pk])))
            for pk in sorted(known)
        ],
        update_conflicts=True,
        unique_fields=["person", "product"],
        update_fields=["seen_at"],
    )
    newest = RecentView.objects.filter(person=person).order_by("-seen_at", "-pk").values("pk")[:MAX_VIEWS]
    RecentView.objects.filter(person=person).exclude(pk__in=newest).delete()


def forget_views(*, person: User) -> None:
    RecentView.objects.filter(person=person).delete()


@transaction.atomic
def record_searches(*, person: User, searches: Iterable[str], at: dt.datetime) -> None:
    """Keeps searches as of ``at``, the first of them as the newest."""
    rows = [
        RecentSearch(person=person, words=words, searched_at=at - dt.timedelta(microseconds=place))
        for place, words in enumerate(dict.fromkeys(searches))
    ]
    RecentSearch.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["person", "words"], update_fields=["searched_at"]
    )
    newest = RecentSearch.objects.filter(person=person).order_by("-searched_at", "-pk").values("pk")[:MAX_SEARCHES]
    RecentSearch.objects.filter(person=person).exclude(pk__in=newest).delete()


def forget_searches(*, person: User, words: str = "") -> None:
    """Forgets one search, or all of them."""
    rows = RecentSearch.objects.filter(person=person)
    (rows.filter(words=words) if words else rows).delete()
