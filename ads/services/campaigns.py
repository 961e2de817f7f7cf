"""A campaign from its draft to its end. Each change of status leaves a row that says who and why."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from ads import notices
from ads.models import Campaign, CampaignTransition, Creative, LookAlike
from ads.selectors import audience
from ads.selectors.campaigns import get_creative, get_fingerprints
from ads.selectors.live import market_now
from ads.services import funding
from core.money import format_money
from core.templatetags.bisat import number
from payments import services as payments
from sellers.models import Channel, Product

Status = Campaign.Status
MOVES: dict[str, tuple[str, ...]] = {
    "": (Status.DRAFT,),
    Status.DRAFT: (Status.IN_REVIEW, Status.ENDED),
    Status.IN_REVIEW: (Status.RUNNING, Status.PAUSED, Status.REJECTED, Status.ENDED),
    Status.RUNNING: (Status.PAUSED, Status.IN_REVIEW, Status.ENDED),
    Status.PAUSED: (Status.RUNNING, Status.IN_REVIEW, Status.ENDED),
    Status.REJECTED: (Status.IN_REVIEW, Status.ENDED),
    Status.ENDED: (),
}


class NotNow(payments.Refused):
    """The campaign is not in a state in which that can be done."""

    def __init__(self) -> None:
        super().__init__(_("That is not possible any more. Look at the campaign as it is now."))


class BadCampaign(payments.Refused):
    """Something about it cannot be; ``field`` names the form's field."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class AudienceTooSmall(BadCampaign):
    def __init__(self, size: int) -> None:
        sentence = ngettext(
            "Only {n} person is in this audience; at least {least} are needed, so that nobody is singled out. Choose"
            " fewer conditions.",
            "Only {n} people are in this audience; at least {least} are needed, so that nobody is singled out. Choose"
            " fewer conditions.",
            size,
        )
        super().__init__("people", sentence.format(n=number(size), least=number(settings.ADS_LEAST_AUDIENCE)))


class NoMoney(payments.Refused):
    """Nothing is booked, or there is no open credit line with something left."""

    def __init__(self) -> None:
        super().__init__(_("There is no money for this campaign yet."))


