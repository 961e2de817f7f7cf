"""What a channel's managers are told about their credit and what they owe."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ads.models import Booking, Campaign, CreditApplication, CreditChange, CreditLine, Statement
from news import services as news
from news.kinds import Group, Kind, register
from sellers.models import Channel, Role

register(
    Kind("credit_approved", Group.MONEY, _("{channel} may advertise on credit up to {limit}"), "{words}", "badge-check"),
    Kind("credit_more_asked", Group.MONEY, _("Staff ask about your credit for {channel}"), "{words}", "file-question-mark"),
    Kind("credit_rejected", Group.MONEY, _("{channel} gets no credit for ads now"), "{words}", "x"),
    Kind("credit_limit", Group.MONEY, _("{channel} may now owe up to {limit} for ads"), _("Staff changed it."), "gauge"),
    Kind("ads_statement", Group.MONEY, _("{total} to repay for ads until {due_at}"), "{channel}", "file-text"),
    Kind("ads_due_soon", Group.DEADLINES, _("Repay {left} until {due_at}"), _("{channel}: for ads on credit."), "clock"),
    Kind(
        "ads_late", Group.DEADLINES, _("{left} for ads is late"),
        _("{channel}: a fee of {fee} was added, and ads on credit rest until it is repaid."), "octagon-alert", urgent=True,
    ),
    Kind("ads_still_late", Group.DEADLINES, _("{left} for ads is still late"), _("{channel}: please repay it."), "clock"),
    Kind("ads_repaid", Group.MONEY, _("{channel} has repaid its ads"), _("{total} in all. Thank you."), "circle-check"),
    Kind("ads_written_off", Group.MONEY, _("{channel} gets no more credit for ads"), _("Staff wrote {left} off."), "x"),
    Kind(
        "ads_audience", Group.MONEY, _("An ad of {channel} rests: too few people are in its audience"),
        _("{n} are left; choose fewer conditions."), "users",
    ),
    Kind("ads_returned", Group.MONEY, _("{sum} for ads came back"), _("{channel}: it was not shown."), "rotate-ccw"),
)  # fmt: skip

_OF_APPLICATION = {
    CreditApplication.Status.APPROVED: "credit_approved",
    CreditApplication.Status.MORE_ASKED: "credit_more_asked",
    CreditApplication.Status.REJECTED: "credit_rejected",
}


def _amount(minor: int | None, currency: str) -> dict[str, Any]:
    return {"minor": minor or 0, "currency": currency}


def _tell(channel: Channel, kind: str, url: str, key: str, **params: Any) -> None:
    managers = channel.members.filter(role__in=Role.at_least(Role.MANAGER)).select_related("person").order_by("pk")
    for member in managers:
        news.notify(person=member.person, kind=kind, params={"channel": channel.name} | params, url=url, key=key)


def tell_application(application: CreditApplication) -> None:
    """What staff decided or ask; once a change, in the caller's transaction."""
    kind, channel = _OF_APPLICATION[CreditApplication.Status(application.status)], application.channel
    changes = CreditChange.objects.filter(machine=CreditChange.Machine.APPLICATION, row_id=application.pk)
    number = changes.order_by("-pk").values_list("pk", flat=True).first()
    params: dict[str, Any] = {"words": application.staff_words or " "}
    if kind == "credit_approved":
        params["limit"] = _amount(application.limit_minor, application.currency)
    url = reverse("ads:credit", args=[channel.handle])
    _tell(channel, kind, url, f"{kind}:{number}", **params)


def tell_limit(line: CreditLine) -> None:
    url = reverse("ads:credit", args=[line.channel.handle])
    changes = CreditChange.objects.filter(machine=CreditChange.Machine.LINE, row_id=line.pk)
    number = changes.order_by("-pk").values_list("pk", flat=True).first()
    limit = _amount(line.limit_minor, line.currency)
    _tell(line.channel, "credit_limit", url, f"credit_limit:{number}", limit=limit)


def tell_statement(statement: Statement, kind: str, key: str = "") -> None:
    """That it was issued, is due, late, repaid or written off; once a ``key``."""
    channel, currency = statement.line.channel, statement.currency
    url = reverse("ads:statement", args=[channel.handle, statement.number])
    _tell(
        channel,
        kind,
        url,
        f"{kind}:{statement.pk}:{key}",
        total=_amount(statement.total_minor, currency),
        left=_amount(statement.left_minor or statement.written_off_minor, currency),
        fee=_amount(statement.late_fee_minor, currency),
        due_at=statement.due_at.isoformat(),
    )


def tell_returned(channel: Channel, campaign_id: int, minor: int, currency: str, key: str) -> None:
    """What was paid ahead and not shown went back."""
    token = Booking.objects.filter(campaign=campaign_id).order_by("-pk").values_list("token", flat=True).first()
    url = reverse("ads:booking", args=[channel.handle, token])
    _tell(channel, "ads_returned", url, f"ads_returned:{key}", sum=_amount(minor, currency))


def tell_audience(campaign: Campaign, size: int) -> None:
    """That it was paused, as only so many people are in its audience by now; once a pause."""
    url = reverse("ads:campaign", args=[campaign.channel.handle, campaign.pk])
    paused = campaign.transitions.order_by("-pk").values_list("pk", flat=True).first()
    _tell(campaign.channel, "ads_audience", url, f"ads_audience:{paused}", n=size)
