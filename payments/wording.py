"""What people read about money: who holds it now, what happens next, what a step will do."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.money import format_money, localize_digits
from core.templatetags.bisat import day
from payments.fees import share_out
from payments.machine import State
from payments.models import MoneyRequest

Timer = MoneyRequest.Timer
SAFE = frozenset({State.HELD, State.SHIPPED, State.DELIVERED})
SETTLED = frozenset({State.RELEASED, State.REFUNDED, State.SPLIT})
CONTESTED = frozenset({State.REFUND_REQUESTED, State.DISPUTED})
OVER = frozenset({State.DECLINED, State.CANCELLED, State.EXPIRED})


@dataclass
class Facts:
    """A request as one viewer reads it; amounts are written out."""

    request: MoneyRequest
    is_buyer: bool
    buyer: str
    seller: str

    def money(self, minor: int) -> str:
        return format_money(minor, self.request.currency)

    @cached_property
    def words(self) -> dict[str, str]:
        """What every sentence may name."""
        request = self.request
        left = request.amount_minor - request.refunded_minor
        parts = share_out(left, basis_points=request.fee_basis_points)
        return {
            "total": self.money(request.amount_minor),
            "held": self.money(request.held_minor),
            "left": self.money(left),
            "back": self.money(request.refunded_minor),
            "gets": self.money(parts.seller),
            "buyer": self.buyer,
            "seller": self.seller,
            "date": day(request.due_at) if request.due_at else "",
        }


def tone(state: str) -> str:
    """The class of a request's look; leaf green belongs to safe and settled money only."""
    groups = (("safe", SAFE | SETTLED), ("warm", CONTESTED), ("over", OVER), ("bad", {State.CHARGED_BACK}))
    return next((name for name, states in groups if state in states), "open")


# State: what the buyer reads first, what the seller reads first.
_HOLDER = {
    State.DRAFT: ("", gettext_lazy("Only your team sees this draft. No money has moved.")),
    State.REQUESTED: (
        gettext_lazy("Nothing is paid yet. When you pay, Bisat holds the money until it arrives."),
        gettext_lazy("Nothing is paid yet. Send nothing before {buyer} has paid: then Bisat holds the money."),
    ),
    State.HELD: (
        gettext_lazy("Bisat holds {held} for you. {seller} gets it when it has arrived."),
        gettext_lazy("Bisat holds {held}. Ship now: the money is yours when it has arrived."),
    ),
    State.SHIPPED: (
        gettext_lazy("Bisat holds {held} for you while it is on its way."),
        gettext_lazy("Bisat holds {held} until {buyer} has it."),
    ),
    State.DELIVERED: (
        gettext_lazy("Bisat holds {held} for you. Look at it, then release the money."),
        gettext_lazy("Bisat holds {held}. It has arrived; {buyer} looks at it."),
    ),
    State.REFUND_REQUESTED: (
        gettext_lazy("Bisat holds {held} until your refund is answered."),
        gettext_lazy("Bisat holds {held}. {buyer} wants the money back; your answer counts."),
    ),
    State.DISPUTED: (
        gettext_lazy("Bisat holds {held} until our staff have decided."),
        gettext_lazy("Bisat holds {held} until our staff have decided."),
    ),
    State.RELEASED: (
        gettext_lazy("{seller} has the money: {left} was released."),
        gettext_lazy("The money is yours: {gets} after the fee."),
    ),
    State.REFUNDED: (
        gettext_lazy("You have the money back: {back} is in your wallet."),
        gettext_lazy("{buyer} has the money back."),
    ),
    State.SPLIT: (
        gettext_lazy("{back} is back in your wallet, {seller} got the rest."),
        gettext_lazy("{gets} is yours after the fee, {back} went back to {buyer}."),
    ),
    State.DECLINED: (
        gettext_lazy("You declined. No money has moved."),
        gettext_lazy("{buyer} declined. No money has moved."),
    ),
    State.CANCELLED: (
        gettext_lazy("{seller} took it back. No money has moved."),
        gettext_lazy("Taken back. No money has moved."),
    ),
    State.EXPIRED: (gettext_lazy("It was not paid in time. No money has moved."),) * 2,
    State.CHARGED_BACK: (
        gettext_lazy("Your bank took the payment back."),
        gettext_lazy("The buyer’s bank took the payment back. If you have not shipped, do not."),
    ),
}

