"""Staff's queue of products: new channels' first ones, and a sample of edits."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import money
from core.admin import ReadOnly, ReasonForm
from core.queues import Queue
from core.templatetags.bisat import picture_url
from sellers import services as sellers
from sellers.admin_base import ReadOnlyInline
from sellers.models import ListingCheck, ListingStep


class StepInline(ReadOnlyInline):
    model = ListingStep
    fields = readonly_fields = ("at", "from_state", "to_state", "by", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListingStep]:
        return super().get_queryset(request).select_related("by").order_by("pk")


@admin.register(ListingCheck)
class ListingCheckAdmin(Queue, ReadOnly):
    waiting_label = _("products that wait for a look")
    waiting = Q(state=ListingCheck.State.WAITING)
    waiting_query = "?state__exact=waiting"
    list_display = ("product", "channel", "kind", "price", "new_pictures", "state", "reason", "created_at")
    list_filter = ("state", "kind", "post__channel__market")
    list_select_related = ("post__product", "post__channel")
    search_fields = ("post__product__title", "post__channel__handle", "post__channel__name")
    actions = ("approve", "send_back")
    action_form = ReasonForm
    inlines = (StepInline,)
    fields = readonly_fields = ("product", "channel", "kind", "state", "price", "text", "pictures", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListingCheck]:
        """Who has waited longest is on top."""
        return self.waiting_first(super().get_queryset(request))

    @admin.display(description=_("product"), ordering="post__product__title")
    def product(self, check: ListingCheck) -> str:
        return check.post.product.title

    @admin.display(description=_("channel"))
    def channel(self, check: ListingCheck) -> SafeString:
        channel = check.post.channel
        return format_html('<a href="{}">@{}</a>', channel.get_absolute_url(), channel.handle)

    @admin.display(description=_("price"))
    def price(self, check: ListingCheck) -> str:
        """Of an edit before and after."""
        product = check.post.product
        now = money.format_money(product.price_minor, product.currency)
        before = check.price_before_minor
        return now if before is None else f"{money.format_money(before, product.currency)} → {now}"

    @admin.display(description=_("text"))
    def text(self, check: ListingCheck) -> str:
        return check.post.text

    @admin.display(description=_("pictures"))
    def pictures(self, check: ListingCheck) -> SafeString:
        shown = check.post.pictures.select_related("picture").order_by("position")
        tag = '<img src="{}" alt="{}" width="160">'
        return format_html_join(" ", tag, ((picture_url(row.picture, 240), row.alt) for row in shown))

    @admin.action(description=_("Approve"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[ListingCheck]) -> None:
        self._each(request, queryset, sellers.approve_listing)

    @admin.action(description=_("Send back (with a reason)"), permissions=["change"])
    def send_back(self, request: HttpRequest, queryset: QuerySet[ListingCheck]) -> None:
        self._each(request, queryset, sellers.reject_listing)

    def _each(self, request: HttpRequest, checks: QuerySet[ListingCheck], service: Callable[..., ListingCheck]) -> None:
        done = 0
        for check in checks.select_related("post__product"):
            try:
                service(check=check, by=request.user, reason=request.POST.get("reason", ""))
                done += 1
            except sellers.Refused as refused:
                self.message_user(request, f"{check.post.product}: {refused}", messages.ERROR)
        if done:
            text = ngettext("{n} product decided.", "{n} products decided.", done).format(n=done)
            self.message_user(request, text, messages.SUCCESS)
