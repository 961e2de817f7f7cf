"""A post's form: the post, its pictures and, for a product post, the product with its attributes and variants."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sellers import selectors
from sellers import services as sellers
from sellers.forms.pictures import Photos
from sellers.forms.products import IN_STOCK, TO_ORDER, AttributesForm, ProductForm
from sellers.forms.variants import VariantTable
from sellers.models import Attribute, Category, Channel, Post


def _new_token() -> str:
    return secrets.token_hex(16)


class PostForm(forms.Form):
    """Words and time. ``version`` is the one the person saw; ``token`` makes a second click harmless."""

    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Links, #hashtags and @channels become links."),
    )
    publish_at = forms.DateTimeField(
        label=_("Publish at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    token = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=_new_token)


def _without_prefix(data: QueryDict, prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): str(value) for name, value in data.items() if name.startswith(prefix)}


def _asked_by(category: str) -> list[Attribute]:
    """The attributes of the category whose id was chosen; none while none is."""
    known = category.isdecimal() and int(category) in selectors.get_category_tree().by_id
    return selectors.attributes_of(int(category)) if known else []


class Editor:
    """All parts of the form together. ``problems`` of the services find their fields here."""

    PUBLISH, DRAFT, SCHEDULE, SAVE = "publish", "draft", "schedule", "save"
    REDRAW: ClassVar = {"details", "combine", "upload"}  # buttons that only ask for more of the form
    FIELDS: ClassVar = {"price_minor": "price", "compare_at_minor": "compare_at"}

    def __init__(
        self,
        channel: Channel,
        person_id: int,
        *,
        is_product: bool,
        data: QueryDict | None = None,
        start: "Start | None" = None,
        action: str = "",
    ) -> None:
        """The form as it starts, or with ``data`` as it came; ``action`` overrules the button that sent it."""
        self.channel, self.is_product = channel, is_product
        start = start or Start(channel)
        self.carried = start.carried
        self.action = action or (data.get("action", self.SAVE) if data is not None else "")
        # Asked for more of the form, it comes back as it was typed, unjudged.
        bound = None if self.only_redraw else data
        typed = data if self.only_redraw and data is not None else QueryDict()
        self.post = PostForm(bound, initial=start.post | typed.dict())
        self.photos = Photos.from_data(data, person_id) if data is not None else Photos.of(start.pictures, person_id)
        if not is_product:
            return
        self.product = ProductForm(bound, initial=start.product | typed.dict(), currency=channel.currency)
        if self.action == self.DRAFT:
            self.product.allow_gaps()
        attributes = _asked_by(self.category)
        self.attributes = AttributesForm(
            bound, initial=start.attributes | _without_prefix(typed, "attr-"), attributes=attributes
        )
        self.variants = VariantTable(
            attributes=attributes, currency=channel.currency, data=data, variants=start.variants
        )
        if self.action == "combine" or (self.action == "details" and not self.variants.fits_ticks()):
            self.combine()

    @property
    def category(self) -> str:
        """The id of the chosen category, as a form writes it."""
        return str(self.product["category"].value() or "")

    def has_errors(self) -> bool:
        """Whether some field is marked; asked by the page, after the form was judged."""
        parts: list[forms.Form] = [self.post]
        if self.is_product:
            parts += [self.product, self.attributes, *self.variants.rows]
        return bool(self.photos.errors) or any(form.is_bound and form.errors for form in parts)

    @property
    def only_redraw(self) -> bool:
        return self.action in self.REDRAW

    def combine(self) -> None:
        in_stock = self.product["availability"].value() == IN_STOCK
        self.variants.combine(str(self.product["stock"].value() or "") if in_stock else "")

    def is_valid(self) -> bool:
        """Also makes the table of variants anew when it is not the one that was ticked; the person looks again."""
        valid = self.post.is_valid() and not self.photos.errors
        if not self.is_product:
            return valid
        valid = all([valid, self.product.is_valid(), self.attributes.is_valid()])
        if not self.variants.fits_ticks():
            self.combine()
            self.variants.error = self.variants.error or gettext(
                "The table was made anew from what you ticked. Look at it and save again."
            )
            return False
        return self.variants.is_valid() and valid

    def product_data(self) -> "sellers.ProductData | None":
        """The product as the services take it, once the form is valid; None for an ordinary post."""
        if not self.is_product:
            return None
        data = self.product.cleaned_data
        rows = self.variants.kept()
        varied = {slug for row in rows for slug in row.options}
        return sellers.ProductData(
            title=data["title"],
            price_minor=data["price"] or 0,
            compare_at_minor=data["compare_at"],
            stock=data["stock"],
            stock_seen=data["stock_seen"],
            category=Category.objects.get(pk=data["category"]),
            condition=data["condition"],
            attributes={
                slug: value for slug, value in self.attributes.cleaned_data.items() if value and slug not in varied
            },
            variants=tuple(
                sellers.VariantData(
                    options=row.options,
                    price_minor=row.cleaned_data["price"],
                    stock=row.cleaned_data["stock"],
                    stock_seen=row.cleaned_data["stock_seen"],
                    sku=row.cleaned_data["sku"],
                )
                for row in rows
            ),
            delivery=self._own_words("delivery"),
            returns=self._own_words("returns"),
            **self.carried,
        )

    def _own_words(self, name: str) -> str:
        """Empty where the channel's words were left as they are, so that they keep following the channel's."""
        words = str(self.product.cleaned_data[name]).replace("\r\n", "\n").strip()
        return "" if words == getattr(self.channel, name).strip() else words

    def add_problems(self, problems: Mapping[str, Sequence[str]]) -> None:
        """Puts each of the services' sentences beside its field; what has no field stands above the form."""
        for key, sentences in problems.items():
            name, _dot, rest = key.partition(".")
            form: forms.Form = self.post
            field = self.FIELDS.get(name, name)
            if name == "pictures":
                self.photos.errors += sentences
                continue
            if name == "variants" and not rest and self.is_product:
                self.variants.error = " ".join(sentences)
                continue
            if name == "variants" and self.is_product:
                place, _dot, column = rest.partition(".")
                form, field = self.variants.kept()[int(place)], self.FIELDS.get(column, column)
            elif name == "attributes" and self.is_product:
                form, field = self.attributes, rest
            elif self.is_product and field in self.product.fields:
                form = self.product
            form.add_error(field if field in form.fields else None, list(sentences))


