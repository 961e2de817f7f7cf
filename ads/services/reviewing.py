"""Staff look at what an ad shows before it runs, and again when it shows something else."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from ads.models import Campaign, Creative
from ads.selectors import campaigns as selectors
from ads.services import campaigns, funding
from core import audit
from payments import services as payments


class NoReason(payments.Refused):
    def __init__(self) -> None:
        super().__init__(_("Say why: the seller reads it."))


def _lock(creative: Creative) -> tuple[Campaign, Creative]:
    """The campaign first. Raises NotNow if nobody waits for a decision."""
    campaign = campaigns.lock_campaign(creative.campaign_id)
    locked = Creative.objects.select_for_update().get(pk=creative.pk)
    if locked.state != Creative.State.WAITING:
        raise campaigns.NotNow
    return campaign, locked


@transaction.atomic
def accept_creative(*, creative: Creative, by: User, reason: str = "") -> Creative:
    """It may be shown: a campaign that waits for it runs if there is money, else it is paused until its team resumes it.

    Raises NotNow, also while the subject is another than was sent in: ``review_changed`` will send it in anew.
    """
    campaign, locked = _lock(creative)
    if selectors.get_fingerprints([campaign.pk])[campaign.pk] != locked.fingerprint:
        raise campaigns.NotNow
    _decide(locked, Creative.State.ACCEPTED, by, reason)
    if campaign.status == Campaign.Status.IN_REVIEW:
        can_run = funding.get_available(campaign) > 0
        campaigns.move(campaign, Campaign.Status.RUNNING if can_run else Campaign.Status.PAUSED, by, reason)
    return locked


@transaction.atomic
def reject_creative(*, creative: Creative, by: User, reason: str) -> Creative:
    """It is not shown, and its team reads why. Raises NoReason, NotNow."""
    if not reason.strip():
        raise NoReason
    campaign, locked = _lock(creative)
    _decide(locked, Creative.State.REJECTED, by, reason.strip())
    if campaign.status == Campaign.Status.IN_REVIEW:
        campaigns.move(campaign, Campaign.Status.REJECTED, by, reason.strip())
    return locked


def _decide(creative: Creative, state: str, by: User, reason: str) -> None:
    creative.state, creative.reason, creative.checked_by, creative.checked_at = state, reason, by, timezone.now()
    creative.save(update_fields=["state", "reason", "checked_by", "checked_at"])
    audit.log(actor=by, verb=state, subject=creative, reason=reason, data={"campaign": creative.campaign_id})


def review_changed() -> int:
    """Ads whose subject shows something else by now wait for staff again; returns how many."""
    changed = selectors.get_changed()
    for campaign in changed:
        with transaction.atomic():
            locked = campaigns.lock_campaign(campaign.pk)
            campaigns.renew_creative(locked)
            if locked.status in (Campaign.Status.RUNNING, Campaign.Status.PAUSED):
                campaigns.move(locked, Campaign.Status.IN_REVIEW, None, _("What it shows has changed."))
    return len(changed)
