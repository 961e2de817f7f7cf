"""Staff look at what ads show before they run; and at campaigns, which they change by nothing but that."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ads import services as ads
from ads.models import Campaign, CampaignTransition, Creative
from core.admin import ReadOnly, ReasonForm
from core.queues import Queue
from core.templatetags.bisat import picture_url
from payments import services as payments


@admin.register(Creative)
class CreativeAdmin(Queue, ReadOnly):
    """The queue first, who has waited longest on top. Accepting and rejecting are logged and end the waiting."""

    waiting_label = _("ads that wait to be checked")
    waiting = Q(state=Creative.State.WAITING, campaign__status__in=["in_review", "running", "paused"])
    waiting_query = "?state__exact=waiting"
    list_display = (
        "picture",
        "line",
        "subject",
        "channel",
        "state",
        "created_at",
        "reason",
        "checked_by",
        "checked_at",
    )
    list_display_links = None
    list_filter = ("state", ("created_at", admin.DateFieldListFilter))
    search_fields = ("line", "campaign__name", "campaign__channel__handle", "product__title")
    list_select_related = ("campaign__channel__avatar", "product__cover", "checked_by")
    actions = ("accept", "reject")
    action_form = ReasonForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Creative]:
        return self.waiting_first(super().get_queryset(request).exclude(campaign__status=Campaign.Status.DRAFT))

    @admin.display(description=_("picture"))
    def picture(self, creative: Creative) -> SafeString | str:
        shown = creative.product.cover if creative.product else creative.campaign.channel.avatar
        address = picture_url(shown, 240)
        return format_html('<img src="{}" alt="" width="96" loading="lazy">', address) if address else "–"

    @admin.display(description=_("what is advertised"))
    def subject(self, creative: Creative) -> SafeString:
        subject = creative.product or creative.campaign.channel
        return format_html('<a href="{}">{}</a>', subject.get_absolute_url(), subject)

    @admin.display(description=_("channel"))
    def channel(self, creative: Creative) -> str:
        return f"@{creative.campaign.channel.handle}"

    def _each(self, request: HttpRequest, creatives: QuerySet[Creative], service: Callable[..., Creative]) -> None:
        """Calls the service for each chosen one and says what came of it."""
        done = 0
        for creative in creatives:
            try:
                service(creative=creative, by=request.user, reason=request.POST.get("reason", ""))
                done += 1
            except payments.Refused as refused:
                self.message_user(request, f"{creative}: {refused}", messages.ERROR)
        if done:
            text = ngettext("{n} ad decided.", "{n} ads decided.", done).format(n=done)
            self.message_user(request, text, messages.SUCCESS)

    @admin.action(description=_("Accept"), permissions=["change"])
    def accept(self, request: HttpRequest, queryset: QuerySet[Creative]) -> None:
        self._each(request, queryset, ads.accept_creative)

    @admin.action(description=_("Reject (with a reason)"), permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Creative]) -> None:
        self._each(request, queryset, ads.reject_creative)


class TransitionInline(admin.TabularInline):
    model = CampaignTransition
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "from_status", "to_status", "by", "reason")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Campaign)
class CampaignAdmin(ReadOnly):
    list_display = ("name", "channel", "status", "funding", "start_date", "end_date", "spent_minor", "currency")
    list_filter = ("status", "funding")
    search_fields = ("name", "channel__handle", "channel__name")
    list_select_related = ("channel",)
    ordering = ("-pk",)
    inlines = (TransitionInline,)
