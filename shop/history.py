"""Writes to what a person looked at: her newest fifty products are kept, each once."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from sellers.models import Product
from shop.guests import MAX_VIEWS
from shop.models import RecentView


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
