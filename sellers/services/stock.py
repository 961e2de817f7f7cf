"""Units leave a product when somebody pays for them and come back when she does not. None is made to order."""

import secrets

from django.db import connection, transaction

from core import outbox
from sellers.models import Product, Variant
from sellers.services.errors import OutOfStock
from sellers.services.listing import refresh_listing
from sellers.services.locks import lock_channel

# The version is the cache key of the card, which shows the last one.
_PRODUCT = """
UPDATE sellers_product SET stock = stock + %s, version = version + 1
WHERE id = %s AND stock + %s >= 0 RETURNING stock
"""
_VARIANT = """
UPDATE sellers_variant SET stock = stock + %s WHERE id = %s AND product_id = %s AND stock + %s >= 0 RETURNING stock
"""
_SUM = """
UPDATE sellers_product SET version = version + 1, stock =
    (SELECT CASE WHEN bool_and(stock IS NOT NULL) THEN sum(stock) END FROM sellers_variant WHERE product_id = %s)
WHERE id = %s RETURNING stock
"""


def _move(product_id: int, variant_id: int | None, units: int) -> bool:
    """Adds units (or takes, below zero); False if there are not so many. Lists learn when the last one goes or comes."""
    product = Product.objects.filter(pk=product_id).only("pk", "channel_id", "stock", "low_stock").first()
    variant = Variant.objects.filter(pk=variant_id, product=product_id).first() if variant_id else None
    if product is None or (variant_id and variant is None):
        return False
    if (variant or product).stock is None:
        return True
    channel = lock_channel(product.channel_id)
    with connection.cursor() as cursor:
        if variant:
            cursor.execute(_VARIANT, [units, variant_id, product_id, units])
            if cursor.rowcount == 0:
                return Variant.objects.filter(pk=variant.pk, stock=None).exists()
            left = cursor.fetchone()[0]
            cursor.execute(_SUM, [product_id, product_id])
            of_all = cursor.fetchone()[0]
        else:
            cursor.execute(_PRODUCT, [units, product_id, units])
            if cursor.rowcount == 0:
                return Product.objects.filter(pk=product_id, stock=None).exists()
            left = of_all = cursor.fetchone()[0]
    if of_all in (0, units):
        refresh_listing([product_id])
    numbers = (variant.low_stock if variant else None, product.low_stock, channel.low_stock)
    threshold = next(number for number in numbers if number is not None)
    if left <= threshold < left - units:
        _tell_low(product, variant, left, threshold)
    return True


def _tell_low(product: Product, variant: Variant | None, left: int, threshold: int) -> None:
    """By the outbox, since a buyer's payment waits for nobody's webhook."""
    said = {"product": product.pk, "channel": product.channel_id, "stock": left, "threshold": threshold}
    said["options"] = variant.options if variant else {}
    nonce = secrets.token_hex(8)  # it may fall to the same number again
    outbox.put("sellers.stock_low", said | {"nonce": nonce}, key=nonce)


@transaction.atomic
def take_units(*, product_id: int, variant_id: int | None = None, quantity: int) -> None:
    """Takes units of a product or of one of its variants; raises OutOfStock. What is made to order is always there."""
    if quantity < 1 or not _move(product_id, variant_id, -quantity):
        raise OutOfStock


@transaction.atomic
def give_back_units(*, product_id: int, variant_id: int | None = None, quantity: int) -> None:
    """Puts units back; a product or variant that is gone takes none."""
    if quantity > 0:
        _move(product_id, variant_id, quantity)
