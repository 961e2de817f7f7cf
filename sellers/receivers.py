"""What this room does when the outbox delivers."""

from typing import Any

from core import outbox
from sellers.models import Hook, Product
from sellers.services import hooks


@outbox.handler("sellers.stock_low")
def tell_of_low_stock(payload: dict[str, Any]) -> None:
    """As it was at that moment; a product that is gone is told of no more."""
    title = Product.objects.filter(pk=payload["product"]).values_list("title", flat=True).first()
    if title is not None:
        said = {name: payload[name] for name in ("product", "options", "stock", "threshold")} | {"title": title}
        key = f"{payload['product']}:{payload['stock']}:{payload['nonce']}"
        hooks.emit(channel_id=payload["channel"], event=Hook.Event.STOCK, key=key, data=said)
