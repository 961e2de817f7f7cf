"""A channel's requests as a table to take along."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from payments.models import MoneyRequest
from payments.selectors.permissions import SHOWS_ADDRESS
from sellers.models import Channel

PLACE = ("name", "lines", "city", "region", "postal_code", "country", "phone")


@dataclass(frozen=True, slots=True)
class Order:
    """``address`` has PLACE in its order, empty where the team may not see it (see visible_address)."""

    request: MoneyRequest
    address: tuple[str, ...]


def stream_orders(channel: Channel, start: dt.datetime, end: dt.datetime) -> Iterator[Order]:
    """Requests made from ``start`` on and before ``end``, oldest first, a few at a time; two columns of the buyer."""
    rows = MoneyRequest.objects.filter(channel=channel, created_at__gte=start, created_at__lt=end)
    rows = rows.select_related("buyer").only(
        "token", "title", "state", "amount_minor", "refunded_minor", "fee_minor", "currency", "address", "carrier",
        "tracking", "created_at", "paid_at", "shipped_at", "channel_id", "buyer__display_name", "buyer__erased_at",
    ).order_by("pk")  # fmt: skip
    for request in rows.iterator(chunk_size=500):
        place = (request.address or {}) if request.state in SHOWS_ADDRESS else {}
        yield Order(request, tuple(str(place.get(name) or "") for name in PLACE))
