"""What people are told about money: the kinds, who hears of which step, and reminders before time runs out.

A step tells the buyer, or those of the channel's team who may act (agents and above).
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import outbox
from news import services as news
from news.kinds import Group, Kind, Params, register
from payments.fees import share_out
from payments.machine import State, Who
from payments.models import Dispute, MoneyRequest, Payout, RefundOffer, RequestTransition
from sellers.models import Role

Timer = MoneyRequest.Timer
BUYER, TEAM = Who.BUYER, Who.SELLER
REMIND_BEFORE = dt.timedelta(hours=24)
REMIND_OF_EVIDENCE = dt.timedelta(hours=6)


def _kind(name: str, title: Any, body: Any, icon: str, group: Group = Group.MONEY, *, urgent: bool = False) -> Kind:
    return Kind(name, group, title, body, icon, urgent=urgent)


register(
    _kind("money_asked", _("{seller} asks you for {total}"), _("{title}"), "receipt-text"),
    _kind("request_declined", _("{buyer} declined to pay {total}"), _("{title}"), "x"),
    _kind("request_cancelled", _("{seller} took the request for {total} back"), _("{title}"), "undo-2"),
    _kind("request_expired", _("Nobody paid {total} in time"), _("{title}"), "clock"),
    _kind("money_paid", _("{buyer} paid {total}"), _("{title}. Bisat holds the money: ship now."), "lock"),
    _kind("money_held", _("Bisat holds your {total}"), _("{title}. {seller} gets it when it has arrived."), "lock"),
    _kind("money_shipped", _("{title} is on its way"), _("{seller} has shipped it."), "truck"),
    _kind("money_delivered", _("{title} has arrived"), _("{buyer} has it and looks at it."), "package-check"),
    _kind("money_released", _("{gets} is yours"), _("{title}. The money was released to you."), "hand-coins"),
    _kind("money_gone", _("{seller} has the money"), _("{title}: {total} was released."), "hand-coins"),
    _kind("refund_asked", _("{buyer} wants a refund"), _("{title}: {total}. Answer within 3 days."), "rotate-ccw"),
    _kind("refund_withdrawn", _("{buyer} wants no refund any more"), _("{title}: the sale goes on."), "undo-2"),
    _kind("money_refunded", _("{back} is back in your wallet"), _("{title}"), "rotate-ccw"),
    _kind("money_given_back", _("{back} went back to {buyer}"), _("{title}"), "rotate-ccw"),
    _kind("refund_offered", _("{seller} offers you {offer} back"), _("{title}"), "percent"),
    _kind("offer_accepted", _("{buyer} took {offer} back"), _("{title}: Bisat holds the rest as before."), "check"),
    _kind("offer_declined", _("{buyer} said no to {offer} back"), _("{title}"), "x"),
    _kind("dispute_opened", _("Bisat’s staff will decide"), _("{title}: the other side asked for it."), "scale"),
    _kind("evidence_asked", _("Show what happened"), _("{title}. You can until {until_at}."), "file-plus", urgent=True),
    _kind("dispute_decided", _("Bisat’s staff have decided"), _("{title}"), "scale"),
    _kind(
        "charged_back", _("A bank took {total} back"), _("{title}. If you have not shipped, do not."), "shield-alert"
    ),
    _kind("payout_sent", _("{sum} is on its way to your bank"), _("{seller}"), "landmark"),
    _kind("payout_returned", _("Your bank sent {sum} back"), _("{seller}. It is on your balance again."), "landmark"),
    _kind("payment_expires", _("Pay until {due_at}"), _("{title}: then it expires."), "clock", Group.DEADLINES),
    _kind("ship_by", _("Ship until {due_at}"), _("{title}: then {buyer} is refunded."), "clock", Group.DEADLINES),
    _kind("release_due", _("Released on {due_at}"), _("{title}: unless you ask back."), "clock", Group.DEADLINES),
    _kind(
        "refund_answer_due", _("Answer until {due_at}"), _("{title}: then it is refunded."), "clock", Group.DEADLINES
    ),
    _kind(
        "evidence_due", _("Show until {due_at}"), _("{title}: what happened."), "clock", Group.DEADLINES, urgent=True
    ),
)

# Verb: who hears of it, as what.
STEPS: dict[str, tuple[tuple[Who, str], ...]] = {
    "request": ((BUYER, "money_asked"),),
    "send": ((BUYER, "money_asked"),),
    "decline": ((TEAM, "request_declined"),),
    "cancel": ((BUYER, "request_cancelled"),),
    "expire": ((BUYER, "request_expired"), (TEAM, "request_expired")),
    "pay": ((TEAM, "money_paid"), (BUYER, "money_held")),
    "ship": ((BUYER, "money_shipped"),),
    "confirm_delivery": ((TEAM, "money_delivered"),),
    "release": ((TEAM, "money_released"),),
    "auto_release": ((TEAM, "money_released"), (BUYER, "money_gone")),
    "ask_refund": ((TEAM, "refund_asked"),),
    "withdraw_refund": ((TEAM, "refund_withdrawn"),),
    "refund": ((BUYER, "money_refunded"),),
    "refund_unshipped": ((BUYER, "money_refunded"), (TEAM, "money_given_back")),
    "accept_refund": ((BUYER, "money_refunded"), (TEAM, "money_given_back")),
    "escalate": (
        (BUYER, "dispute_opened"),
        (TEAM, "dispute_opened"),
        (BUYER, "evidence_asked"),
        (TEAM, "evidence_asked"),
    ),
    "decide": ((BUYER, "dispute_decided"), (TEAM, "dispute_decided")),
    "charge_back": ((TEAM, "charged_back"),),
}
# What became of an offer of a part: who hears of it, as what.
OFFERS: dict[str, tuple[Who, str]] = {
    RefundOffer.State.OPEN: (BUYER, "refund_offered"),
    RefundOffer.State.ACCEPTED: (TEAM, "offer_accepted"),
    RefundOffer.State.DECLINED: (TEAM, "offer_declined"),
}
TO_THE_OTHER = {"dispute_opened", "money_given_back"}  # not to the side that did it itself
DEADLINES: dict[str, tuple[Who, str]] = {
    Timer.EXPIRE: (BUYER, "payment_expires"),
    Timer.REFUND_UNSHIPPED: (TEAM, "ship_by"),
    Timer.AUTO_RELEASE: (BUYER, "release_due"),
    Timer.REFUND_SILENT: (TEAM, "refund_answer_due"),
}


def _amount(minor: int, currency: str) -> dict[str, Any]:
    return {"minor": minor, "currency": currency}


def _facts(request: MoneyRequest) -> dict[str, Any]:
    """What the words of every kind may name."""
    parts = share_out(request.amount_minor - request.refunded_minor, basis_points=request.fee_basis_points)
    return {
        "title": request.title,
        "buyer": request.buyer.get_short_name(),
        "seller": request.channel.name,
        "total": _amount(request.amount_minor, request.currency),
        "back": _amount(request.refunded_minor, request.currency),
        "gets": _amount(parts.seller, request.currency),
    }


def _people(request: MoneyRequest, side: Who) -> Iterable[User]:
    if side == BUYER:
        return [request.buyer]
    members = request.channel.members.filter(role__in=Role.at_least(Role.AGENT))
    return [member.person for member in members.select_related("person").order_by("pk")]


def _tell(request: MoneyRequest, side: Who, kind: str, params: Params, key: str) -> None:
    for person in _people(request, side):
        news.notify(person=person, kind=kind, params=params, url=request.get_absolute_url(), key=key)


def tell_transition(transition: RequestTransition) -> None:
    """Once a transition and person, in the caller's transaction; of a draft its buyer hears nothing."""
    request = transition.request
    params = _facts(request)
    if transition.verb == "escalate":
        params["until_at"] = Dispute.objects.get(request=request).evidence_until.isoformat()
    is_draft = State.DRAFT in (transition.from_state, transition.to_state) and transition.verb != "send"
    for side, kind in STEPS.get(transition.verb, ()):
        is_theirs = kind in TO_THE_OTHER and transition.who == side
        if not is_theirs and not (is_draft and side == BUYER):
            _tell(request, side, kind, params, f"{kind}:{transition.pk}")


