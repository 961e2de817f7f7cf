"""What this room keeps of people (core.personal_data). The books stay whole: their rows point to an account that has
lost its name, so nobody leaves while money is held for her or owed to her."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.money import format_money
from core.personal_data import Fate, Kept, keep, not_personal, refuses_erasing
from payments.machine import IN_ESCROW, State
from payments.models import (
    Account,
    Address,
    Coupon,
    Dispute,
    Entry,
    Evidence,
    MoneyRequest,
    PaymentAttempt,
    Payout,
    PayoutBatch,
    Refund,
    RefundOffer,
    RefundRequest,
    RequestTransition,
    StateChange,
)
from sellers.models import Channel, Role

PLACE = ("name", "phone", "lines", "city", "region", "postal_code", "country")
PURCHASE = ("token", "title", "channel__handle", "state", "amount_minor", "refunded_minor", "currency", "address")
WHEN = ("requested_at", "paid_at", "shipped_at", "delivered_at", "ended_at")
ATTEMPT = ("token", "provider", "amount_minor", "currency", "state", "created_at", "settled_at")

keep(
    Kept(Address, "person", gettext_lazy("Addresses"), Fate.DELETED, PLACE),
    Kept(Account, "person", gettext_lazy("Your wallet"), Fate.KEPT, ("kind", "currency", "balance_minor")),
    Kept(
        MoneyRequest,
        "buyer",
        gettext_lazy("Purchases"),
        Fate.KEPT,
        (*PURCHASE, *WHEN),
        emptied={"address": None},
    ),
    Kept(PaymentAttempt, "person", gettext_lazy("Payments"), Fate.KEPT, ATTEMPT),
    Kept(
        RefundRequest,
        "by",
        gettext_lazy("Refunds you asked for"),
        Fate.KEPT,
        ("request__token", "reason", "text", "created_at"),
        pictures="pictures",
    ),
    Kept(
        Dispute,
        "opened_by",
        gettext_lazy("Disputes you opened"),
        Fate.KEPT,
        ("request__token", "reason", "state", "decision", "opened_at"),
    ),
    Kept(
        Evidence,
        "by",
        gettext_lazy("What you said in disputes"),
        Fate.KEPT,
        ("dispute__request__token", "text", "at"),
        pictures="pictures",
    ),
)
not_personal(Coupon, "made_by")
not_personal(Entry, "actor")
not_personal(RequestTransition, "by")
not_personal(Refund, "by")
not_personal(StateChange, "by")
not_personal(Dispute, "proposed_by", "confirmed_by")
not_personal(PayoutBatch, "made_by")
not_personal(Payout, "requested_by")
not_personal(RefundOffer, "by")


@refuses_erasing
def money_of_hers(person: User) -> Iterator[str]:
    for account in Account.objects.filter(person=person).exclude(balance_minor=0).order_by("pk"):
        money = format_money(account.balance_minor, account.currency)
        yield _("Your wallet holds {money}. Spend it first, or ask us to send it back.").format(money=money)
    for request in MoneyRequest.objects.filter(buyer=person, state__in=IN_ESCROW).order_by("pk"):
        yield _("We hold your money for {title} until it arrives or is refunded.").format(title=request.title)
    for request in MoneyRequest.objects.filter(buyer=person, state=State.REQUESTED).order_by("pk"):
        yield _("{title} waits for your payment. Decline it first.").format(title=request.title)
    tried = PaymentAttempt.objects.filter(person=person, due_at__isnull=False)
    if tried.exists():
        yield _("A payment of yours is still on its way.")


@refuses_erasing
def money_of_her_channels(person: User) -> Iterator[str]:
    for channel in Channel.objects.of_member(person.pk, Role.OWNER).order_by("pk"):
        open_ones = Q(state__in=[*IN_ESCROW, State.REQUESTED])
        if MoneyRequest.objects.filter(open_ones, channel=channel).exists():
            yield _("{name} has orders that are not finished.").format(name=channel.name)
        for account in Account.objects.filter(channel=channel).exclude(balance_minor=0).order_by("pk"):
            money = format_money(abs(account.balance_minor), account.currency)
            if account.balance_minor > 0:
                yield _("{name} has {money} that were not paid out.").format(name=channel.name, money=money)
            else:
                yield _("{name} owes {money}.").format(name=channel.name, money=money)
        if Payout.objects.filter(channel=channel, settled_at=None).exists():
            yield _("A payout of {name} is on its way.").format(name=channel.name)
