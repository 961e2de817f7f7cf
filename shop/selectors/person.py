"""What belongs to whoever looks: saves, follows, looks; of a person from the database, of a guest from her session."""

from collections.abc import Iterable, Sequence

from core import planned
from core.pages import Page, decode_cursor, encode_cursor
from sellers.models import Channel, Follow, Product, Save
from shop.guests import Visitor
from shop.models import RecentSearch, RecentView

PAGE = 24
# Nearly every page asks one of these: written down, the ORM need not write them anew each time.
_SAVED = "SELECT product_id FROM sellers_save WHERE person_id = %s AND product_id = ANY(%s)"
_FOLLOWED = "SELECT channel_id FROM sellers_follow WHERE person_id = %s AND channel_id = ANY(%s)"


def get_saved_among(visitor: Visitor, product_ids: Iterable[int]) -> set[int]:
    """Which of these products the visitor saved: one query for a person, none for a guest."""
    ids = set(product_ids)
    if visitor.person_id is None or not ids:
        return ids & set(visitor.saves)
    return _ids(_SAVED, visitor.person_id, ids)


def get_followed_among(visitor: Visitor, channel_ids: Iterable[int]) -> set[int]:
    """Which of these channels the visitor follows: one query for a person, none for a guest."""
    ids = set(channel_ids)
    if visitor.person_id is None or not ids:
        return ids & set(visitor.follows)
    return _ids(_FOLLOWED, visitor.person_id, ids)


def _ids(sql: str, person_id: int, among: set[int]) -> set[int]:
    return {pk for (pk,) in planned.fetch(sql, [person_id, sorted(among)])}


def get_saved_ids(visitor: Visitor, after: str = "", limit: int = PAGE) -> Page[int]:
    """Products saved, newest first; those no longer shown are left out. Raises BadCursor."""
    if visitor.person_id is None:
        return _page_of_ids(_listed_in_order(visitor.saves), after, limit)
    saves = Save.objects.filter(person_id=visitor.person_id, product__is_listed=True)
    if after:
        saves = saves.filter(pk__lt=decode_cursor(after, 1)[0])
    found = list(saves.order_by("-pk").values_list("pk", "product_id")[: limit + 1])
    return Page(
        [product for _, product in found[:limit]], encode_cursor(found[limit - 1][0]) if len(found) > limit else ""
    )


def count_saved(visitor: Visitor) -> int:
    """How many saved products can still be seen."""
    if visitor.person_id is None:
        return len(_listed_in_order(visitor.saves))
    return Save.objects.filter(person_id=visitor.person_id, product__is_listed=True).count()


def count_following(visitor: Visitor) -> int:
    """How many channels the visitor follows that can still be seen."""
    if visitor.person_id is None:
        return Channel.objects.visible().filter(pk__in=visitor.follows).count() if visitor.follows else 0
    return Follow.objects.filter(person_id=visitor.person_id, channel__state__in=Channel.VISIBLE).count()


def get_recent_ids(visitor: Visitor, limit: int = 12) -> list[int]:
    """Products looked at, last first."""
    if visitor.person_id is None:
        return _listed_in_order([product for product, _ in visitor.views])[:limit]
    views = RecentView.objects.filter(person_id=visitor.person_id, product__is_listed=True)
    return list(views.order_by("-seen_at", "-pk").values_list("product_id", flat=True)[:limit])


def get_following(visitor: Visitor, after: str = "", limit: int = PAGE) -> Page[Channel]:
    """Channels followed, last first, each with ``is_muted``. Raises BadCursor."""
    if visitor.person_id is None:
        shown = Channel.objects.visible().select_related("avatar").in_bulk(visitor.follows)
        page = _page_of_ids([pk for pk in visitor.follows if pk in shown], after, limit)
        channels = [shown[pk] for pk in page.rows]
        for channel in channels:
            channel.is_muted = False  # type: ignore[attr-defined]
        return Page(channels, page.next_cursor)
    follows = Follow.objects.filter(person_id=visitor.person_id, channel__state__in=Channel.VISIBLE)
    if after:
        follows = follows.filter(pk__lt=decode_cursor(after, 1)[0])
    found = list(follows.select_related("channel__avatar").order_by("-pk")[: limit + 1])
    for follow in found:
        follow.channel.is_muted = follow.is_muted  # type: ignore[attr-defined]
    return Page(
        [follow.channel for follow in found[:limit]], encode_cursor(found[limit - 1].pk) if len(found) > limit else ""
    )


def get_hidden_products(ids: Sequence[int]) -> list[Product]:
    """These products with all a row of them shows, in the order given; one query."""
    found = Product.objects.select_related("cover", "channel").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def get_hidden_channels(ids: Sequence[int]) -> list[Channel]:
    """These channels with their avatars, in the order given; one query."""
    found = Channel.objects.select_related("avatar").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def _listed_in_order(product_ids: Sequence[int]) -> list[int]:
    listed = (
        set(Product.objects.listed().filter(pk__in=product_ids).values_list("pk", flat=True)) if product_ids else ()
    )
    return [pk for pk in product_ids if pk in listed]


def _page_of_ids(ids: list[int], after: str, limit: int) -> Page[int]:
    """A page of a guest's short list; the cursor is where the next begins."""
    start = decode_cursor(after, 1)[0] if after else 0
    return Page(ids[start : start + limit], encode_cursor(start + limit) if len(ids) > start + limit else "")


def get_recent_searches(visitor: Visitor, limit: int = 5) -> list[str]:
    """What the visitor searched for last, newest first."""
    if visitor.person_id is None:
        return list(visitor.searches[:limit])
    rows = RecentSearch.objects.filter(person=visitor.person_id).order_by("-searched_at", "-pk")
    return list(rows.values_list("words", flat=True)[:limit])
