"""What pages need to show of money requests."""

from django.db.models import Q, QuerySet, Sum

from accounts.models import User
from core.models import Picture
from core.pages import Page, decode_cursor, encode_cursor
from payments.machine import IN_ESCROW, State
from payments.models import (
    Address,
    Dispute,
    Evidence,
    MoneyRequest,
    PaymentAttempt,
    Payout,
    RefundOffer,
    RefundRequest,
    RequestTransition,
    RequestVersion,
)
from payments.selectors.permissions import get_standing
from sellers.models import Channel


def get_terms(request: MoneyRequest) -> RequestVersion:
    """What the buyer is asked to pay for now."""
    return request.versions.get(version=request.terms_version)


def get_drafts(channel: Channel, buyer: User, *, limit: int = 2) -> list[MoneyRequest]:
    """What the channel's team has not sent to this person yet, newest first."""
    drafts = MoneyRequest.objects.filter(channel=channel, buyer=buyer, state=State.DRAFT)
    return list(drafts.order_by("-pk")[:limit])


def get_transitions(request: MoneyRequest) -> list[RequestTransition]:
    """What happened, oldest first."""
    return list(request.transitions.select_related("by").order_by("version"))


def get_open_offer(request: MoneyRequest) -> RefundOffer | None:
    return request.refund_offers.filter(state=RefundOffer.State.OPEN).first()


def get_refund_requests(request: MoneyRequest) -> list[RefundRequest]:
    """What the buyer asked back, with her pictures: open or answered, oldest first."""
    return list(request.refund_requests.prefetch_related("pictures").order_by("pk"))


def find_shown_picture(request: MoneyRequest, key: str) -> Picture | None:
    """A picture that a side showed with its refund request or as evidence about this request."""
    asked = RefundRequest.pictures.through.objects.filter(refundrequest__request=request.pk)
    proven = Evidence.pictures.through.objects.filter(evidence__dispute__request=request.pk)
    shown = Q(pk__in=asked.values("picture")) | Q(pk__in=proven.values("picture"))
    return Picture.objects.filter(shown, key=key).first()


def get_dispute(request: MoneyRequest) -> Dispute | None:
    """The dispute with its evidence."""
    return Dispute.objects.filter(request=request).prefetch_related("evidence__pictures").first()


def get_attempt_for(person: User, token: str) -> PaymentAttempt:
    """Her own payment attempt; else PaymentAttempt.DoesNotExist."""
    return PaymentAttempt.objects.select_related("request__channel").get(token=token, person=person.pk)


def _page(requests: QuerySet[MoneyRequest], after: str, limit: int) -> Page[MoneyRequest]:
    """Newest first; raises core.pages.BadCursor."""
    requests = requests.select_related("channel__avatar", "buyer__avatar", "product__cover").order_by("-pk")
    if after:
        requests = requests.filter(pk__lt=decode_cursor(after, 1)[0])
    rows = list(requests[: limit + 1])
    return Page(rows[:limit], encode_cursor(rows[limit - 1].pk) if len(rows) > limit else "")


def get_purchases(person: User, *, after: str = "", limit: int = 20) -> Page[MoneyRequest]:
    """What a person was asked for or bought, newest first."""
    return _page(MoneyRequest.objects.of_buyer(person.pk), after, limit)


def get_channel_requests(
    channel: Channel, *, states: tuple[str, ...] = (), after: str = "", limit: int = 20
) -> Page[MoneyRequest]:
    """A channel's requests (in some states), newest first."""
    requests = MoneyRequest.objects.filter(channel=channel)
    return _page(requests.filter(state__in=states) if states else requests, after, limit)


def get_held_total(channel: Channel) -> int:
    """What Bisat holds for a channel's requests, before fees."""
    held = MoneyRequest.objects.filter(channel=channel, state__in=IN_ESCROW)
    totals = held.aggregate(asked=Sum("amount_minor"), back=Sum("refunded_minor"))
    return (totals["asked"] or 0) - (totals["back"] or 0)


def get_payouts(channel: Channel) -> list[Payout]:
    """Newest first."""
    return list(channel.payouts.select_related("requested_by").order_by("-pk")[:100])


def get_addresses(person: User) -> list[Address]:
    """The one used first on top."""
    return list(Address.objects.filter(person=person.pk).order_by("-is_default", "-pk"))


def get_requests_by_id(ids: list[int]) -> dict[int, MoneyRequest]:
    """For cards in a thread: one query for all of them."""
    return MoneyRequest.objects.select_related("product__cover").in_bulk(ids)


def is_party(request: MoneyRequest, person: User) -> bool:
    return get_standing(request, person).may_look