# Timer: what happens at its end, as buyer and as seller read it.
_DUE = {
    Timer.DROP: ("", gettext_lazy("Dropped on {date} unless you send it.")),
    Timer.EXPIRE: (
        gettext_lazy("Open until {date}; then it expires."),
        gettext_lazy("Open until {date}; then it expires."),
    ),
    Timer.REFUND_UNSHIPPED: (
        gettext_lazy("Refunded to you on {date} unless it is shipped before."),
        gettext_lazy("Refunded to the buyer on {date} unless you ship before."),
    ),
    Timer.AUTO_RELEASE: (
        gettext_lazy("Released to the seller on {date} unless you ask for a refund."),
        gettext_lazy("Released to you on {date} unless the buyer asks for a refund."),
    ),
    Timer.REFUND_SILENT: (
        gettext_lazy("Refunded to you on {date} unless the seller answers."),
        gettext_lazy("Refunded to the buyer on {date} unless you answer."),
    ),
    Timer.DISPUTE_LATE: (gettext_lazy("A second person looks at it on {date} unless it is decided before."),) * 2,
    Timer.DISPUTE_REFUND: (
        gettext_lazy("Refunded to you on {date} unless it is decided before."),
        gettext_lazy("Refunded to the buyer on {date} unless it is decided before."),
    ),
}


def holder_sentence(facts: Facts) -> str:
    """Who holds the money now: the first thing anybody reads."""
    return str(_HOLDER[State(facts.request.state)][0 if facts.is_buyer else 1]).format(**facts.words)


def due_sentence(facts: Facts) -> str:
    """What happens by itself and on which day; empty if nothing does."""
    both = _DUE.get(Timer(facts.request.timer))
    return str(both[0 if facts.is_buyer else 1]).format(**facts.words) if both else ""


def countdown(due_at: dt.datetime, now: dt.datetime) -> str:
    """How long until then, in the words a person would use."""
    seconds = (due_at - now).total_seconds()
    if seconds <= 0:
        return _("any moment now")
    days, hours, minutes = int(seconds // 86400), int(seconds // 3600), int(seconds // 60)
    if days >= 2:
        text = ngettext("{n} day left", "{n} days left", days).format(n=days)
    elif hours >= 1:
        text = ngettext("{n} hour left", "{n} hours left", hours).format(n=hours)
    else:
        text = ngettext("{n} minute left", "{n} minutes left", max(1, minutes)).format(n=max(1, minutes))
    return localize_digits(text)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a request's way as it is shown."""

    label: str
    is_done: bool
    is_now: bool


def steps(request: MoneyRequest) -> list[Step]:
    """Asked, Paid, Held, Shipped, Released; where it went another way, that way."""
    names = {
        State.DRAFT: _("Draft"),
        State.DECLINED: _("Declined"),
        State.CANCELLED: _("Taken back"),
        State.EXPIRED: _("Expired"),
        State.REFUND_REQUESTED: _("Refund asked"),
        State.DISPUTED: _("Dispute"),
        State.REFUNDED: _("Refunded"),
        State.SPLIT: _("Shared out"),
        State.CHARGED_BACK: _("Charged back"),
    }
    asked, paid, held, shipped, released = _("Asked"), _("Paid"), _("Held"), _("Shipped"), _("Released")
    state = State(request.state)
    if request.paid_at is None:
        way = {
            State.DRAFT: [names[State.DRAFT], asked, paid, held, released],
            State.REQUESTED: [asked, paid, held, shipped, released],
        }
        if state in way:
            return _walk(way[state], 0)
        return _walk([asked, names[state]], 1)
    before = [asked, paid, held] + ([shipped] if request.shipped_at else [])
    if state == State.HELD:
        return _walk([*before, shipped, released], 2)
    if state in (State.SHIPPED, State.DELIVERED):
        last = _("Delivered") if state == State.DELIVERED else shipped
        return _walk([asked, paid, held, last, released], 3)
    if state == State.RELEASED:
        return _walk([*before, released], len(before))
    ends = [_("Decided")] if state == State.DISPUTED else []
    return _walk([*before, names[state], *ends], len(before))


def _walk(labels: list[str], now: int) -> list[Step]:
    return [Step(label, place < now, place == now) for place, label in enumerate(labels)]
