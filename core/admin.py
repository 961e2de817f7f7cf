"""What the rooms' staff pages are built on, and staff's view of what core keeps: the outbox, and the audit log."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import outbox
from core.models import AuditEntry, OutboxMessage
from core.queues import Queue


class ReasonForm(ActionForm):
    """For actions that say why."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, widget=forms.TextInput(attrs={"size": 34})
    )


class ReadOnly(admin.ModelAdmin):
    """Looks and searches; whatever it changes, it changes by actions."""

    show_full_result_count = False
    list_per_page = 50
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        # Actions ask without an object; the form of one object stays closed.
        return obj is None and super().has_change_permission(request)


@admin.register(OutboxMessage)
class OutboxAdmin(Queue, ReadOnly):
    waiting_label = _("messages that could not be delivered")
    waiting = Q(state=OutboxMessage.State.FAILED)
    waiting_query = "?state__exact=failed"
    list_display = ("topic", "key", "state", "attempts", "due_at", "last_error", "created_at", "delivered_at")
    list_filter = ("state", "topic")
    search_fields = ("key", "topic")
    ordering = ("-pk",)
    actions = ("retry",)

    @admin.action(description=_("Try again"), permissions=["change"])
    def retry(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        count = outbox.retry(queryset)
        text = ngettext("{n} message is due again.", "{n} messages are due again.", count).format(n=count)
        self.message_user(request, text, messages.SUCCESS)


@admin.register(AuditEntry)
class AuditAdmin(ReadOnly):
    list_display = ("at", "actor_name", "verb", "subject_type", "subject_name", "subject_pk", "reason")
    list_filter = ("verb", "subject_type", ("at", admin.DateFieldListFilter))
    search_fields = ("actor_name", "actor_pk", "subject_name", "subject_pk", "reason", "verb")
    ordering = ("-pk",)
