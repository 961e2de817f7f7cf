"""Requests and payments as they are, and the provider's word that a payment was taken back."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.money import format_money
from payments import services as payments
from payments.admin.base import Looking, LookingInline, amount, staff_of
from payments.forms import ChargeBackForm
from payments.machine import AttemptState
from payments.models import Entry, MoneyRequest, PaymentAttempt, RequestTransition, RequestVersion


class TransitionInline(LookingInline):
    model = RequestTransition
    fields = readonly_fields = ("at", "version", "verb", "from_state", "to_state", "who", "by", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RequestTransition]:
        return super().get_queryset(request).select_related("by").order_by("version")


class VersionInline(LookingInline):
    model = RequestVersion
    fields = readonly_fields = (
        *("version", "line_rows", "delivery_minor", "discount_minor"),
        *("coupon_code", "coupon_minor", "amount_minor", "fee_minor"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[RequestVersion]:
        return super().get_queryset(request).order_by("version")


@admin.register(MoneyRequest)
class MoneyRequestAdmin(Looking):
    list_display = ("token", "title", "channel", "buyer", "state", "amount", "refunded", "due_at", "created_at")
    list_filter = ("state", "currency", "timer")
    search_fields = ("token", "title", "channel__handle", "buyer__email", "buyer__phone")
    list_select_related = ("channel", "buyer")
    fields = readonly_fields = (
        *("token", "title", "channel", "buyer", "origin", "state", "version", "amount", "fee", "refunded"),
        *("timer", "due_at", "carrier", "tracking", "paid_by"),
        *("requested_at", "paid_at", "shipped_at", "delivered_at", "ended_at"),
    )
    inlines = (TransitionInline, VersionInline)
    amount, fee, refunded = amount("amount"), amount("fee", _("fee")), amount("refunded", _("refunded"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[MoneyRequest]:
        return super().get_queryset(request).order_by("-pk")

    @admin.display(description=_("paid by"))
    def paid_by(self, request: MoneyRequest) -> SafeString | str:
        """The provider's payment, where a charge-back is noted."""
        attempt = request.attempts.filter(pays_request=True).first()
        return _attempt_link(attempt, str(attempt)) if attempt else str(_("the wallet")) if request.paid_at else ""


def _attempt_link(attempt: PaymentAttempt, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("admin:payments_paymentattempt_change", args=[attempt.pk]), text)


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(Looking):
    list_display = ("id", "person", "provider", "provider_reference", "state", "amount", "pays_request", "created_at")
    list_filter = ("state", "provider", "currency")
    search_fields = ("token", "provider_reference", "person__email", "request__token")
    list_select_related = ("person", "request")
    fields = readonly_fields = (
        *("token", "person", "request", "version", "provider", "provider_reference", "amount"),
        *("state", "detail", "pays_request", "created_at", "settled_at", "taken_back"),
    )
    amount = amount("amount")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentAttempt]:
        return super().get_queryset(request).order_by("-pk")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.charge_back)
        return [path("<int:pk>/charge-back/", view, name="payments_paymentattempt_charge_back"), *super().get_urls()]

    @admin.display(description=_("taken back"))
    def taken_back(self, attempt: PaymentAttempt) -> SafeString | str:
        """When, or the way to the form."""
        entry = Entry.objects.filter(key=payments.charge_back_key(attempt)).first()
        if entry or attempt.state != AttemptState.VERIFIED:
            return f"{entry.at:%Y-%m-%d}" if entry else ""
        url = reverse("admin:payments_paymentattempt_charge_back", args=[attempt.pk])
        return format_html('<a href="{}">{}</a>', url, _("The provider took it back"))

    def charge_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.demand(request, "change")
        attempt = get_object_or_404(PaymentAttempt.objects.select_related("request"), pk=pk)
        form = ChargeBackForm(request.POST if request.method == "POST" else None)
        money = format_money(attempt.amount_minor, attempt.currency)
        return self.ask(
            request,
            form,
            lambda: payments.charge_back(attempt=attempt, by=staff_of(request), **form.cleaned_data),
            back=reverse("admin:payments_paymentattempt_change", args=[pk]),
            done=gettext("The payment is charged back."),
            title=gettext("Did the provider take %(money)s back?") % {"money": money},
            sentence=gettext(
                "What is still held leaves escrow and the request ends. After its end the money is taken from the"
                " buyer’s wallet as far as it went back there, then from the seller’s balance; the rest is our loss."
            ),
            label=gettext("Charge back"),
        )
