"""What sellers asked to be paid: files for the bank, and what the bank said."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core import audit
from core.admin import ReasonForm
from core.queues import Queue
from payments import services as payments
from payments.admin.base import Acting, Looking, amount, staff_of
from payments.forms import KeyedForm
from payments.machine import PayoutState
from payments.models import Payout, PayoutBatch


class AnswerForm(ReasonForm):
    """What the bank said: its number of a payout that arrived, why it sent one back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("The bank’s number, or why it came back")


@admin.register(Payout)
class PayoutAdmin(Queue, Acting):
    waiting_label = _("payouts to send")
    waiting = Q(state=PayoutState.CREATED)
    waiting_query = "?state__exact=created"
    change_list_template = "payments/payout_queue.html"
    list_display = ("number", "channel", "amount", "holder", "state", "batch", "bank_reference", "reason", "created_at")
    list_filter = ("state", "currency")
    list_select_related = ("channel", "batch")
    search_fields = ("channel__handle", "channel__name", "bank_reference")
    fields = readonly_fields = (
        *("channel", "amount", "holder", "account", "state", "batch", "bank_reference", "reason"),
        *("requested_by", "created_at", "settled_at"),
    )
    actions = ("confirm", "give_back")
    action_form = AnswerForm
    amount = amount("amount")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payout]:
        """What waits for us first, then what waits for the bank."""
        waiting = Case(When(state=PayoutState.CREATED, then=0), When(state=PayoutState.SENT, then=1), default=Value(2))
        return super().get_queryset(request).annotate(waiting=waiting).order_by("waiting", "pk")

    @admin.display(description=_("payout"), ordering="pk")
    def number(self, payout: Payout) -> str:
        return str(payout)

    @admin.display(description=_("name on the account"))
    def holder(self, payout: Payout) -> str:
        return str(payout.destination["holder"])

    @admin.display(description=_("account"))
    def account(self, payout: Payout) -> str:
        return str(payout.destination["account"])

    def get_urls(self) -> list[URLPattern]:
        make = self.admin_site.admin_view(require_POST(self.make_file))
        return [path("file/", make, name="payments_payout_file"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        under_way = Payout.objects.filter(state__in=[PayoutState.CREATED, PayoutState.SENT])
        sums = under_way.values("currency", "state").annotate(count=Count("pk"), total=Sum("amount_minor"))
        totals = [row | {"label": PayoutState(row["state"]).label} for row in sums.order_by("currency", "state")]
        may_send = self.may(request, "change")
        context = {"totals": totals, "may_send": may_send, "form": KeyedForm(auto_id=False)}
        return super().changelist_view(request, context | (extra_context or {}))

    def make_file(self, request: HttpRequest) -> HttpResponse:
        """Sent twice, it leads to the same file."""
        self.demand(request, "change")
        form, currency = KeyedForm(request.POST), request.POST.get("currency", "")
        if form.is_valid():
            try:
                batch = payments.make_payout_file(currency=currency, by=staff_of(request), key=form.sent_key)
            except payments.Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                text = _("%(file)s is made. Download it here and hand it to the bank.") % {"file": batch}
                self.message_user(request, text, messages.SUCCESS)
                return redirect("admin:payments_payoutbatch_changelist")
        return redirect("admin:payments_payout_changelist")

    def _settle(self, request: HttpRequest, payouts: QuerySet[Payout], verb: str) -> None:
        by, words = staff_of(request), request.POST.get("reason", "")

        def act(payout: Payout) -> object:
            key = f"{verb}:{payout.pk}:{by.pk}"  # a payout is settled once, so its number is key enough
            if verb == "confirm":
                return payments.confirm_payout(payout=payout, by=by, bank_reference=words, key=key)
            return payments.return_payout(payout=payout, by=by, reason=words, key=key)

        if done := self.each(request, payouts, act):
            text = ngettext("{n} payout is settled.", "{n} payouts are settled.", done).format(n=done)
            self.message_user(request, text, messages.SUCCESS)

    @admin.action(description=_("Arrived"), permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Payout]) -> None:
        self._settle(request, queryset, "confirm")

    @admin.action(description=_("Returned by the bank (with a reason)"), permissions=["change"])
    def give_back(self, request: HttpRequest, queryset: QuerySet[Payout]) -> None:
        self._settle(request, queryset, "return")


@admin.register(PayoutBatch)
class PayoutBatchAdmin(Looking):
    """The files themselves: each download is logged, as they carry people's bank accounts."""

    list_display = ("file", "total", "made_by", "made_at", "download_link")
    list_filter = ("currency",)
    list_select_related = ("made_by",)
    fields = readonly_fields = ("currency", "total", "made_by", "made_at", "download_link")
    total = amount("total", _("total"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayoutBatch]:
        return super().get_queryset(request).defer("content").order_by("-pk")

    def get_urls(self) -> list[URLPattern]:
        download = self.admin_site.admin_view(self.download)
        return [path("<int:pk>/download/", download, name="payments_payoutbatch_download"), *super().get_urls()]

    @admin.display(description=_("file"))
    def file(self, batch: PayoutBatch) -> str:
        return str(batch)

    @admin.display(description=_("download"))
    def download_link(self, batch: PayoutBatch) -> SafeString:
        url = reverse("admin:payments_payoutbatch_download", args=[batch.pk])
        return format_html('<a href="{}">{}</a>', url, _("Download"))

    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        batch = get_object_or_404(PayoutBatch, pk=pk)
        audit.log(actor=staff_of(request), verb="downloaded", subject=batch)
        headers = {"Content-Disposition": f'attachment; filename="{batch}"', "Cache-Control": "no-store"}
        return HttpResponse(batch.content, content_type="text/csv; charset=utf-8", headers=headers)
