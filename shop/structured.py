"""What search engines and messengers read about a page: schema.org JSON-LD and absolute addresses."""

import json
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from core.models import Picture
from core.money import plain_amount
from core.templatetags.bisat import picture_url
from sellers.models import PostPicture, Product
from shop.selectors.product import Offer

_SAFE_IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
_CONDITIONS = {"used": "Used", "like-new": "Used", "refurbished": "Refurbished"}


def absolute(address: str) -> str:
    """The address with our origin; one that has an origin already stays."""
    return urljoin(f"{settings.SITE_URL}/", address)


def picture_address(pic: Picture | None, width: int = 960) -> str:
    """Absolute address of a picture for previews; empty while there is none."""
    address = picture_url(pic, width)
    return absolute(address) if address else ""


def json_ld(data: dict[str, Any]) -> SafeString:
    """JSON for ``<script type="application/ld+json">``: nothing in it can end the element."""
    text = json.dumps({"@context": "https://schema.org"} | data, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(_SAFE_IN_SCRIPT))  # noqa: S308 - escaped just now


def product_data(offer: Offer, pictures: list[PostPicture], description: str) -> SafeString:
    """Product with its Offer (or AggregateOffer over the variants)."""
    product = offer.product
    data: dict[str, Any] = {
        "@type": "Product",
        "name": product.title,
        "description": description,
        "image": [address for shown in pictures if (address := picture_address(shown.picture))],
        "category": str(product.category),
        "itemCondition": f"https://schema.org/{_CONDITIONS.get(product.condition, 'New')}Condition",
        "offers": _offers(offer),
    }
    if product.brand:
        data["brand"] = {"@type": "Brand", "name": product.brand}
    return json_ld(data)


def _offers(offer: Offer) -> dict[str, Any]:
    product = offer.product
    common = {
        "priceCurrency": product.currency,
        "url": absolute(product.get_absolute_url()),
        "availability": f"https://schema.org/{_availability(product)}",
        "seller": {
            "@type": "Organization",
            "name": product.channel.name,
            "url": absolute(product.channel.get_absolute_url()),
        },
    }
    if not offer.variants:
        return {"@type": "Offer", "price": plain_amount(offer.price_minor, product.currency)} | common
    prices = [product.price_minor if v.price_minor is None else v.price_minor for v in offer.variants]
    return {
        "@type": "AggregateOffer",
        "lowPrice": plain_amount(min(prices), product.currency),
        "highPrice": plain_amount(max(prices), product.currency),
        "offerCount": len(prices),
    } | common


def _availability(product: Product) -> str:
    """A channel on holiday sells nothing until it is back."""
    if product.channel.is_away:
        return "OutOfStock"
    if product.stock is None:
        return "MadeToOrder"
    return "InStock" if product.stock else "OutOfStock"
