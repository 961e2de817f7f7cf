"""Disputes: the queue, all that is known of one, and the decision: first shown with what each gets, then carried out."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import pictures
from core.money import format_money
from core.queues import Queue
from core.templatetags.bisat import ago, day_and_time
from payments import selectors
from payments import services as payments
from payments.admin.base import Looking, staff_of
from payments.fees import share_out
from payments.forms import DecisionForm, KeyedForm, RejectForm
from payments.models import Dispute, MoneyRequest

WAITING = (Dispute.State.OPEN, Dispute.State.PROPOSED)


class DueFilter(admin.SimpleListFilter):
    """Without a choice the list is the queue."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("Overdue")), ("all", _("With those that ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Dispute]) -> QuerySet[Dispute]:
        if self.value() == "all":
            return queryset
        waiting = queryset.filter(state__in=WAITING)
        return waiting.filter(due_at__lte=timezone.now()) if self.value() == "overdue" else waiting

    def choices(self, changelist: Any) -> Any:
        """Django's first choice, "All", is our queue."""
        first, *others = super().choices(changelist)
        yield first | {"display": _("Waiting for a decision")}
        yield from others


@admin.register(Dispute)
class DisputeAdmin(Queue, Looking):
    waiting_label = _("disputes to decide")
    waiting = Q(state__in=WAITING)
    list_display = ("title", "state", "opened", "due", "held", "buyer", "seller", "proposed_by")
    list_display_links = ("title",)
    list_filter = (DueFilter,)
    search_fields = ("request__token", "request__title", "request__channel__handle", "request__buyer__display_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        """The one that is due first on top."""
        ended = Case(When(self.waiting, then=Value(0)), default=Value(1))
        disputes = selectors.with_parties(super().get_queryset(request))
        return disputes.annotate(ended=ended).order_by("ended", "due_at", "pk")

    @admin.display(description=_("about"))
    def title(self, dispute: Dispute) -> str:
        return dispute.request.title

    @admin.display(description=_("opened"), ordering="opened_at")
    def opened(self, dispute: Dispute) -> str:
        return ago(dispute.opened_at)

    @admin.display(description=_("decision due"), ordering="due_at")
    def due(self, dispute: Dispute) -> SafeString | str:
        due = day_and_time(dispute.due_at)
        if dispute.state not in WAITING or dispute.due_at > timezone.now():
            return due
        return format_html("{} <strong>{}</strong>", due, _("overdue"))

    @admin.display(description=_("amount"))
    def held(self, dispute: Dispute) -> str:
        request = dispute.request
        return format_money(request.amount_minor - request.refunded_minor, request.currency)

    @admin.display(description=_("buyer"))
    def buyer(self, dispute: Dispute) -> str:
        return str(dispute.request.buyer)

    @admin.display(description=_("seller"))
    def seller(self, dispute: Dispute) -> str:
        return str(dispute.request.channel)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/decide/", wrap(require_POST(self.decide)), name="payments_dispute_decide"),
            path("<int:pk>/confirm/", wrap(require_POST(self.confirm)), name="payments_dispute_confirm"),
            path("<int:pk>/pictures/<str:key>/<int:width>/", wrap(self.picture), name="payments_dispute_picture"),
            path("<int:pk>/reject/", wrap(require_POST(self.reject)), name="payments_dispute_reject"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """All that is known; Django's form is not used."""
        if not self.has_view_permission(request) or request.method not in ("GET", "HEAD"):
            return super().change_view(request, object_id, form_url, extra_context)
        return self._show(request, self._case(object_id))

    def _case(self, pk: str | int) -> selectors.Case:
        try:
            return selectors.get_case(int(pk))
        except (ValueError, Dispute.DoesNotExist):
            raise Http404 from None

    def _show(self, request: HttpRequest, case: selectors.Case, **forms: Any) -> HttpResponse:
        """``forms``: those that were sent and not accepted."""
        dispute, money = case.dispute, case.request
        context = {
            "title": money.title,
            "case": case,
            "is_overdue": dispute.state in WAITING and dispute.due_at <= timezone.now(),
            "needs_two": dispute.state == Dispute.State.OPEN and payments.needs_two_persons(dispute, money),
            "conversation_url": _conversation_url(money),
            "decision_form": DecisionForm(request=money, auto_id="decision_%s"),
            "confirm_form": KeyedForm(auto_id="confirm_%s"),
            "reject_form": RejectForm(auto_id="reject_%s"),
        }
        context |= self._steps(request, case) | forms
        return self.show(request, "payments/dispute_detail.html", status=422 if forms else 200, **context)

    def _steps(self, request: HttpRequest, case: selectors.Case) -> dict[str, Any]:
        """What is open to the person now, and what a proposal gives to whom."""
        dispute, money, person = case.dispute, case.request, staff_of(request)
        may_act = self.may(request, "change") and bool(selectors.who_may(money, person, "decide"))
        if dispute.state != Dispute.State.PROPOSED:
            return {"may_decide": may_act and dispute.state == Dispute.State.OPEN, "may_answer": False}
        is_own = dispute.proposed_by_id == person.pk
        to_all = dispute.decision == Dispute.Decision.REFUND
        to_buyer = money.held_minor if to_all else dispute.to_buyer_minor
        parts = share_out(money.held_minor, to_buyer=to_buyer, basis_points=money.fee_basis_points)
        steps = {"may_decide": False, "may_answer": may_act and not is_own, "is_own_proposal": is_own}
        return steps | {"parts": parts}

    def picture(self, request: HttpRequest, pk: int, key: str, width: int) -> HttpResponse:
        """What a side shows; it has no address of its own."""
        self.demand(request, "view")
        dispute = get_object_or_404(Dispute.objects.select_related("request"), pk=pk)
        found = selectors.find_shown_picture(dispute.request, key)
        if found is None:
            raise Http404
        return pictures.serve(found, width)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """First what each would get; with ``sure`` it is done."""
        self.demand(request, "change")
        case, sent = self._case(pk), KeyedForm(request.POST)
        if sent.is_valid() and selectors.is_done(sent.sent_key):
            return redirect("admin:payments_dispute_change", pk)
        form = DecisionForm(request.POST, request=case.request, auto_id="decision_%s")
        if not form.is_valid():
            return self._show(request, case, decision_form=form)
        if "sure" not in request.POST:
            needs_two = payments.needs_two_persons(case.dispute, case.request)
            shown: dict[str, Any] = {
                "title": gettext("Is this right?"),
                "case": case,
                "form": form,
                "needs_two": needs_two,
            }
            return self.show(request, "payments/decision_form.html", **shown)
        words = {"by": staff_of(request)} | form.words()
        return self._act(request, pk, lambda dispute: payments.propose_decision(dispute=dispute, **words))

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.demand(request, "change")
        form = KeyedForm(request.POST)
        if not form.is_valid():
            return redirect("admin:payments_dispute_change", pk)
        by, key = staff_of(request), form.sent_key
        return self._act(request, pk, lambda dispute: payments.confirm_decision(dispute=dispute, by=by, key=key))

    def reject(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.demand(request, "change")
        form = RejectForm(request.POST, auto_id="reject_%s")
        if not form.is_valid():
            return self._show(request, self._case(pk), reject_form=form)
        words: dict[str, Any] = {"by": staff_of(request), "reason": form.cleaned_data["reason"], "key": form.sent_key}
        return self._act(request, pk, lambda dispute: payments.reject_decision(dispute=dispute, **words))

    def _act(self, request: HttpRequest, pk: int, act: Callable[[Dispute], Dispute]) -> HttpResponse:
        said = {
            Dispute.State.OPEN: gettext("The proposal went back."),
            Dispute.State.PROPOSED: gettext("Proposed. A second person must confirm it."),
            Dispute.State.DECIDED: gettext("Decided. Both sides are told."),
        }
        try:
            dispute = act(self._case(pk).dispute)
        except payments.Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, said[Dispute.State(dispute.state)], messages.SUCCESS)
        return redirect("admin:payments_dispute_change", pk)


def _conversation_url(request: MoneyRequest) -> str:
    """Where staff find what both sides wrote about it, if the room above has such a list."""
    try:
        return f"{reverse('admin:chat_conversation_changelist')}?{urlencode({'q': request.token})}"
    except NoReverseMatch:
        return ""