def tell_offer(offer: RefundOffer, state: str) -> None:
    """That it was made, or how it was answered."""
    side, kind = OFFERS[state]
    params = _facts(offer.request) | {"offer": _amount(offer.amount_minor, offer.request.currency)}
    _tell(offer.request, side, kind, params, f"{kind}:{offer.pk}")


def tell_payout(payout: Payout, state: str) -> None:
    """The owner hears that it was sent or returned."""
    kind = {"sent": "payout_sent", "returned": "payout_returned"}[state]
    params = {"seller": payout.channel.name, "sum": _amount(payout.amount_minor, payout.currency)}
    url = reverse("payments:payouts", args=[payout.channel.handle])
    for owner in payout.channel.members.filter(role=Role.OWNER).select_related("person"):
        news.notify(person=owner.person, kind=kind, params=params, url=url, key=f"{kind}:{payout.pk}")


def remind(*, now: dt.datetime | None = None) -> int:
    """Tells of what runs out soon, each deadline once; returns how many were new."""
    now = now or timezone.now()
    soon = MoneyRequest.objects.to_remind(now, now + REMIND_BEFORE).filter(timer__in=DEADLINES)
    told = sum(_remind(pk, now) for pk in list(soon.order_by("due_at", "pk").values_list("pk", flat=True)))
    late = Dispute.objects.filter(
        state=Dispute.State.OPEN, evidence_until__gt=now, evidence_until__lte=now + REMIND_OF_EVIDENCE
    )
    return told + sum(
        _remind_of_evidence(dispute) for dispute in late.select_related("request__channel", "request__buyer")
    )


@transaction.atomic
def _remind(pk: int, now: dt.datetime) -> bool:
    """The request is read again under its lock: what was done in the meantime needs no reminder."""
    locked = MoneyRequest.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
    soon = locked.to_remind(now, now + REMIND_BEFORE).filter(pk=pk, timer__in=DEADLINES)
    request = soon.select_related("channel", "buyer").first()
    if request is None or request.due_at is None:
        return False
    request.reminded_of = request.due_at
    request.save(update_fields=["reminded_of"])
    side, kind = DEADLINES[request.timer]
    due = request.due_at.isoformat()
    _tell(request, side, kind, _facts(request) | {"due_at": due}, f"remind:{request.pk}:{request.timer}:{due}")
    return True


@transaction.atomic
def _remind_of_evidence(dispute: Dispute) -> bool:
    """Only who has shown nothing yet."""
    key = f"remind:evidence:{dispute.pk}"
    if not outbox.once(key):
        return False
    shown = set(dispute.evidence.values_list("side", flat=True))
    params = _facts(dispute.request) | {"due_at": dispute.evidence_until.isoformat()}
    for side in {BUYER, TEAM} - shown:
        _tell(dispute.request, Who(side), "evidence_due", params, key)
    return True
