"""When a channel calls a thing low, and the daily word of what is."""

from django.db import transaction
from django.urls import reverse

from core import outbox
from news import services as news
from sellers import selectors
from sellers.models import Channel, Product, Role, Variant
from sellers.services.errors import NotAllowed


@transaction.atomic
def set_low_stock(
    *, channel: Channel, low_stock: int | None, product_id: int | None = None, variant_id: int | None = None
) -> None:
    """The threshold of a variant or a product (None: it follows product or channel), without both the channel's.

    Raises NotAllowed for what is not the channel's.
    """
    if variant_id is not None:
        changed = Variant.objects.filter(pk=variant_id, product__channel=channel).update(low_stock=low_stock)
    elif product_id is not None:
        changed = Product.objects.filter(pk=product_id, channel=channel).update(low_stock=low_stock)
    else:
        changed = Channel.objects.filter(pk=channel.pk).update(low_stock=low_stock or 0)
    if not changed:
        raise NotAllowed


def tell_low_stock() -> int:
    """Tells owner and managers of each channel where something runs low, once a day; returns how many channels."""
    return sum(_tell(low) for low in selectors.get_low_channels())


@transaction.atomic
def _tell(low: selectors.LowChannel) -> bool:
    key = f"low-stock:{low.channel_id}:{low.day}"
    if not outbox.once(key):
        return False
    channel = Channel.objects.get(pk=low.channel_id)
    for member in channel.members.filter(role__in=Role.at_least(Role.MANAGER)).select_related("person").order_by("pk"):
        news.notify(
            person=member.person,
            kind="stock_low",
            params={"channel": channel.name, "n": low.count, "thing": low.first},
            url=reverse("dashboard:stock", args=[channel.handle]),
            key=key,
        )
    return True
