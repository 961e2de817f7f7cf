"""HTML that takes long to make, kept for each edition of what it shows, like the cards (shop.cards)."""

import hashlib
from collections.abc import Sequence

from django.core.cache import cache
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core.pages import Page
from core.templatetags.bisat import ago
from sellers.models import Channel, Product
from shop.selectors.posts import PostRow

SECONDS = 60 * 60 * 24  # a change makes a new edition, so age does not matter
POST_SECONDS = 60 * 60  # its "5 minutes ago" is part of the edition


def render_posts(rows: Sequence[PostRow], *, eager: int = 0, at: int | None = None) -> list[SafeString]:
    """``<li>`` of each post with the visitor's marks; pictures of the first ``eager`` load at once, ``at`` stands out."""
    keys = [
        _key("post", row.edition, ago(row.published_at), i < eager, row.post.pk == at) for i, row in enumerate(rows)
    ]
    kept = cache.get_many(keys)
    template = get_template("shop/_post.html")
    made = {
        key: template.render({"row": row, "eager": i < eager, "at": at}).strip()
        for i, (key, row) in enumerate(zip(keys, rows, strict=True))
        if key not in kept
    }
    cache.set_many(made, POST_SECONDS)
    kept |= made
    return [mark_safe(kept[key]) for key in keys]  # noqa: S308 - made by a template


def render_tiles(channel: Channel, tiles: Page[Product], *, more: bool = True) -> SafeString:
    """Pictures of the product display, with the way to the next ones if there are and ``more`` is wanted."""
    shown = [(tile.pk, tile.version, bool(tile.cover and tile.cover.is_ready())) for tile in tiles.rows]
    key = _key("tiles", channel.handle, shown, more and tiles.next_cursor)
    html = cache.get(key)
    if html is None:
        html = get_template("shop/_tiles.html").render({"channel": channel, "tiles": tiles, "more": more}).strip()
        cache.set(key, html, SECONDS)
    return mark_safe(html)  # noqa: S308 - made by a template


def _key(kind: str, *edition: object) -> str:
    return f"{kind}:{get_language()}:{hashlib.sha256(repr(edition).encode()).hexdigest()}"