class Start:
    """What the form of a new post, or of an existing one, starts from."""

    def __init__(self, channel: Channel, post: Post | None = None, *, is_product: bool = False) -> None:
        self.post: dict[str, Any] = {}
        self.product: dict[str, Any] = {"delivery": channel.delivery, "returns": channel.returns}
        self.attributes: dict[str, str] = {}
        self.pictures: list[tuple[Any, str]] = []
        self.variants: list[tuple[dict[str, str], int | None, int | None, str]] = []
        self.carried: dict[str, Any] = {}  # what an import wrote and this form does not ask
        if post is None:
            return
        publish_at = timezone.localtime(post.publish_at) if post.publish_at else None
        self.post = {"text": post.text, "version": post.version, "publish_at": publish_at}
        self.pictures = [(kept.picture, kept.alt) for kept in post.pictures.all()]
        if is_product:
            self._read(sellers.data_of(post.product))

    def _read(self, data: "sellers.ProductData") -> None:
        self.carried = {
            "brand": data.brand,
            "specifications": data.specifications,
            "external_id": data.external_id,
        }
        self.attributes = {slug: str(value) for slug, value in data.attributes.items()}
        self.variants = [(dict(one.options), one.price_minor, one.stock, one.sku) for one in data.variants]
        self.product |= {
            "title": data.title,
            "category": data.category.pk,
            "price": data.price_minor or None,
            "compare_at": data.compare_at_minor,
            "condition": data.condition,
            "availability": TO_ORDER if data.stock is None else IN_STOCK,
            "stock": data.stock,
            "stock_seen": data.stock,
        }
        if data.delivery:
            self.product["delivery"] = data.delivery
        if data.returns:
            self.product["returns"] = data.returns
