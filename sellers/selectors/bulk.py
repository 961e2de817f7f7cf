"""Bulk edits as their desk shows them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Q, When
from django.http import Http404

from core.pages import Page, decode_cursor, encode_cursor
from sellers.models import Channel, Post
from sellers.models.bulk import BulkEdit, BulkRow

Row = BulkRow.State


def find_product_posts(channel: Channel, *, most: int, state: str = "", todo: str = "", words: str = "") -> list[int]:
    """The newest product posts of a channel that a list narrowed like this shows, ``most`` of them at most."""
    posts = Post.objects.filter(channel=channel.pk, product__isnull=False)
    if state:
        posts = posts.filter(state=state)
    if todo == "sold-out":
        posts = posts.filter(state=Post.State.PUBLISHED, product__stock=0)
    elif todo == "picture":
        posts = posts.exclude(state=Post.State.ARCHIVED).filter(pictures__isnull=True)
    if words:
        posts = posts.filter(Q(product__title__icontains=words) | Q(text__icontains=words))
    return list(posts.order_by("-pk").values_list("pk", flat=True)[:most])


@dataclass(frozen=True, slots=True)
class BulkCounts:
    """How many rows of a bulk edit are in which state."""

    ready: int
    refused: int
    done: int
    kept: int
    undone: int

    @property
    def total(self) -> int:
        return self.ready + self.refused + self.done + self.kept + self.undone


def get_own_bulk(channel: Channel, pk: int) -> BulkEdit:
    """One of the channel's bulk edits, else Http404."""
    bulk = BulkEdit.objects.select_related("channel", "by", "category").filter(channel=channel.pk, pk=pk).first()
    if bulk is None:
        raise Http404
    return bulk


def get_bulk_counts(bulk: BulkEdit) -> BulkCounts:
    """One query."""
    counts: dict[str, Any] = dict(bulk.rows.values_list("state").annotate(n=Count("pk")))
    return BulkCounts(*(counts.get(state, 0) for state in ("ready", "refused", "done", "kept", "undone")))


def get_bulk_rows(bulk: BulkEdit, *, after: str = "", limit: int = 50) -> Page[BulkRow]:
    """What stays and why comes first, then by number. Raises core.pages.BadCursor."""
    is_problem = Q(state__in=[Row.REFUSED, Row.KEPT])
    stays = Case(When(is_problem, then=1), default=0)
    rows = bulk.rows.select_related("post__product").annotate(stays=stays)
    if after:
        place, pk = decode_cursor(after, 2)
        rows = rows.filter(Q(stays__lt=place) | Q(stays=place, pk__gt=pk))
    found = list(rows.order_by("-stays", "pk")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], encode_cursor(last.stays, last.pk) if last else "")


def get_bulk_edits(channel: Channel) -> list[BulkEdit]:
    """The newest fifty that were carried out, each with how many products it changed (``changed``)."""
    changed = Count("rows", filter=Q(rows__state__in=[Row.DONE, Row.KEPT, Row.UNDONE]))
    edits = BulkEdit.objects.filter(channel=channel.pk).exclude(state=BulkEdit.State.PREVIEW)
    return list(edits.select_related("channel", "by", "category").annotate(changed=changed).order_by("-pk")[:50])
