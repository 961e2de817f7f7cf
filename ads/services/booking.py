"""Official ads: paid ahead for one campaign, and what was not shown goes back where it came from (E8b)."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from ads import notices
from ads.models import Booking, Campaign, Fund, Package
from ads.selectors.live import market_now
from ads.services.changes import check_manager
from core.money import MAX_MINOR
from payments import services as payments

Source = Booking.Source
OVER = (Campaign.Status.ENDED, Campaign.Status.REJECTED)


def check_bookable(campaign: Campaign, package: Package | None, amount_minor: int, by: User) -> int:
    """What is to be paid, in minor units. Raises NotAllowed, BadRequest, BadAmount."""
    check_manager(campaign.channel, by)
    if campaign.funding != Campaign.Funding.PREPAID or campaign.status in OVER:
        raise payments.NotAllowed(_("Nothing can be paid ahead for this campaign."))
    if package is not None:
        if not package.is_active or package.market != campaign.channel.market:
            raise payments.BadRequest("package", _("This package is not on sale any more."))
        return package.price_minor
    if not 1 <= amount_minor <= MAX_MINOR:
        raise payments.BadAmount
    return amount_minor


@payments.verb
def book(
    *, campaign: Campaign, source: str, by: User, key: str, package: Package | None = None, amount_minor: int = 0
) -> Booking:
    """A manager pays a package's price, or an amount, ahead: from her wallet or from what the channel earned.

    Raises NotAllowed, BadRequest, BadAmount, NotEnoughMoney, KeyReused.
    """
    amount_minor = check_bookable(campaign, package, amount_minor, by)
    if source not in Source.values:
        raise payments.BadRequest("source", _("Choose one of the list."))
    if package is not None:
        _take_package(campaign, package)
    fund = _lock_fund(campaign)
    payments.prepay_ads(
        channel=campaign.channel,
        amount_minor=amount_minor,
        person=by.pk if source == Source.WALLET else None,
        actor=by.pk,
        key=key,
    )
    fund.paid_minor += amount_minor
    fund.save(update_fields=["paid_minor"])
    return Booking.objects.create(
        campaign=campaign,
        package=package,
        source=source,
        person=by,
        amount_minor=amount_minor,
        currency=campaign.currency,
    )


def _take_package(campaign: Campaign, package: Package) -> None:
    """The campaign runs where and as long as its package says; a later one adds its places and days."""
    locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    today, days = market_now(campaign.channel.market).date(), dt.timedelta(days=package.days)
    is_first = not Booking.objects.filter(campaign=campaign, package__isnull=False).exists()
    if is_first:
        locked.placements = package.placements or locked.placements
        locked.start_date = max(locked.start_date, today)
        locked.end_date = locked.start_date + days - dt.timedelta(days=1)
        locked.total_budget_minor = max(package.price_minor, locked.bid_minor)
        locked.daily_budget_minor = min(locked.daily_budget_minor, locked.total_budget_minor)
    else:
        locked.placements = list(dict.fromkeys([*locked.placements, *package.placements]))
        locked.end_date = max(locked.end_date + days, today + days - dt.timedelta(days=1))
        locked.total_budget_minor += package.price_minor
    locked.changed_at = timezone.now()
    locked.save(
        update_fields=["placements", "start_date", "end_date", "daily_budget_minor", "total_budget_minor", "changed_at"]
    )


def _lock_fund(campaign: Campaign) -> Fund:
    Fund.objects.get_or_create(campaign=campaign, defaults={"is_prepaid": True})
    fund = Fund.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if not fund.is_prepaid:
        raise payments.NotAllowed(_("Nothing can be paid ahead for this campaign."))
    return fund


@transaction.atomic
def refund_unspent(*, campaign: Campaign, key: str) -> int:
    """At a campaign's end: what was paid ahead and is neither spent nor reserved goes back, the last paid first.

    Returns how much, 0 when the ``key`` came before. Settle what is reserved first; what comes free later goes back
    under another key.
    """
    fund = Fund.objects.select_for_update(no_key=True).filter(campaign=campaign, is_prepaid=True).first()
    free = fund.free_minor if fund else 0
    if not free:
        return 0
    _refund(campaign=campaign, key=f"ads:refund:{key}")
    return free - Fund.objects.get(pk=campaign.pk).free_minor


def refund_ended(*, limit: int = 200) -> int:
    """Campaigns that have ended get back what was not shown, again when a lease is settled late; returns how many."""
    unspent = F("reserved_minor") + F("spent_minor") + F("returned_minor")
    ended = Fund.objects.filter(is_prepaid=True, campaign__status=Campaign.Status.ENDED, paid_minor__gt=unspent)
    done = 0
    for fund in ended.select_related("campaign__channel").order_by("pk")[:limit]:
        done += bool(refund_unspent(campaign=fund.campaign, key=f"ended:{fund.pk}:{fund.returned_minor}"))
    return done


@payments.verb
def _refund(*, campaign: Campaign, key: str) -> Campaign:
    fund = Fund.objects.get(pk=campaign.pk)  # locked by refund_unspent
    left = returned = fund.free_minor
    for booking in Booking.objects.select_for_update(no_key=True).filter(campaign=campaign).order_by("-pk"):
        part = min(left, booking.amount_minor - booking.returned_minor)
        if not part:
            continue
        left -= part
        booking.returned_minor += part
        booking.save(update_fields=["returned_minor"])
        person = booking.person_id if booking.source == Source.WALLET else None
        payments.return_prepaid_ads(
            channel=campaign.channel, amount_minor=part, person=person, key=f"{key}:{booking.pk}"
        )
    fund.returned_minor += returned
    fund.save(update_fields=["returned_minor"])
    notices.tell_returned(campaign.channel, campaign.pk, returned, campaign.currency, key)
    return campaign
