"""Paying for ads by a provider: the money comes into the payer's wallet, and from there pays what it was meant for."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from ads.models import Booking, Campaign, Checkout, Package, Repayment, Statement
from ads.services.booking import book, check_bookable
from ads.services.changes import check_manager
from ads.services.repaying import repay
from payments import services as payments
from payments.models import PaymentAttempt

Status = Checkout.Status
State = PaymentAttempt.State


@transaction.atomic
def book_by_provider(
    *,
    campaign: Campaign,
    by: User,
    provider: str,
    key: str,
    package: Package | None = None,
    amount_minor: int = 0,
    back_path: str = "",
) -> PaymentAttempt:
    """Begins a payment that books the campaign once it is verified; the payer goes on at ``back_path`` then.

    Raises NotAllowed, BadRequest, BadAmount, KeyReused.
    """
    amount_minor = check_bookable(campaign, package, amount_minor, by)
    attempt = payments.start_top_up(
        person=by,
        amount_minor=amount_minor,
        currency=campaign.currency,
        provider=provider,
        key=key,
        back_path=back_path,
    )
    Checkout.objects.get_or_create(attempt=attempt, defaults={"campaign": campaign, "package": package})
    return attempt


@transaction.atomic
def repay_by_provider(
    *, statement: Statement, by: User, provider: str, amount_minor: int, key: str, back_path: str = ""
) -> PaymentAttempt:
    """Begins a payment that repays the channel's statements once it is verified, the oldest first.

    Raises NotAllowed, BadAmount, KeyReused.
    """
    check_manager(statement.line.channel, by)
    if amount_minor > sum(one.left_minor for one in statement.line.statements.filter(status__in=Statement.OWED)):
        raise payments.BadAmount
    attempt = payments.start_top_up(
        person=by,
        amount_minor=amount_minor,
        currency=statement.currency,
        provider=provider,
        key=key,
        back_path=back_path,
    )
    Checkout.objects.get_or_create(attempt=attempt, defaults={"statement": statement})
    return attempt


@transaction.atomic
def settle_checkout(*, attempt_id: int) -> bool:
    """What became of a payment: verified, it pays what it was meant for; returns whether something was written.

    What is refused then leaves the money in the wallet. May be called at any time, for any attempt, more than once.
    """
    checkouts = Checkout.objects.select_for_update(no_key=True, of=("self",)).select_related("attempt__person")
    checkout = checkouts.filter(attempt=attempt_id, status__in=[Status.WAITING, Status.GONE]).first()
    if checkout is None or checkout.attempt.is_open():
        return False
    if checkout.attempt.state != State.VERIFIED:
        is_new = checkout.status == Status.WAITING
        return is_new and _close(checkout, Status.GONE)
    try:
        with transaction.atomic():
            _pay(checkout)
    except payments.Refused as refusal:
        return _close(checkout, Status.REFUSED, str(refusal))
    return _close(checkout, Status.DONE)


def _pay(checkout: Checkout) -> None:
    attempt, key = checkout.attempt, f"ads:checkout:{checkout.pk}"
    if checkout.campaign:
        amount = 0 if checkout.package else attempt.amount_minor
        book(
            campaign=checkout.campaign, package=checkout.package, amount_minor=amount, source=Booking.Source.WALLET,
            by=attempt.person, key=key,
        )  # fmt: skip
    elif checkout.statement:
        repay(
            line=checkout.statement.line, amount_minor=attempt.amount_minor, source=Repayment.Source.WALLET,
            by=attempt.person, key=key,
        )  # fmt: skip


def _close(checkout: Checkout, status: str, refusal: str = "") -> bool:
    checkout.status, checkout.refusal, checkout.settled_at = status, refusal[:300], timezone.now()
    checkout.save(update_fields=["status", "refusal", "settled_at"])
    return True


def sweep_checkouts(*, limit: int = 200) -> int:
    """Those whose payment is over but whose news was lost; returns how many."""
    over = [State.VERIFIED, State.FAILED, State.EXPIRED]
    waiting = Checkout.objects.filter(status=Status.WAITING, attempt__state__in=over).order_by("pk")
    late = Checkout.objects.filter(status=Status.GONE, attempt__state=State.VERIFIED).order_by("pk")
    attempts = [*waiting.values_list("attempt", flat=True)[:limit], *late.values_list("attempt", flat=True)[:limit]]
    return sum(settle_checkout(attempt_id=pk) for pk in attempts)
