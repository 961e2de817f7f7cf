"""A channel's products in the columns of Google Merchant Center (its product data specification).

Variants are rows of their own that share ``item_group_id``. What sellers wrote reaches a spreadsheet as text, never as
a formula.
"""

from collections.abc import Iterator
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from django.http import StreamingHttpResponse

from core.money import DECIMALS
from core.spreadsheets import safe_cell
from sellers.models import Channel, Product, Variant
from shop.selectors.feeds import walk_products
from shop.structured import absolute, picture_address

Row = dict[str, str]
OPTIONS = ("color", "size", "material", "pattern")
COLUMNS = (
    "id", "item_group_id", "title", "description", "link", "image_link", "additional_image_link", "availability",
    "price", "sale_price", "condition", "brand", "product_type", *OPTIONS,
)  # fmt: skip
NOT_WORDS = {"id", "link", "image_link", "additional_image_link", "price", "sale_price", "availability", "condition"}
CONDITIONS = {"used": "used", "like-new": "used", "refurbished": "refurbished"}
MOST_PICTURES, MOST_WORDS = 10, 5000
# XML 1.0 knows none of these; people paste them.
_NO_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def csv_lines(channel: Channel) -> Iterator[list[str]]:
    yield list(COLUMNS)
    for row in _rows(channel):
        yield [row[name] if name in NOT_WORDS else safe_cell(row[name]) for name in COLUMNS]


def xml_response(channel: Channel, address: str) -> StreamingHttpResponse:
    """RSS 2.0 with Google's names, written as it is read."""
    return StreamingHttpResponse(_xml(channel, address), content_type="application/xml; charset=utf-8")


def _xml(channel: Channel, address: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>'
    yield f"<title>{_text(channel.name)}</title><link>{_text(address)}</link>"
    yield f"<description xml:lang={quoteattr(channel.language)}>{_text(channel.tagline)}</description>\n"
    for row in _rows(channel):
        yield f"<item>{''.join(_elements(row))}</item>\n"
    yield "</channel></rss>\n"


def _elements(row: Row) -> Iterator[str]:
    for name, value in row.items():
        for each in value.split(",") if name == "additional_image_link" else [value]:
            if each:
                yield f"<g:{name}>{_text(each)}</g:{name}>"


def _text(words: str) -> str:
    return escape(words.translate(_NO_XML))


def _rows(channel: Channel) -> Iterator[Row]:
    is_away = channel.is_away
    for product in walk_products(channel):
        common = _common(product)
        variants = list(product.variants.all())
        if not variants:
            yield common | _offer(product, None, is_away)
        for variant in variants:
            yield common | {"item_group_id": str(product.pk)} | _offer(product, variant, is_away)


def _common(product: Product) -> Row:
    pictures = [address for shown in product.post.pictures.all() if (address := picture_address(shown.picture))]
    return {
        **dict.fromkeys(COLUMNS, ""),
        "title": product.title,
        "description": product.post.text[:MOST_WORDS],
        "link": absolute(product.get_absolute_url()),
        "image_link": pictures[0] if pictures else "",
        "additional_image_link": ",".join(pictures[1 : 1 + MOST_PICTURES]),
        "condition": CONDITIONS.get(product.condition, "new"),
        "brand": product.brand,
        "product_type": str(product.category),
    }


def _offer(product: Product, variant: Variant | None, is_away: bool) -> Row:
    """Number, price, stock and options; on holiday nothing can be had. ``price`` is the one before where a lower one is asked now."""
    price_minor = product.price_minor if variant is None or variant.price_minor is None else variant.price_minor
    stock = product.stock if variant is None else variant.stock
    before = product.compare_at_minor if variant is None or variant.price_minor is None else None
    options = product.attributes | (variant.options if variant else {})
    return {
        "id": f"{product.pk}-{variant.pk}" if variant else str(product.pk),
        "availability": "in_stock" if not is_away and (stock is None or stock > 0) else "out_of_stock",
        "price": _money(before or price_minor, product.currency),
        "sale_price": _money(price_minor, product.currency) if before else "",
    } | {name: str(options.get(name, "")) for name in OPTIONS}


def _money(minor: int, currency: str) -> str:
    """With all its decimals, as ISO 4217 counts them."""
    places = DECIMALS[currency]
    return f"{Decimal(minor).scaleb(-places):.{places}f} {currency}"
