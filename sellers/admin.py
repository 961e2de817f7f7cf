"""Staff's view of channels, posts and categories. What changes a state is an action, and every action is a service."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import money, pictures
from core.admin import ReadOnly, ReasonForm
from core.queues import Queue
from sellers import admin_checks, selectors  # noqa: F401 - registers the checks of products
from sellers import services as sellers
from sellers.admin_base import ReadOnlyInline
from sellers.models import Attribute, Category, Channel, ChannelMember, ChannelTransition, Post, Product, Role


class TransitionInline(ReadOnlyInline):
    model = ChannelTransition
    fields = readonly_fields = ("at", "from_state", "to_state", "by", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChannelTransition]:
        return super().get_queryset(request).select_related("by").order_by("-at", "-pk")


class MemberInline(ReadOnlyInline):
    model = ChannelMember
    fields = readonly_fields = ("person", "role", "joined_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChannelMember]:
        return super().get_queryset(request).select_related("person").order_by("joined_at", "pk")


@admin.register(Channel)
class ChannelAdmin(Queue, ReadOnly):
    waiting_label = _("channels that wait to be opened")
    waiting = Q(state=Channel.State.PENDING)
    waiting_query = "?state__exact=pending"
    list_display = (
        *("name", "address", "state", "owner", "market", "city"),
        *("product_count", "follower_count", "verified", "created_at"),
    )
    list_filter = ("state", "market", ("verified_at", admin.EmptyFieldListFilter))
    search_fields = ("handle", "name", "city", "public_email", "public_phone")
    search_help_text = _("Handle, name, city, public address or number")
    actions = ("approve", "send_back", "suspend", "reopen", "verify", "unverify")
    action_form = ReasonForm
    inlines = (TransitionInline, MemberInline)
    list_select_related = ("avatar",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Channel]:
        """The queue first: who has waited longest is on top."""
        owner = ChannelMember.objects.filter(channel=OuterRef("pk"), role=Role.OWNER)
        channels = (
            super()
            .get_queryset(request)
            .annotate(
                owner_name=Subquery(owner.values("person__display_name")[:1]),
                owner_email=Subquery(owner.values("person__email")[:1]),
            )
        )
        return self.waiting_first(channels)

    @admin.display(description=_("handle"), ordering="handle")
    def address(self, channel: Channel) -> SafeString:
        return format_html('<a href="{}">@{}</a>', channel.get_absolute_url(), channel.handle)

    @admin.display(description=_("owner"))
    def owner(self, channel: Any) -> str:
        return " · ".join(filter(None, (channel.owner_name, channel.owner_email)))

    @admin.display(description=_("checked"), boolean=True, ordering="verified_at")
    def verified(self, channel: Channel) -> bool:
        return channel.is_verified

    def _each(
        self, request: HttpRequest, channels: QuerySet[Channel], service: Callable[..., Channel], **more: str
    ) -> None:
        """Calls the service for each chosen channel and says what came of it."""
        done = 0
        for channel in channels:
            try:
                service(channel=channel, by=request.user, **more)
                done += 1
            except sellers.Refused as refused:
                self.message_user(request, f"{channel}: {refused}", messages.ERROR)
        if done:
            text = ngettext("{n} channel changed.", "{n} channels changed.", done).format(n=done)
            self.message_user(request, text, messages.SUCCESS)

    def _with_reason(self, request: HttpRequest, channels: QuerySet[Channel], service: Callable[..., Channel]) -> None:
        self._each(request, channels, service, reason=request.POST.get("reason", ""))

    @admin.action(description=_("Approve"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        self._with_reason(request, queryset, sellers.approve_channel)

    @admin.action(description=_("Send back (with a reason)"), permissions=["change"])
    def send_back(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        self._with_reason(request, queryset, sellers.send_back_channel)

    @admin.action(description=_("Suspend (with a reason)"), permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        self._with_reason(request, queryset, sellers.suspend_channel)

    @admin.action(description=_("Reopen"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        self._with_reason(request, queryset, sellers.reopen_channel)

    @admin.action(description=_("Mark the seller as checked"), permissions=["change"])
    def verify(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        self._each(request, queryset, sellers.verify_channel)

    @admin.action(description=_("Mark the seller as not checked"), permissions=["change"])
    def unverify(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        self._each(request, queryset, sellers.unverify_channel)


@admin.register(Post)
class PostAdmin(ReadOnly):
    list_display = ("__str__", "channel", "state", "product_title", "published_at", "like_count")
    list_filter = ("state", ("product", admin.EmptyFieldListFilter))
    list_select_related = ("channel", "product")
    search_fields = ("text", "product__title", "channel__handle")
    actions = ("archive",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        return super().get_queryset(request).order_by("-pk")

    @admin.display(description=_("product"))
    def product_title(self, post: Post) -> str:
        product = getattr(post, "product", None)
        return product.title if product else ""

    @admin.action(description=_("Archive"), permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        for post in queryset:
            try:
                sellers.archive_post(post=post, by=request.user)  # type: ignore[arg-type]
            except sellers.Refused as refused:
                self.message_user(request, f"{post}: {refused}", messages.ERROR)


@admin.register(Product)
class ProductAdmin(ReadOnly):
    list_display = ("title", "channel", "category", "price", "stock", "is_listed", "published_at")
    list_filter = ("is_listed", "market", "condition")
    list_select_related = ("channel", "category", "post")
    search_fields = ("title", "brand", "external_id", "channel__handle")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        return super().get_queryset(request).order_by("-pk")

    @admin.display(description=_("price"), ordering="price_minor")
    def price(self, product: Product) -> str:
        return money.format_money(product.price_minor, product.currency)


class CategoryForm(forms.ModelForm):
    upload = forms.FileField(label=_("New picture"), required=False)

    class Meta:
        model = Category
        fields = ("names", "position")

    def clean(self) -> dict[str, Any]:
        """A picture that cannot be read is the form's problem, not a broken page."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("upload") and not self.errors:
            try:
                cleaned["picture"] = pictures.add_picture(cleaned["upload"])
            except pictures.NotAPicture as error:
                self.add_error("upload", str(error))
        return cleaned


class TreeAdmin(admin.ModelAdmin):
    """The tree comes from the program; staff give names, an order and pictures."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if picture := form.cleaned_data.get("picture"):
            obj.picture = picture
        super().save_model(request, obj, form, change)
        transaction.on_commit(selectors.forget_categories)


@admin.register(Category)
class CategoryAdmin(TreeAdmin):
    form = CategoryForm
    list_display = ("__str__", "slug", "parent", "is_leaf", "position")
    list_filter = ("is_leaf", ("parent", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("parent",)
    list_per_page = 300
    search_fields = ("slug", "name")
    readonly_fields = ("slug", "name", "parent", "icon", "picture")
    fields = ("name", "names", "slug", "parent", "position", "icon", "picture", "upload")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).order_by("position", "pk")


@admin.register(Attribute)
class AttributeAdmin(TreeAdmin):
    list_display = ("__str__", "slug", "kind", "unit", "is_facet", "is_variant")
    list_filter = ("kind", "is_facet", "is_variant")
    search_fields = ("slug", "name")
    readonly_fields = ("slug", "name", "kind", "choices", "unit", "is_facet", "is_variant")
    fields = ("name", "names", "slug", "kind", "choices", "unit", "is_facet", "is_variant")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attribute]:
        return super().get_queryset(request).order_by("pk")
