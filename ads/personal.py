"""What this room keeps of people (core.personal_data)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from ads.models import (
    Booking,
    CampaignTransition,
    Creative,
    CreditApplication,
    CreditChange,
    CreditLine,
    Event,
    LookAlike,
    Repayment,
)
from core.money import format_money
from core.personal_data import Fate, Kept, keep, not_personal, refuses_erasing
from sellers.models import Channel, Role

BOOKING = ("token", "amount_minor", "returned_minor", "currency", "at")

keep(
    Kept(LookAlike, "person", gettext_lazy("Whose customers you resemble"), Fate.DELETED, ("campaign_id",)),
    Kept(
        Event,
        "person",
        gettext_lazy("Ads you saw"),
        Fate.NAMELESS,
        ("at", "campaign_id", "kind", "placement"),
        emptied={"person": None},
        days="AD_EVENT_DAYS",
    ),
    Kept(
        CreditApplication,
        "by",
        gettext_lazy("Applications for credit"),
        Fate.KEPT,
        ("channel__handle", "amount_minor", "currency", "purpose", "phone", "status", "sent_at"),
        emptied={"phone": ""},
    ),
    Kept(Booking, "person", gettext_lazy("Ads you booked"), Fate.KEPT, BOOKING),
    Kept(Repayment, "person", gettext_lazy("Credit you repaid"), Fate.KEPT, ("amount_minor", "at")),
)
not_personal(CampaignTransition, "by")
not_personal(CreditApplication, "proposed_by")
not_personal(Creative, "checked_by")
not_personal(CreditChange, "by")


@refuses_erasing
def credit_of_her_channels(person: User) -> Iterator[str]:
    channels = Channel.objects.of_member(person.pk, Role.OWNER)
    for line in CreditLine.objects.filter(channel__in=channels, owed_minor__gt=0).select_related("channel"):
        money = format_money(line.owed_minor, line.currency)
        yield _("{name} owes {money} for ads.").format(name=line.channel.name, money=money)
