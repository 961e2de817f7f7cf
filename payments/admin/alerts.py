"""What the program could not settle by itself."""

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin import ReasonForm
from core.queues import Queue
from payments import services as payments
from payments.admin.base import Acting, staff_of
from payments.models import Alert


@admin.register(Alert)
class AlertAdmin(Queue, Acting):
    waiting_label = _("alerts")
    waiting = Q(cleared_at=None)
    waiting_query = "?cleared_at__isempty=1"
    list_display = ("kind", "subject", "text", "raised_at", "cleared_at")
    list_filter = ("kind", ("cleared_at", admin.EmptyFieldListFilter))
    actions = ("clear",)
    action_form = ReasonForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        return super().get_queryset(request).order_by("-pk")

    @admin.action(description=_("Seen to (with a reason)"), permissions=["change"])
    def clear(self, request: HttpRequest, queryset: QuerySet[Alert]) -> None:
        by, reason = staff_of(request), request.POST.get("reason", "")
        done = self.each(request, queryset, lambda alert: payments.clear_alert(alert=alert, by=by, reason=reason))
        if done:
            text = ngettext("{n} alert is cleared.", "{n} alerts are cleared.", done).format(n=done)
            self.message_user(request, text, messages.SUCCESS)
