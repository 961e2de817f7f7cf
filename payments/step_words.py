"""The words of each step a person can take with a request: its button, its page, what it will do, what it did.

Sentences may name what payments.wording.Facts.words knows.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.machine import State
from payments.models import MoneyRequest

Text = str | Promise


@dataclass(frozen=True, slots=True)
class StepWords:
    label: Text  # of the button that leads there and of the one that does it
    title: Text
    sentence: Text  # what it will do
    done: Text
    icon: str
    is_danger: bool = False

    @property
    def css(self) -> str:
        return "danger" if self.is_danger else "primary"


WORDS = {
    "send": StepWords(
        _("Send it"),
        _("Send this request?"),
        _("{buyer} sees it at once and has 5 days to pay {total}."),
        _("Sent."),
        "send",
    ),
    "edit": StepWords(
        _("Change it"),
        _("Change the request"),
        _("{buyer} sees the new request at once; a payment of the old one does not count for it."),
        _("Changed. The buyer sees the new request."),
        "pencil",
    ),
    "cancel": StepWords(
        _("Take it back"),
        _("Take this request back?"),
        _("{buyer} cannot pay it any more. You can make a new one."),
        _("Taken back."),
        "undo-2",
        is_danger=True,
    ),
    "decline": StepWords(
        _("Decline"),
        _("Decline this request?"),
        _("You pay nothing. {seller} may make a new request."),
        _("Declined."),
        "x",
        is_danger=True,
    ),
    "apply_coupon": StepWords(
        _("Use a code"),
        _("Use a code of {seller}"),
        _("What it takes off stands on the request, and you pay the rest."),
        _("The code counts."),
        "ticket-percent",
    ),
    "remove_coupon": StepWords(
        _("Take the code off"),
        _("Take the code off?"),
        _("You are asked for the price without it. Until you pay you can use a code again."),
        _("The code is off."),
        "x",
    ),
    "pay": StepWords(_("Pay {total} safely"), _("Pay safely"), "", _("Paid. Bisat holds the money for you."), "lock"),
    "ship": StepWords(
        _("I shipped it"),
        _("Shipped?"),
        _("With a tracking number the money is released to you 10 days from now, without one 30 days from now."),
        _("Shipped. The buyer knows."),
        "truck",
    ),
    "confirm_delivery": StepWords(
        _("It arrived"),
        _("Did it arrive?"),
        _("{seller} learns that you have it. The money stays with Bisat until {date}: look at everything first."),
        _("Good to know. Look at it in peace."),
        "package-check",
    ),
    "release": StepWords(
        _("Release the money"),
        _("Release {held}?"),
        _("This is final: {seller} gets the money now, and Bisat cannot bring it back."),
        _("Released. Thank you!"),
        "hand-coins",
    ),
    "refund": StepWords(
        _("Refund in full"),
        _("Refund {held} to {buyer}?"),
        _("This is final: {buyer} gets all of {held} now, and you get nothing."),
        _("Refunded."),
        "rotate-ccw",
        is_danger=True,
    ),
    "offer_refund": StepWords(
        _("Offer a part back"),
        _("Offer a part of the money back"),
        _("Bisat holds {held}. If {buyer} agrees, that part goes back at once and the rest stays held for you."),
        _("Offered. The buyer can say yes or no."),
        "percent",
    ),
    "accept_offer": StepWords(
        _("Take {offer}"),
        _("Take {offer} back?"),
        _("{offer} goes into your wallet at once; Bisat holds the rest as before."),
        _("Done. That part is in your wallet."),
        "check",
    ),
    "decline_offer": StepWords(
        _("No, thank you"),
        _("Decline the offer of {offer}?"),
        _("Nothing else changes. You can still ask for a refund."),
        _("Declined."),
        "x",
    ),
    "ask_refund": StepWords(
        _("Ask for a refund"),
        _("Ask for a refund"),
        _(
            "The clock stops: nothing is released while {seller} has 3 days to answer. Without an answer you get {held}."
        ),
        _("Asked. The seller has 3 days to answer."),
        "rotate-ccw",
    ),
    "accept_refund": StepWords(
        _("Refund {held}"),
        _("Refund {held} to {buyer}?"),
        _("This is final: {buyer} gets all of {held} now, and you get nothing."),
        _("Refunded."),
        "rotate-ccw",
        is_danger=True,
    ),
    "withdraw_refund": StepWords(
        _("I need no refund"),
        _("Take your refund request back?"),
        _("The sale goes on where it was, with the time that was left."),
        _("Taken back. The sale goes on."),
        "undo-2",
    ),
    "escalate": StepWords(
        _("Let staff decide"),
        _("Let our staff decide?"),
        _("You and the other side have one day to show what happened. Staff decide within 2 working days."),
        _("Our staff decide now. Show them what happened."),
        "scale",
    ),
    "add_evidence": StepWords(
        _("Show what happened"),
        _("Show what happened"),
        _("Staff and the other side read it. It cannot be changed later; you can add more until the time is over."),
        _("Added. Staff read it."),
        "file-plus",
    ),
}

# The one thing most people do next in a state; an offer that lies open comes first.
_PRIMARY = {
    State.DRAFT: "send",
    State.REQUESTED: "pay",
    State.HELD: "ship",
    State.SHIPPED: "confirm_delivery",
    State.DELIVERED: "release",
    State.REFUND_REQUESTED: "accept_refund",
    State.DISPUTED: "add_evidence",
}


def primary_of(request: MoneyRequest, verbs: list[str]) -> str:
    """Which of the open verbs the large button is; empty for none."""
    wanted = "accept_offer" if "accept_offer" in verbs else _PRIMARY.get(State(request.state), "")
    return wanted if wanted in verbs else ""
