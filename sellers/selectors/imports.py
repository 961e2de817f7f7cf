"""Imports and exports as the channel's team sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.http import Http404

from core.models import Picture
from core.pages import Page, decode_cursor, encode_cursor
from sellers.models import Channel, ChannelExport, Import, ImportRow, PostPicture

SHOWN = 20  # imports of a channel, the newest
REASONS = 50  # shown on the page; the file has them all
OFFERS = 10  # a page


def get_imports(channel: Channel) -> list[Import]:
    """The newest, one query."""
    imports = list(channel.imports.order_by("-pk")[:SHOWN])
    for job in imports:
        job.channel = channel
    return imports


def get_import(channel: Channel, pk: int) -> Import:
    """Raises Http404 for what is not this channel's."""
    job = channel.imports.filter(pk=pk).first()
    if job is None:
        raise Http404
    job.channel = channel
    return job


def get_reasons(job: Import, limit: int | None = REASONS) -> Iterator[tuple[int, str, str]]:
    """(line, outcome, reason) of rows that were refused, lack something, or stay after an undo."""
    rows = job.rows.exclude(reason="").order_by("line", "pk").values_list("line", "outcome", "reason")
    yield from rows[:limit] if limit else rows.iterator(chunk_size=1000)


def count_offers(job: Import) -> int:
    return job.rows.filter(offer_state=ImportRow.Offer.OPEN).count()


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One message that names a price, with what it shows."""

    row: ImportRow
    picture: Picture | None

    @property
    def pk(self) -> int:
        return self.row.pk

    @property
    def offer(self) -> dict[str, Any]:
        return self.row.offer or {}

    @property
    def text(self) -> str:
        return self.row.post.text if self.row.post else ""


def get_offers(job: Import, *, after: str = "", only: list[int] | None = None) -> Page[OfferRow]:
    """Messages to review, in the order of the export; two queries. Raises core.pages.BadCursor.

    ``only`` are the rows of a form that comes back, whatever has become of them.
    """
    shown = Prefetch("post__pictures", queryset=PostPicture.objects.select_related("picture").order_by("position"))
    rows = job.rows.exclude(offer=None).exclude(post=None).select_related("post").prefetch_related(shown)
    rows = rows.filter(pk__in=only) if only is not None else rows.filter(offer_state=ImportRow.Offer.OPEN)
    if after:
        rows = rows.filter(line__gt=decode_cursor(after, 1)[0])
    found = list(rows.order_by("line")[: OFFERS + 1])
    more = len(found) > OFFERS
    page = [OfferRow(row, _cover(row)) for row in found[:OFFERS]]
    return Page(page, encode_cursor(page[-1].row.line) if more else "")


def _cover(row: ImportRow) -> Picture | None:
    return next((kept.picture for kept in row.post.pictures.all()), None) if row.post else None


def get_exports(channel: Channel) -> list[ChannelExport]:
    """The newest few."""
    return list(channel.exports.order_by("-pk")[:3])


def get_export(channel: Channel, pk: int) -> ChannelExport:
    """Raises Http404 for what is not this channel's, or not there any more."""
    export = channel.exports.filter(pk=pk, state=ChannelExport.State.READY).first()
    if export is None:
        raise Http404
    return export