@dataclass(frozen=True, slots=True)
class CampaignData:
    """What a seller says of a campaign. ``product`` None: the channel itself. Amounts in minor units."""

    name: str
    product: Product | None
    line: str
    funding: str
    placements: list[str]
    people: str
    category_ids: list[int]
    city: str
    language: str
    bid_minor: int
    daily_budget_minor: int
    total_budget_minor: int
    start_date: dt.date
    end_date: dt.date

    @property
    def audience(self) -> audience.Audience:
        return audience.Audience(self.people, self.category_ids, self.city, self.language)

    def columns(self) -> dict[str, Any]:
        """What of it is the campaign's own."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "line"}


def _check(channel: Channel, data: CampaignData, before: Campaign | None = None) -> None:
    """Raises BadCampaign."""
    floor = settings.ADS_FLOOR_MINOR[channel.currency]
    today = market_now(channel.market).date()
    spent = before.spent_minor + before.leased_minor if before else 0
    if data.product and data.product.channel_id != channel.pk:
        raise BadCampaign("product", _("This is not a thing of this channel."))
    if not data.placements:
        raise BadCampaign("placements", _("Choose at least one place."))
    if data.bid_minor < floor:
        words = _("A click costs at least {amount}.")
        raise BadCampaign("bid_minor", words.format(amount=format_money(floor, channel.currency)))
    if data.daily_budget_minor < data.bid_minor:
        raise BadCampaign("daily_budget_minor", _("The budget of a day must pay for at least one click."))
    if data.total_budget_minor < max(data.daily_budget_minor, spent):
        raise BadCampaign("total_budget_minor", _("The whole budget must hold a day’s, and what is spent already."))
    if data.end_date < data.start_date:
        raise BadCampaign("end_date", _("The last day is before the first."))
    if data.end_date < today:
        raise BadCampaign("end_date", _("The last day is over already."))
    size = audience.get_audience_size(channel, data.audience)
    if size < settings.ADS_LEAST_AUDIENCE:
        raise AudienceTooSmall(size)


@transaction.atomic
def create_campaign(*, channel: Channel, by: User, data: CampaignData) -> Campaign:
    """A draft. Raises BadCampaign, AudienceTooSmall."""
    _check(channel, data)
    campaign = Campaign.objects.create(channel=channel, currency=channel.currency, **data.columns())
    _note(campaign, "", Status.DRAFT, by)
    _write_creative(campaign, data.line)
    _find_look_alikes(campaign)
    return campaign


@transaction.atomic
def edit_campaign(*, campaign: Campaign, by: User, data: CampaignData) -> Campaign:
    """Changes it; other words or another subject are checked anew before it runs on. Raises NotNow, BadCampaign."""
    locked = lock_campaign(campaign.pk)
    if not locked.is_open:
        raise NotNow
    if data.funding != locked.funding and (locked.spent_minor or locked.leased_minor):
        raise BadCampaign("funding", _("Money of this kind is spent already; make another campaign for the other."))
    _check(locked.channel, data, locked)
    before = get_creative(locked)
    for name, value in data.columns().items():
        setattr(locked, name, value)
    locked.changed_at = timezone.now()
    locked.save()
    if before is None or (before.line, before.product_id) != (data.line, data.product and data.product.pk):
        _write_creative(locked, data.line)
        if locked.status in (Status.RUNNING, Status.PAUSED):
            move(locked, Status.IN_REVIEW, by, _("Its words or its subject changed."))
    _find_look_alikes(locked)
    return locked


def _write_creative(campaign: Campaign, line: str) -> Creative:
    """A new one of what the campaign advertises now; it replaces what is waiting or was accepted."""
    kept = campaign.creatives.filter(state__in=(Creative.State.WAITING, Creative.State.ACCEPTED))
    kept.update(state=Creative.State.REPLACED)
    fingerprint = get_fingerprints([campaign.pk])[campaign.pk]
    return Creative.objects.create(campaign=campaign, product=campaign.product, line=line, fingerprint=fingerprint)


def renew_creative(campaign: Campaign) -> Creative:
    """The same words about the subject as it is now, for staff to look at. The campaign is locked."""
    newest = get_creative(campaign)
    return _write_creative(campaign, newest.line if newest else "")


@transaction.atomic
def submit_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """A draft, or one that was not accepted, is looked at by staff. Raises NotNow."""
    locked = lock_campaign(campaign.pk)
    newest = get_creative(locked)
    fingerprint = get_fingerprints([locked.pk])[locked.pk]
    if newest is None or (newest.state, newest.fingerprint) != (Creative.State.WAITING, fingerprint):
        renew_creative(locked)
    return move(locked, Status.IN_REVIEW, by)


@transaction.atomic
def pause_campaign(*, campaign: Campaign, by: User | None, reason: str = "") -> Campaign:
    """Raises NotNow."""
    return move(lock_campaign(campaign.pk), Status.PAUSED, by, reason)


@transaction.atomic
def resume_campaign(*, campaign: Campaign, by: User | None) -> Campaign:
    """Runs on, if what it shows was accepted, its days are not over, and there are money and people for it. Raises
    NotNow, NoMoney, AudienceTooSmall."""
    locked = lock_campaign(campaign.pk)
    creative = get_creative(locked)
    if creative is None or creative.state != Creative.State.ACCEPTED or _is_over(locked):
        raise NotNow
    if funding.get_available(locked) <= 0:
        raise NoMoney
    if (size := _count(locked)) < settings.ADS_LEAST_AUDIENCE:
        raise AudienceTooSmall(size)
    return move(locked, Status.RUNNING, by)


@transaction.atomic
def end_campaign(*, campaign: Campaign, by: User | None, reason: str = "") -> Campaign:
    """For good. Raises NotNow."""
    return move(lock_campaign(campaign.pk), Status.ENDED, by, reason)


def end_past() -> int:
    """Ends campaigns whose last day is over in their market; returns how many."""
    ended = 0
    yesterday = timezone.now().date() + dt.timedelta(days=1)
    over = Campaign.objects.exclude(status=Status.ENDED).filter(end_date__lt=yesterday).select_related("channel")
    for campaign in over.order_by("pk"):
        if _is_over(campaign):
            end_campaign(campaign=campaign, by=None, reason=_("Its last day is over."))
            ended += 1
    return ended


def renew_audiences(*, after: int = 0, limit: int = 100) -> int | None:
    """Of campaigns that are not over: finds look-alikes anew, and pauses what runs for too few people by now.

    One portion, in order of their numbers; returns ``after`` of the next, None behind the last.
    """
    portion = list(Campaign.objects.exclude(status=Status.ENDED).filter(pk__gt=after).order_by("pk")[:limit])
    for campaign in portion:
        with transaction.atomic():
            _renew_audience(lock_campaign(campaign.pk))
    return portion[-1].pk if len(portion) == limit else None


def _renew_audience(campaign: Campaign) -> None:
    _find_look_alikes(campaign)
    size = _count(campaign)
    if campaign.status == Status.RUNNING and size < settings.ADS_LEAST_AUDIENCE:
        with translation.override(campaign.channel.language):
            move(campaign, Status.PAUSED, None, str(AudienceTooSmall(size)))
        notices.tell_audience(campaign, size)


def _count(campaign: Campaign) -> int:
    """How many people are in its audience, as far as it matters."""
    wanted = audience.Audience(campaign.people, campaign.category_ids, campaign.city, campaign.language)
    is_alike = campaign.people == Campaign.People.LOOK_ALIKES
    like = list(campaign.look_alikes.values_list("person", flat=True)) if is_alike else None
    return audience.get_audience_size(campaign.channel, wanted, like=like, most=settings.ADS_LEAST_AUDIENCE)


def _find_look_alikes(campaign: Campaign) -> None:
    LookAlike.objects.filter(campaign=campaign).delete()
    if campaign.people == Campaign.People.LOOK_ALIKES:
        people: Iterable[int] = audience.get_look_alikes(campaign.channel)
        LookAlike.objects.bulk_create([LookAlike(campaign=campaign, person_id=pk) for pk in people])


def _is_over(campaign: Campaign) -> bool:
    return campaign.end_date < market_now(campaign.channel.market).date()


def lock_campaign(pk: int) -> Campaign:
    """As it is now, until the transaction ends."""
    locked = Campaign.objects.select_for_update(no_key=True, of=("self",)).select_related("channel", "product")
    return locked.get(pk=pk)


def move(campaign: Campaign, to: str, by: User | None, reason: str = "") -> Campaign:
    """Changes the status of a locked campaign, with its row. Raises NotNow."""
    before = campaign.status
    if to not in MOVES[before]:
        raise NotNow
    campaign.status, campaign.changed_at = to, timezone.now()
    campaign.save(update_fields=["status", "changed_at"])
    _note(campaign, before, to, by, reason)
    return campaign


def _note(campaign: Campaign, before: str, to: str, by: User | None, reason: str = "") -> None:
    CampaignTransition.objects.create(campaign=campaign, from_status=before, to_status=to, by=by, reason=reason)


def touch_campaigns(*, channel_ids: Collection[int]) -> None:
    """The auction reads these channels' campaigns anew within seconds: whether they sell may have changed."""
    running = Campaign.objects.filter(channel__in=channel_ids, status=Campaign.Status.RUNNING)
    running.update(changed_at=timezone.now())
