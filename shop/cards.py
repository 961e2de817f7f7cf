"""Product cards: HTML made once for each version of a product and language, then only put together.

A card is everybody's, so it is kept in the cache; the heart on it is one person's, so both its states are kept and
one is chosen. Whoever shows products hands over light rows (shop.selectors.lists.CardRow) and gets list items back.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Exists, F, OuterRef
from django.http import HttpRequest
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.kept import keep
from core.pages import GUEST_PAGES_BORN
from sellers import selectors as sellers
from sellers.models import Product, Variant
from shop.guests import Visitor, visitor
from shop.selectors.lists import (
    CardRow,
    get_card_rows,
    get_channel_cards,
    get_channel_page,
    get_promo_facts,
    get_promos,
)
from shop.selectors.person import get_followed_among, get_saved_among

CHANNELS, SHELF_SECONDS = 6, 60
EAGER = 4  # pictures that are in sight at once
FEATURE_SIZES = "(min-width: 60rem) 30rem, 92vw"


# A placeholder as components/_placeholder.html draws it: frame, scene, icon.
_DRAWING = re.compile(
    r'<svg class="placeholder" (?P<frame>viewBox="[^"]*" preserveAspectRatio="[^"]*") aria-hidden="true">'
    r'.*?(?P<mark><g class="mark".*?</g>)</svg>'
)
MOST_DRAWINGS, ANY = 2, "package"  # kinds of them on one page, and the icon of all that come later
_BLANK = re.compile(r">\s+<")


class KeptCard(NamedTuple):
    css: str
    before: str
    icon: str  # drawn for a product without a picture, else empty
    after: str
    heart: str  # not saved
    heart_on: str


def _badge(product: Product) -> tuple[str, str]:
    if product.stock == 0:
        return _("Sold out"), ""
    if product.channel.is_away:
        return _("On holiday"), ""
    # An import often knows only that there is some: its 1 is no promise that it is the last.
    return (_("Last one"), "") if product.stock == 1 and not product.external_id else ("", "")


def _icon(product: Product) -> str:
    """What stands for a missing picture: of the second floor of the tree, so that a list needs few drawings."""
    tree = sellers.get_category_tree()
    node = tree.by_id.get(product.category_id)
    return tree.by_id[node.path[:2][-1]].icon if node else ANY


def _make(product: Product, kind: str) -> KeptCard:
    badge, badge_css = _badge(product)
    icon = _icon(product)
    channel = product.channel
    context = {
        "url": product.get_absolute_url(),
        "title": product.title,
        "language": "" if channel.language == get_language() else channel.language,
        "pic": product.cover,
        "icon": icon,
        "sizes": FEATURE_SIZES if kind == "feature" else "",
        "eager": kind == "eager",  # a large card stands in the third row, out of sight
        "price_minor": product.price_minor,
        "compare_at_minor": product.compare_at_minor,
        "currency": product.currency,
        "from_price": product.has_dearer,  # type: ignore[attr-defined]
        "channel_name": channel.name,
        "channel_avatar": channel.avatar,
        "badge": badge,
        "badge_css": badge_css,
    }
    heart = get_template("components/_heart.html")
    about = {"url": reverse("shop:save", args=[product.pk]), "title": product.title, "css": "like"}
    inside = _BLANK.sub("><", get_template("components/_product_card.html").render(context).strip())
    before, after = _split(inside)
    return KeptCard(
        f"product hue-{channel.hue}{' sold' if product.is_sold_out else ''}",
        before,
        icon if after else "",
        after,
        heart.render(about | {"saved": False}).strip(),
        heart.render(about | {"saved": True}).strip(),
    )


def _split(inside: str) -> tuple[str, str]:
    """A card's HTML before and after the drawing that stands for its picture; one without has no after."""
    match = _DRAWING.search(inside)
    return (inside[: match.start()], inside[match.end() :]) if match else (inside, "")


@lru_cache(maxsize=256)
def _draw(icon: str) -> str:
    """A drawing as a symbol: base.html has the scene, a list has each icon once."""
    match = _DRAWING.search(get_template("components/_placeholder.html").render({"icon": icon}))
    if match is None:
        raise ValueError(icon)
    return f'<symbol id="draw-{icon}" class="placeholder" {match["frame"]}><use href="#scene"/>{match["mark"]}</symbol>'


def _load(ids: Iterable[int]) -> dict[int, Product]:
    """What cards need of these products, in one query."""
    dearer = Variant.objects.filter(product=OuterRef("pk"), price_minor__gt=OuterRef("price_minor"))
    products = Product.objects.filter(pk__in=list(ids)).select_related("cover", "channel__avatar")
    return {product.pk: product for product in products.annotate(has_dearer=Exists(dearer)).order_by(F("pk"))}


