"""What the rooms' staff pages are built on, and staff's view of what core keeps: the outbox, and the audit log."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import outbox
from core.filters import BetweenDays, Capped, by_value
from core.folding import fold
from core.models import AUDIT_WORDS, AuditEntry, OutboxMessage
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
    """Who did it and to what lead to all entries of theirs; words are searched for in one index."""

    list_display = ("at", "actor", "verb", "subject_type", "subject", "reason")
    list_filter = (by_value("verb", _("what was done")), by_value("subject_type", _("kind of subject")), BetweenDays)
    search_fields = ("reason",)  # the field is shown; get_search_results says how it is searched
    search_help_text = _("Words of the actor, the subject, what was done, or the reason")
    ordering = ("-at", "-pk")
    paginator = Capped

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        queryset = queryset.alias(words=AUDIT_WORDS)
        for word in fold(search_term).split():
            queryset = queryset.filter(words__contains=word)
        return queryset, False

    @admin.display(description=_("actor"))
    def actor(self, entry: AuditEntry) -> str:
        if not entry.actor_pk:
            return "·"
        query = urlencode({"actor_pk__exact": entry.actor_pk})
        return format_html('<a href="?{}">{}</a>', query, entry.actor_name)

    @admin.display(description=_("subject"))
    def subject(self, entry: AuditEntry) -> str:
        query = urlencode({"subject_type__exact": entry.subject_type, "subject_pk__exact": entry.subject_pk})
        return format_html('<a href="?{}">{} ({})</a>', query, entry.subject_name, entry.subject_pk)
