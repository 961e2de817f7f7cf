"""What lies in the parcel and where it goes: slips of requests that are paid and wait to be sent."""

from collections.abc import Sequence
from typing import NamedTuple

from core.pages import Page, decode_cursor, encode_cursor
from payments.machine import State
from payments.models import Line, MoneyRequest, RequestVersion
from sellers.models import Channel

PAGE = 30  # slips of one print


class Slip(NamedTuple):
    """``address`` as Address.as_json, or nothing where the buyer gave none."""

    request: MoneyRequest
    lines: list[Line]
    note: str
    address: dict[str, str] | None


def get_to_send(channel: Channel, after: str = "", limit: int = PAGE) -> Page[MoneyRequest]:
    """The channel's held requests, who waits longest first; raises core.pages.BadCursor. One query."""
    held = MoneyRequest.objects.filter(channel=channel, state=State.HELD).select_related("buyer", "product__cover")
    if after:
        held = held.filter(pk__gt=decode_cursor(after, 1)[0])
    rows = list(held.order_by("pk")[: limit + 1])
    return Page(rows[:limit], encode_cursor(rows[limit - 1].pk) if len(rows) > limit else "")


def get_slips(channel: Channel, tokens: Sequence[str]) -> list[Slip]:
    """Slips of these of the channel's requests, at most PAGE, who waits longest first. Only while the money is held:
    before, the address is the buyer's own affair, and afterwards there is nothing to send. Two queries."""
    held = MoneyRequest.objects.filter(channel=channel, state=State.HELD, token__in=tokens[: 2 * PAGE])
    requests = list(held.select_related("buyer").order_by("pk")[:PAGE])
    versions = RequestVersion.objects.filter(request__in=requests)
    terms = {(row.request_id, row.version): row for row in versions}
    slips = []
    for request in requests:
        asked = terms[request.pk, request.terms_version]
        slips.append(Slip(request, asked.lines, asked.note, request.address))
    return slips