def _kinds(rows: Sequence[CardRow], eager: int, features: bool) -> list[str]:
    """Every tenth card, from the fifth on, is a large one if it has a picture to fill it."""
    large = features and len(rows) > 8
    return [
        "feature" if large and i % 10 == 4 and row.has_cover else "eager" if i < eager else ""
        for i, row in enumerate(rows)
    ]


def render_cards(
    rows: Sequence[CardRow], request: HttpRequest, *, eager: int = EAGER, features: bool = True
) -> list[SafeString]:
    """``<li>`` of each row, in order. No query for cards that are kept, one for all that are not, and one for the
    hearts of a person; a product that went away meanwhile is left out."""
    return render_shelves([(rows, eager, features)], request)[0]


def get_cards(request: HttpRequest, ids: Iterable[int], *, eager: int = 0, features: bool = False) -> list[SafeString]:
    """``<li>`` of these visible products in the order given; one query more than ``render_cards``."""
    return render_cards(get_card_rows(ids), request, eager=eager, features=features)


def render_shelves(
    shelves: Sequence[tuple[Sequence[CardRow], int, bool]], request: HttpRequest
) -> list[list[SafeString]]:
    """Several lists of one page at the price of one; each with its number of eager pictures and large cards or not."""
    wanted = [[*zip(rows, _kinds(rows, eager, features), strict=True)] for rows, eager, features in shelves]
    entries = list(dict.fromkeys((row, kind) for shelf in wanted for row, kind in shelf))
    kept = dict(zip(entries, _keep_cards(entries), strict=True))
    saved = get_saved_among(visitor(request), {row.id for row, _kind in entries})
    drawn: set[str] = set()
    return [
        [_put_together(card, kind, row.id in saved, drawn) for row, kind in shelf if (card := kept[row, kind])]
        for shelf in wanted
    ]


def _keep_cards(entries: Sequence[tuple[CardRow, str]]) -> list[Any]:
    """A KeptCard of each as a tuple, empty for a product that is gone."""

    def make(places: list[int]) -> dict[int, tuple[str, ...]]:
        products = _load({entries[place][0].id for place in places})
        found = {place: products.get(entries[place][0].id) for place in places}
        return {place: tuple(_make(product, entries[place][1])) for place, product in found.items() if product}

    facts = [(row.id, row.version, row.has_cover, row.has_avatar, row.is_away, kind) for row, kind in entries]
    return keep("card", facts, make)


def _put_together(card: Sequence[str], kind: str, is_saved: bool, drawn: set[str]) -> SafeString:
    """A list item. Drawings are long and lists show few kinds of them: only the first of a kind carries it."""
    css, before, icon, after, heart, heart_on = card
    drawing = ""
    if icon:
        icon = icon if icon in drawn or len(drawn) < MOST_DRAWINGS else ANY
        symbol = "" if icon in drawn else _draw(icon)
        drawing = f'<svg class="placeholder" aria-hidden="true">{symbol}<use href="#draw-{icon}"/></svg>'
        drawn.add(icon)
    large = " feature" if kind == "feature" else ""
    html = f'<li class="{css}{large}">{before}{drawing}{after}{heart_on if is_saved else heart}</li>'
    return mark_safe(html)  # noqa: S308 - rendered by templates


def render_channels(market: str, visitor: Visitor) -> list[str]:
    """``<li>`` of the market's most followed channels, kept for a minute with both states of their follow button; one
    query for a person's follows, two more when nothing is kept."""
    key = f"channel-shelf:{market}:{get_language()}:{cache.get(GUEST_PAGES_BORN)}"
    kept: list[tuple[int, str, str]] | None = cache.get(key)
    if kept is None:
        template = get_template("shop/_channel_item.html")
        shown = get_channel_cards(get_channel_page(market, limit=CHANNELS).rows, Visitor())
        kept = [
            (
                card.channel.pk,
                template.render({"card": card}),
                template.render({"card": replace(card, is_followed=True)}),
            )
            for card in shown
        ]
        cache.set(key, kept, SHELF_SECONDS)
    followed = get_followed_among(visitor, [pk for pk, _off, _on in kept])
    return [on if pk in followed else off for pk, off, on in kept]


def render_promos(market: str) -> list[SafeString]:
    """``<article>`` of each of today's promotions, staff's order; one query when they are kept, two when not."""
    facts = get_promo_facts(market)

    def make(places: list[int]) -> dict[int, SafeString]:
        template = get_template("shop/_promo.html")
        promos = {promo.pk: promo for promo in get_promos([facts[place][0] for place in places])}
        found = {place: promos.get(facts[place][0]) for place in places}
        return {
            place: SafeString(template.render({"promo": promo, "eager": place == 0}))
            for place, promo in found.items()
            if promo
        }

    return [html for html in keep("promo", [(place == 0, row) for place, row in enumerate(facts)], make) if html]
