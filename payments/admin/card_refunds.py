"""What goes back to cards; what a provider cannot take back by itself is sent at its own desk and noted here."""

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin import ReasonForm
from core.queues import Queue
from payments import services as payments
from payments.admin.base import Acting, amount, staff_of
from payments.machine import RefundState
from payments.models import Refund

SILENT, SLOW = dt.timedelta(days=1), dt.timedelta(days=14)  # after which a refund not taken, or not arrived, is ours


class NumberForm(ReasonForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("The provider’s number")


@admin.register(Refund)
class RefundAdmin(Queue, Acting):
    waiting_label = _("refunds to cards that do not get on")
    waiting = Q(state=RefundState.CREATED, created_at__lt=Now() - SILENT) | Q(
        state=RefundState.TRANSIT, created_at__lt=Now() - SLOW
    )
    list_display = ("number", "person", "amount", "provider", "state", "provider_reference", "detail", "created_at")
    list_filter = ("state", "currency", "attempt__provider")
    list_select_related = ("attempt__person",)
    search_fields = ("provider_reference", "attempt__provider_reference", "attempt__token")
    fields = readonly_fields = (
        *("attempt", "person", "amount", "provider", "state", "provider_reference", "detail"),
        *("by", "created_at", "asked_at", "settled_at"),
    )
    actions = ("settle_by_hand",)
    action_form = NumberForm
    amount = amount("amount")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        return self.waiting_first(super().get_queryset(request))

    @admin.display(description=_("refund"), ordering="pk")
    def number(self, refund: Refund) -> str:
        return str(refund)

    @admin.display(description=_("person"))
    def person(self, refund: Refund) -> str:
        return str(refund.attempt.person)

    @admin.display(description=_("provider"))
    def provider(self, refund: Refund) -> str:
        return refund.attempt.provider

    @admin.action(description=_("Sent back at the provider’s desk (with its number)"), permissions=["change"])
    def settle_by_hand(self, request: HttpRequest, queryset: QuerySet[Refund]) -> None:
        by, words = staff_of(request), request.POST.get("reason", "")

        def act(refund: Refund) -> object:
            key = f"by_hand:{refund.pk}:{by.pk}"  # a refund is settled once, so its number is key enough
            return payments.settle_by_hand(refund=refund, by=by, provider_reference=words, key=key)

        if done := self.each(request, queryset, act):
            text = ngettext("{n} refund is settled.", "{n} refunds are settled.", done).format(n=done)
            self.message_user(request, text, messages.SUCCESS)
