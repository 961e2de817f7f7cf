"""The HTML of posts, product pages, channels' heads and displays: made once for each edition (core.kept)."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from chat import selectors as chats
from core.kept import CUT, choose, keep
from core.pages import Page
from core.templatetags.bisat import ago, compact
from payments import selectors as payments
from sellers import selectors as sellers
from sellers.models import Channel, Post, Product
from sellers.text import render_text
from shop import structured
from shop.guests import Visitor
from shop.selectors import channel as channels
from shop.selectors import posts as post_rows
from shop.selectors import product as products

DESCRIPTION = 160
_ON_HEAD = (
    *("handle", "name", "tagline", "language", "hue", "city", "state", "verified_at", "created_at"),
    *("is_away", "back_on", "holiday_message"),
    *("is_own", "is_followed", "is_muted"),
)
POST_SECONDS = 60 * 60  # its "5 minutes ago" is part of the edition


def render_posts(rows: Sequence[post_rows.StreamRow], *, eager: int = 0, at: int | None = None) -> list[SafeString]:
    """``<li>`` of each post with the visitor's marks; pictures of the first ``eager`` load at once, ``at`` stands out.
    A post that went away meanwhile is empty."""
    editions = [
        (row.id, row.edition, row.like_count, ago(row.published_at), place < eager, row.id == at)
        for place, row in enumerate(rows)
    ]

    def make(places: list[int]) -> dict[int, str]:
        template = get_template("shop/_post.html")
        found = post_rows.get_rows(Post.objects.filter(pk__in=[rows[place].id for place in places]), Visitor())
        whole, made = {row.post.pk: row for row in found}, {}
        for place in places:
            if row := whole.get(rows[place].id):
                row.post.like_count = rows[place].like_count  # what it is kept for, though it may have grown since
                made[place] = template.render({"row": row, "eager": place < eager, "at": at, "cut": CUT}).strip()
        return made

    kept = keep("post", editions, make, POST_SECONDS)
    return [choose(html, row.is_liked, row.is_saved) for html, row in zip(kept, rows, strict=True)]


class Head(NamedTuple):
    """How a channel's pages begin: for machines, and as this visitor finds it."""

    meta: SafeString
    body: SafeString


def keep_head(channel: Channel, tab: str, user: User | AnonymousUser) -> Head:
    """``channel`` is channels.get_channel's."""
    shown = [getattr(channel, name) for name in _ON_HEAD]
    pictures = [picture and (picture.pk, picture.widths) for picture in (channel.avatar, channel.cover)]
    trust, replies_within = payments.get_trust(channel.pk), chats.get_reply_words(channel)
    counts = [compact(count) for count in (channel.follower_count, channel.product_count, trust.completed)]
    edition = (tab, user.is_authenticated, shown, pictures, counts, replies_within)

    def make(_places: list[int]) -> dict[int, tuple[str, ...]]:
        canonical = structured.absolute(channel.get_absolute_url())
        context = {"channel": channel, "tab": tab, "canonical": canonical, "user": user, "trust": trust}
        context["replies_within"] = replies_within
        preview = structured.picture_address(channel.cover or channel.avatar)
        meta = {"canonical": canonical, "preview_title": channel.name, "description": channel.tagline}
        return {
            0: (
                get_template("shop/_open_graph.html").render(meta | {"preview_picture": preview}),
                get_template("shop/_channel_head.html").render(context),
            )
        }

    return Head(*map(SafeString, keep("head", [edition], make)[0]))


def render_tiles(channel: Channel, tiles: Page[channels.Tile], *, more: bool = True) -> SafeString:
    """Pictures of the product display, with the way to the next ones if there are and ``more`` is wanted."""
    edition = (channel.handle, [tile[:3] for tile in tiles.rows], tiles.next_cursor if more else "")

    def make(_places: list[int]) -> dict[int, str]:
        context = {"channel": channel, "tiles": channels.get_tile_products(tiles.rows), "next_cursor": edition[2]}
        return {0: get_template("shop/_tiles.html").render(context).strip()}

    return mark_safe(keep("tiles", [edition], make)[0])  # noqa: S308 - made by a template


class ProductPage(NamedTuple):
    """A product's page but for the shelves below; ``body`` with its heart and its follow switch still to be chosen."""

    path: str
    title: str
    description: str
    hue: int
    channel_name: str
    channel_url: str
    category_url: str
    head: str
    body: str


def keep_product_page(sight: products.Sight, load: Callable[[], Product]) -> ProductPage:
    """The page of the product that ``load`` gets when it is not kept, with its usual offer."""
    trust = payments.get_trust(sight.channel_id)
    edition = (sight.product_id, sight.edition, sellers.get_category_tree().edition, trust)
    made = keep("product", [edition], lambda _places: {0: tuple(make_product_page(load()))})
    return ProductPage(*made[0])


def make_product_page(product: Product, variant_id: int | None = None) -> ProductPage:
    offer, channel = products.get_offer(product, variant_id), product.channel
    pictures = products.get_pictures(product)
    description = " ".join(product.post.text.split())[:DESCRIPTION]
    context: dict[str, Any] = {
        "product": product,
        "channel": channel,
        "trust": payments.get_trust(channel.pk),
        "replies_within": chats.get_reply_words(channel),
        "offer": offer,
        "icon": product.category.icon,
        "pictures": pictures,
        "crumbs": products.get_breadcrumbs(product),
        "facts": sellers.get_facts(product),
        "description": description,
        "canonical": structured.absolute(product.get_absolute_url()),
        "preview_picture": structured.picture_address(pictures[0].picture if pictures else None),
        "json_ld": structured.product_data(offer, pictures, description),
        "text": render_text(product.post.text),
        "cut": CUT,
    }
    return ProductPage(
        path=product.get_absolute_url(),
        title=product.title,
        description=description,
        hue=channel.hue,
        channel_name=channel.name,
        channel_url=channel.get_absolute_url(),
        category_url=product.category.get_absolute_url(),
        head=get_template("shop/_product.html#head").render(context),
        body=get_template("shop/_product.html#body").render(context),
    )
