"""Staff's side of the shop tab: the showcase, and tables of searches with what must come first."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core import pictures
from core.models import Picture
from core.templatetags.bisat import picture_url
from sellers.models import Channel
from shop import search_tables
from shop.models import SearchTable, Showcase


class ShowcaseForm(forms.ModelForm):
    """A promotion with a picture of its own, if staff want one; the product or channel must sell in its market."""

    upload = forms.FileField(
        label=_("new picture"),
        required=False,
        help_text=_("Without one, the picture of the product or channel is shown."),
    )
    forget_picture = forms.BooleanField(label=_("show the picture of the product or channel"), required=False)

    class Meta:
        model = Showcase
        fields = ("market", "headline", "subline", "label", "product", "channel", "position", "starts_at", "ends_at")

    new_picture: Picture | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        product, channel = data.get("product"), data.get("channel")
        if (product is None) == (channel is None):
            raise ValidationError(_("Choose one product or one channel, not both."))
        seller = product.channel if product else cast(Channel, channel)
        if seller.market != data.get("market"):
            self.add_error("market", _("%(channel)s sells in another market.") % {"channel": seller.name})
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("The end must come after the beginning."))
        return data

    def clean_upload(self) -> Any:
        upload = self.cleaned_data["upload"]
        if upload:
            try:
                self.new_picture = pictures.add_picture(upload)
            except pictures.NotAPicture as error:
                raise ValidationError(str(error)) from error
        return upload


@admin.register(Showcase)
class ShowcaseAdmin(admin.ModelAdmin):
    form = ShowcaseForm
    autocomplete_fields = ("product", "channel")
    list_display = ("headline", "market", "preview", "subject", "status", "position", "starts_at", "ends_at")
    list_display_links = ("headline",)
    list_editable = ("position",)
    list_filter = ("market",)
    search_fields = ("headline", "subline", "product__title", "channel__name", "channel__handle")
    readonly_fields = ("preview",)
    ordering = ("market", "position", "pk")
    fieldsets = (
        (None, {"fields": ("market", ("product", "channel"), "headline", "subline", "label")}),
        (_("Picture"), {"fields": ("preview", "upload", "forget_picture")}),
        (_("When"), {"fields": ("position", ("starts_at", "ends_at"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Showcase]:
        return super().get_queryset(request).select_related(
            "picture", "product__cover", "product__channel", "channel__cover", "channel__avatar"
        )  # fmt: skip

    @admin.display(description=_("preview"))
    def preview(self, promo: Showcase) -> SafeString | str:
        """The picture shoppers see, and a link to what it leads to."""
        source = picture_url(promo.shown_picture, 240) if promo.pk else ""
        if not source:
            return str(_("a drawn placeholder"))
        return format_html('<a href="{}"><img src="{}" alt="" height="72"></a>', promo.get_absolute_url(), source)

    @admin.display(description=_("shows"))
    def subject(self, promo: Showcase) -> str:
        return str(promo.product or promo.channel)

    @admin.display(description=_("state"))
    def status(self, promo: Showcase) -> str:
        """Whether shoppers see it now, and if not, why."""
        now = timezone.now()
        if promo.ends_at and promo.ends_at <= now:
            return str(_("over"))
        if promo.starts_at > now:
            return str(_("later"))
        visible = promo.product.is_listed if promo.product else promo.seller.is_visible()
        return str(_("shown now")) if visible else str(_("hidden: its subject is not public"))

    def save_model(self, request: HttpRequest, obj: Showcase, form: Any, change: bool) -> None:
        given = cast(ShowcaseForm, form)
        if getattr(given, "new_picture", None):
            obj.picture = given.new_picture
        elif given.cleaned_data.get("forget_picture"):
            obj.picture = None
        super().save_model(request, obj, form, change)


class SearchTableForm(forms.ModelForm):
    """A table is pasted, or read from a file of tab-separated lines."""

    upload = forms.FileField(label=_("file"), required=False, help_text=_("Takes the place of the rows."))

    class Meta:
        model = SearchTable
        fields = ("name", "market", "rows")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rows"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            if upload := data.get("upload"):
                data["rows"] = upload.read(60_000).decode("utf-8-sig")
            rows = search_tables.read_table(data.get("rows", ""))
        except UnicodeDecodeError:
            raise ValidationError(_("The file must be UTF-8.")) from None
        except search_tables.NotATable as error:
            raise ValidationError(
                _("Line %(line)s is not a query, a tab and a product: %(text)s"),
                params={"line": error.line, "text": error.text[:60]},
            ) from error
        if not rows:
            raise ValidationError(_("Paste a table or choose a file."))
        return data


@admin.register(SearchTable)
class SearchTableAdmin(admin.ModelAdmin):
    form = SearchTableForm
    list_display = ("name", "market")
    list_filter = ("market",)
    ordering = ("market", "name")
    readonly_fields = ("outcome",)
    fields = ("name", "market", "rows", "upload", "outcome")

    @admin.display(description=_("what came first, now"))
    def outcome(self, table: SearchTable) -> SafeString | str:
        """How many rows are right, and those that are not."""
        if not table.pk:
            return ""
        outcomes = search_tables.run_table(search_tables.read_table(table.rows), table.market)
        wrong = [each for each in outcomes if not each.is_right]
        lines = format_html_join(
            "", "<li><bdi>{}</bdi>: <bdi>{}</bdi></li>", ((each.row.query, each.first or "-") for each in wrong)
        )
        right = _("%(right)s of %(all)s right") % {"right": len(outcomes) - len(wrong), "all": len(outcomes)}
        return format_html("<p>{}</p><ul>{}</ul>", right, lines)
