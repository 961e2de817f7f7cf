"""What an account of money tells its owner: statements, what came in by day, and whether a form was sent already."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import User
from core.markets import MARKETS
from core.pages import Page, decode_cursor, encode_cursor
from payments.machine import AT_WORK, IN_ESCROW, OPEN, PayoutState, State
from payments.models import Account, Address, Effect, Entry, MoneyRequest, Payout, Posting, RequestTransition
from sellers.models import Channel

Kind = Account.Kind
STATEMENT_DAYS = 366


def is_done(key: str) -> bool:
    """Whether a verb was done under this key."""
    return Effect.objects.filter(pk=key).exists()


def _of_person(person: User, currency: str) -> QuerySet[Posting]:
    return Posting.objects.filter(account__kind=Kind.WALLET, account__person=person.pk, account__currency=currency)


def _of_channel(channel: Channel) -> QuerySet[Posting]:
    return Posting.objects.filter(
        account__kind=Kind.SELLER_PAYABLE, account__channel=channel.pk, account__currency=channel.currency
    )


def get_postings(owner: User | Channel, currency: str, *, after: str = "", limit: int = 30) -> Page[Posting]:
    """An owner's postings, newest first, each with its entry and request; raises core.pages.BadCursor."""
    rows = _postings(owner, currency).order_by("-pk")
    if after:
        rows = rows.filter(pk__lt=decode_cursor(after, 1)[0])
    found = list(rows[: limit + 1])
    return Page(found[:limit], encode_cursor(found[limit - 1].pk) if len(found) > limit else "")


def _postings(owner: User | Channel, currency: str) -> QuerySet[Posting]:
    rows = _of_channel(owner) if isinstance(owner, Channel) else _of_person(owner, currency)
    return rows.select_related("entry__request__channel", "entry__request__buyer")


def stream_postings(owner: User | Channel, currency: str, start: dt.datetime, end: dt.datetime) -> Iterator[Posting]:
    """An owner's postings from ``start`` on and before ``end``, oldest first, a few at a time."""
    rows = _postings(owner, currency).filter(entry__at__gte=start, entry__at__lt=end)
    return rows.order_by("pk").iterator(chunk_size=500)


def get_balance_at(owner: User | Channel, currency: str, moment: dt.datetime) -> int:
    """What the owner had before ``moment``, in minor units."""
    rows = _of_channel(owner) if isinstance(owner, Channel) else _of_person(owner, currency)
    return rows.filter(entry__at__lt=moment).aggregate(total=Sum("amount_minor"))["total"] or 0


def get_released(transition: RequestTransition) -> int:
    """What the channel got by this transition of its request, in minor units; 0 by most."""
    legs = Posting.objects.filter(
        entry__request=transition.request_id, entry__version=transition.version, account__kind=Kind.SELLER_PAYABLE
    )
    return legs.aggregate(total=Sum("amount_minor"))["total"] or 0


@dataclass(frozen=True, slots=True)
class DeskMoney:
    """A channel's money at a glance, in minor units of its currency; ``earned_by_day`` is oldest first."""

    payable_minor: int
    held_minor: int
    held_count: int
    on_its_way_minor: int  # payouts that have not arrived
    open_count: int  # asked and not paid
    to_ship_count: int
    to_answer_count: int
    earned_minor: int
    earned_by_day: list[tuple[dt.date, int]]


def get_desk_money(channel: Channel, *, days: int = 28) -> DeskMoney:
    """Four queries."""
    zone = ZoneInfo(MARKETS[channel.market].time_zone)
    today = timezone.localdate(timezone=zone)
    first = today - dt.timedelta(days=days - 1)
    day = TruncDate("entry__at", tzinfo=zone)
    earned = _of_channel(channel).filter(
        entry__kind__in=[Entry.Kind.RELEASED, Entry.Kind.SPLIT],
        entry__at__gte=dt.datetime.combine(first, dt.time(), zone),
    )
    by_day = dict(earned.values_list(day).annotate(Sum("amount_minor")).order_by(day))
    counts = MoneyRequest.objects.filter(channel=channel).aggregate(
        held=Sum(F("amount_minor") - F("refunded_minor"), filter=Q(state__in=IN_ESCROW)),
        held_count=Count("pk", filter=Q(state__in=IN_ESCROW)),
        open_count=Count("pk", filter=Q(state=State.REQUESTED)),
        to_ship=Count("pk", filter=Q(state=State.HELD)),
        to_answer=Count("pk", filter=Q(state=State.REFUND_REQUESTED)),
    )
    under_way = Payout.objects.filter(channel=channel, state__in=[PayoutState.CREATED, PayoutState.SENT])
    payable = Account.objects.filter(kind=Kind.SELLER_PAYABLE, channel=channel.pk, currency=channel.currency)
    return DeskMoney(
        payable_minor=payable.values_list("balance_minor", flat=True).first() or 0,
        held_minor=counts["held"] or 0,
        held_count=counts["held_count"],
        on_its_way_minor=under_way.aggregate(total=Sum("amount_minor"))["total"] or 0,
        open_count=counts["open_count"],
        to_ship_count=counts["to_ship"],
        to_answer_count=counts["to_answer"],
        earned_minor=sum(by_day.values()),
        earned_by_day=[
            (first + dt.timedelta(days=n), by_day.get(first + dt.timedelta(days=n), 0)) for n in range(days)
        ],
    )


# What a seller's list can be narrowed to.
STATE_GROUPS: dict[str, tuple[str, ...]] = {
    "open": tuple(OPEN),
    "held": tuple(AT_WORK),
    "trouble": (State.REFUND_REQUESTED, State.DISPUTED),
    "released": (State.RELEASED, State.SPLIT),
    "back": (State.REFUNDED, State.CHARGED_BACK),
    "closed": (State.DECLINED, State.CANCELLED, State.EXPIRED),
}


def search_channel_requests(
    channel: Channel, *, group: str = "", words: str = "", after: str = "", limit: int = 20
) -> Page[MoneyRequest]:
    """A channel's requests, newest first, in one of STATE_GROUPS and with all words in title, buyer or tracking."""
    requests = MoneyRequest.objects.filter(channel=channel)
    if group in STATE_GROUPS:
        requests = requests.filter(state__in=STATE_GROUPS[group])
    for word in words.split()[:6]:
        requests = requests.filter(
            Q(title__icontains=word) | Q(buyer__display_name__icontains=word) | Q(tracking__icontains=word)
        )
    requests = requests.select_related("channel__avatar", "buyer__avatar", "product__cover").order_by("-pk")
    if after:
        requests = requests.filter(pk__lt=decode_cursor(after, 1)[0])
    rows = list(requests[: limit + 1])
    return Page(rows[:limit], encode_cursor(rows[limit - 1].pk) if len(rows) > limit else "")


def get_known_buyers(channel: Channel, limit: int = 100) -> list[User]:
    """Active people who had a request with the channel before."""
    buyers = MoneyRequest.objects.filter(channel=channel).values("buyer")
    return list(User.objects.filter(pk__in=buyers, is_active=True).order_by("display_name", "pk")[:limit])


def get_held_for(person: User) -> list[tuple[str, int]]:
    """What Bisat holds of a buyer's payments: (currency, minor units)."""
    held = MoneyRequest.objects.filter(buyer=person.pk, state__in=IN_ESCROW).values_list("currency")
    return list(held.annotate(total=Sum(F("amount_minor") - F("refunded_minor"))).order_by("currency"))


def find_address(person: User, fields: dict[str, str]) -> Address | None:
    """A saved address of the person with exactly these words."""
    return Address.objects.filter(person=person.pk, **fields).first()
