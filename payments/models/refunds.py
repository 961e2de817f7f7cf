"""A buyer asks for her money back; a seller offers a part of it."""

import datetime as dt

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments.machine import AT_WORK, OFFER_PAIRS, REFUND_REQUEST_PAIRS, State
from payments.models.guards import Guard, machine, refuse
from payments.models.requests import MoneyRequest

MAX_REFUND_PICTURES = 6


class RefundRequest(models.Model):
    """Why the buyer wants her money back. While it is open the request's timer stands still.

    ``state_before`` and ``time_left`` say where the request goes on if she takes it back.
    """

    class Reason(models.TextChoices):
        NOT_ARRIVED = "not_arrived", _("It did not arrive")
        DAMAGED = "damaged", _("It arrived damaged")
        NOT_AS_SHOWN = "not_as_shown", _("It is not as shown")
        WRONG_ITEM = "wrong_item", _("It is something else")
        CHANGED_MIND = "changed_mind", _("I changed my mind")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Refunded")
        WITHDRAWN = "withdrawn", _("Taken back")
        ESCALATED = "escalated", _("In dispute")
        ENDED = "ended", _("Ended otherwise")

    request = models.ForeignKey(MoneyRequest, on_delete=models.PROTECT, related_name="refund_requests")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    text = models.TextField(_("what happened"), max_length=2000, blank=True)
    pictures = models.ManyToManyField("core.Picture", verbose_name=_("photos"), blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    state_before = models.CharField(max_length=20, choices=[(state, state.label) for state in AT_WORK])
    timer_before = models.CharField(max_length=20, choices=MoneyRequest.Timer.choices)
    time_left = models.DurationField(default=dt.timedelta)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund request")
        verbose_name_plural = _("refund requests")
        constraints = [models.UniqueConstraint("request", name="one_open_refund_request", condition=Q(state="open"))]
        triggers = machine(
            REFUND_REQUEST_PAIRS,
            first="open",
            fixed=["request_id", "by_id", "reason", "state_before", "timer_before", "time_left"],
        )

    def __str__(self) -> str:
        return self.get_reason_display()

    @property
    def resumes_as(self) -> State:
        return State(self.state_before)


class RefundOffer(models.Model):
    """A seller offers a part of the money back; the buyer says yes or no. Whatever ends the request lapses it."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        LAPSED = "lapsed", _("Lapsed")

    request = models.ForeignKey(MoneyRequest, on_delete=models.PROTECT, related_name="refund_offers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField(_("amount"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(_("offered"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund offer")
        verbose_name_plural = _("refund offers")
        constraints = [
            models.UniqueConstraint("request", name="one_open_refund_offer", condition=Q(state="open")),
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="offer_of_something"),
        ]
        indexes = [models.Index("request", F("id").desc(), name="refund_offers_of_request")]
        triggers = [
            *machine(OFFER_PAIRS, first="open", fixed=["request_id", "by_id", "amount_minor"]),
            Guard(
                name="leaves_something",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=f"""
                    PERFORM 1 FROM payments_moneyrequest
                        WHERE id = NEW.request_id AND NEW.amount_minor < amount_minor - refunded_minor;
                    IF NOT FOUND THEN {refuse("an offer is of a part of what is left")} END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor}"
