"""Who waits for what, and whose wait is over."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from accounts.models import User
from sellers import selectors as sellers
from sellers.models import Product, Variant
from shop.models import Alert

UNCONFIRMED = dt.timedelta(days=2)  # a guest's alert lives so long without her opening the link
TOLD_AS: dict[str, str] = {Alert.Kind.BACK: "thing_back", Alert.Kind.PRICE: "thing_cheaper"}

# Alerts whose thing can be had, and for those of a price, for less than when they were asked for. Nobody waits here for
# another worker: what it holds, it tells.
DUE = f"""
SELECT alert.id FROM shop_alert alert
JOIN sellers_product product ON product.id = alert.product_id
JOIN sellers_channel channel ON channel.id = product.channel_id
LEFT JOIN sellers_variant variant ON variant.id = alert.variant_id
WHERE {{among}} (alert.person_id IS NOT NULL OR alert.confirmed_at IS NOT NULL)
    AND product.is_listed AND NOT {sellers.AWAY.format("channel")}
    AND coalesce(CASE WHEN variant.id IS NULL THEN product.stock ELSE variant.stock END, 1) > 0
    AND (alert.kind = 'back' OR coalesce(variant.price_minor, product.price_minor) < alert.price_minor)
ORDER BY alert.id LIMIT %(limit)s FOR UPDATE OF alert SKIP LOCKED
"""  # noqa: S608 - our own text


def price_of(product: Product, variant: Variant | None) -> int:
    """In minor units, of the variant if one is meant."""
    return product.price_minor if variant is None or variant.price_minor is None else variant.price_minor


def is_there(product: Product, variant: Variant | None) -> bool:
    """Whether it can be bought now; ``product`` with its channel."""
    return product.is_listed and not product.channel.is_away and (variant or product).stock != 0


def params_of(alert: Alert) -> dict[str, Any]:
    """What the news of an alert says; ``alert`` with product, its channel and variant."""
    product = alert.product
    thing = f"{product.title} ({alert.variant})" if alert.variant else product.title
    params: dict[str, Any] = {"thing": thing, "channel": product.channel.name}
    if alert.kind == Alert.Kind.PRICE:
        for name, minor in (("price", price_of(product, alert.variant)), ("before", alert.price_minor)):
            params[name] = {"minor": minor, "currency": product.currency}
    return params


def is_waited_for(product_ids: Sequence[int]) -> bool:
    return Alert.objects.filter(product__in=product_ids).exists()


def get_alerts(person: User) -> list[Alert]:
    """What she waits for, the newest first, with products and channels; one query."""
    rows = Alert.objects.filter(person=person, product__is_listed=True)
    return list(rows.select_related("product__cover", "product__channel", "variant").order_by("-pk"))


def get_waiting(person: User, product: Product, kind: str) -> list[Alert]:
    """Hers of one kind for one thing."""
    return list(Alert.objects.filter(person=person, product=product, kind=kind).select_related("variant"))
