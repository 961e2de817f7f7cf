"""What is asked to be paid: lines of things and free words, delivery, discount, note.

The same form stands on the desk and in a conversation (``payments/_request_fields.html``). Its buttons named ``do``
(find, add, remove) only draw it anew: ``only_redraw``.
"""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from payments import selectors
from payments.fees import fee_of
from payments.forms.base import VersionedForm
from payments.forms.coupons import code_field
from payments.models import Line, MoneyRequest, RequestVersion
from payments.services import BadRequest
from payments.services.asking import MAX_LINES, MAX_QUANTITY
from sellers.forms.fields import AmountField, CountField
from sellers.models import Channel, Product, Variant

FOUND = 8
_THING = re.compile(r"([1-9]\d{0,17})(?:-([1-9]\d{0,17}))?")


@dataclass(frozen=True)
class Thing:
    """A product of the channel, or one of its variants, as it goes on a line; ``token`` is "12" or "12-34"."""

    token: str
    title: str
    options: str
    price_minor: int
    stock: int | None

    @classmethod
    def of(cls, product: Product, variant: Variant | None = None) -> "Thing":
        if variant is None:
            return cls(str(product.pk), product.title, "", product.price_minor, product.stock)
        price = product.price_minor if variant.price_minor is None else variant.price_minor
        return cls(f"{product.pk}-{variant.pk}", product.title, str(variant), price, variant.stock)


def things_of(*products: Product) -> list[Thing]:
    """Each product, or each of its variants if it has some."""
    found = []
    for product in products:
        variants = list(product.variants.all())
        found += [Thing.of(product, variant) for variant in variants] or [Thing.of(product)]
    return found


class LineForm(forms.Form):
    """One line. ``thing`` is empty on a line of free words."""

    thing = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    options = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
    title = forms.CharField(label=_("What"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)
        self.fields["quantity"] = CountField(label=_("How many"), initial=1)
        self.fields["price"] = AmountField(label=_("Price of one"), currency=currency)

    def clean_thing(self) -> str:
        thing: str = self.cleaned_data["thing"]
        if thing and not _THING.fullmatch(thing):
            raise forms.ValidationError(_("Choose a thing of the channel."))
        return thing

    def clean_quantity(self) -> int:
        quantity: int = self.cleaned_data["quantity"]
        if not 1 <= quantity <= MAX_QUANTITY:
            raise forms.ValidationError(_("That number is out of range."))
        return quantity

    def line(self) -> Line:
        data = self.cleaned_data
        match = _THING.fullmatch(data["thing"])
        product, variant = (match[1], match[2]) if match else (None, None)
        return Line(
            title=data["title"],
            unit_minor=data["price"],
            quantity=data["quantity"],
            product_id=int(product) if product else None,
            variant_id=int(variant) if variant else None,
            options=data["options"],
        )


class RequestForm(VersionedForm):
    """Bound by ``data`` or begun from ``terms``; ``version`` is the request's, 1 for a new one."""

    words = forms.CharField(
        label=_("Add a thing"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto"}),
    )
    coupon = code_field(required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )

    def __init__(
        self,
        *,
        channel: Channel,
        data: QueryDict | None = None,
        terms: RequestVersion | None = None,
        thing: Thing | None = None,
        version: int = 1,
    ) -> None:
        initial: dict[str, Any] = {"version": version}
        if terms:
            initial |= {"delivery": terms.delivery_minor or None, "discount": terms.discount_minor or None}
            initial |= {"note": terms.note, "coupon": terms.coupon_code}
        self.do = data.get("do", "") if data is not None else ""
        if data is not None and self.do:  # drawn anew as typed, without errors
            names = ("key", "version", "words", "note", "delivery", "discount", "coupon")
            initial = {name: data.get(name, "") for name in names}
        super().__init__(None if self.do else data, initial=initial)
        self.channel, self.currency = channel, channel.currency
        for name, label in (("delivery", _("Delivery costs")), ("discount", _("Discount"))):
            self.fields[name] = AmountField(label=label, currency=self.currency, required=False)
        self.found: list[Thing] = []
        self.rows = self._rows(data) if data is not None else self._begin(terms, thing)
        if data is not None and self.only_redraw:
            self._redraw(data)

    @property
    def only_redraw(self) -> bool:
        """Whether a button was pressed that changes the form and sends nothing."""
        return bool(self.do)

    @property
    def as_draft(self) -> bool:
        """Whether it is kept for the team instead of being sent."""
        return "as_draft" in self.data

    @property
    def count(self) -> int:
        return len(self.rows)

    def _row(self, place: int, **kwargs: Any) -> LineForm:
        return LineForm(prefix=f"line{place}", currency=self.currency, **kwargs)

    def _begin(self, terms: RequestVersion | None, thing: Thing | None) -> list[LineForm]:
        if terms:
            return [self._row(place, initial=_initial(line)) for place, line in enumerate(terms.lines)]
        return [self._row(0, initial=_of_thing(thing) if thing else {})]

    def _rows(self, data: QueryDict) -> list[LineForm]:
        """The rows as sent, but the one to be removed; a row that says nothing is left out beside others."""
        count = data.get("lines", "1")
        places = range(min(int(count), MAX_LINES) if count.isascii() and count.isdecimal() else 1)
        rows = [self._row(place, data=data) for place in places if self.do != f"remove-{place}"]
        said = [row for row in rows if row["title"].value() or row["price"].value() or row["thing"].value()]
        return said or rows[:1] or [self._row(0)]

    def _redraw(self, data: QueryDict) -> None:
        """The rows as unbound forms, numbered anew, with what is to be added."""
        added: list[dict[str, Any]] = []
        if self.do.startswith("add-") and len(self.rows) < MAX_LINES:
            thing = find_thing(self.channel, self.do.removeprefix("add-"))
            added = [_of_thing(thing)] if thing else []
        elif self.do == "add" and len(self.rows) < MAX_LINES:
            added = [{}]
        elif self.do == "find":
            self.found = find_things(self.channel, data.get("words", ""))
        names = ("thing", "options", "title", "quantity", "price")
        kept = [{name: row[name].value() for name in names} for row in self.rows]
        if added and added[0]:
            kept = [row for row in kept if row["title"] or row["price"]]
        self.rows = [self._row(place, initial=values) for place, values in enumerate([*kept, *added])]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(row.is_valid() for row in self.rows)])

    def terms(self) -> dict[str, Any]:
        """What request_money and edit_request take; for valid forms."""
        return {
            "lines": [row.line() for row in self.rows],
            "delivery_minor": self.cleaned_data["delivery"] or 0,
            "discount_minor": self.cleaned_data["discount"] or 0,
            "note": self.cleaned_data["note"],
            "coupon_code": self.cleaned_data["coupon"],
        }

    def refuse(self, refusal: Exception) -> None:
        if isinstance(refusal, BadRequest) and refusal.field in ("note", "coupon"):
            self.add_error(refusal.field, str(refusal))
        else:
            self.add_error(None, str(refusal))

    @property
    def totals(self) -> dict[str, int] | None:
        """Total, fee and what the seller gets as typed so far, in minor units; None while a number is missing."""
        lines = [self._said(row) for row in self.rows]
        delivery, discount = (self._amount(self, name) for name in ("delivery", "discount"))
        if None in lines or delivery is None or discount is None:
            return None
        goods = sum(line or 0 for line in lines) - discount
        total = goods + delivery - self._off(goods, delivery)
        if total <= 0:
            return None
        fee = fee_of(total, settings.PAYMENT_FEE_BASIS_POINTS)
        return {"total": total, "fee": fee, "gets": total - fee}

    def _off(self, goods: int, delivery: int) -> int:
        """What the code as typed would take off; whether it counts for the buyer is seen when it is sent."""
        code = str(self["coupon"].value() or "")
        coupon = selectors.find_coupon(self.channel, code) if code.strip() else None
        is_enough = coupon is not None and goods >= coupon.minimum_minor
        return coupon.off(goods_minor=goods, delivery_minor=delivery) if coupon and is_enough else 0

    def _said(self, row: LineForm) -> int | None:
        price = self._amount(row, "price", empty=None)
        try:
            quantity = row.fields["quantity"].clean(row["quantity"].value() or 1)
        except forms.ValidationError:
            return None
        return None if price is None else price * quantity

    @staticmethod
    def _amount(form: forms.Form, name: str, empty: int | None = 0) -> int | None:
        value = form[name].value()
        if value in (None, ""):
            return empty
        try:
            amount: int | None = form.fields[name].clean(str(value))
        except forms.ValidationError:
            return None
        return amount


def _initial(line: Line) -> dict[str, Any]:
    thing = f"{line.product_id}-{line.variant_id}" if line.variant_id else str(line.product_id or "")
    return {
        "thing": thing,
        "options": line.options,
        "title": line.title,
        "quantity": line.quantity,
        "price": line.unit_minor,
    }


def _of_thing(thing: Thing) -> dict[str, Any]:
    return {
        "thing": thing.token,
        "options": thing.options,
        "title": thing.title,
        "quantity": 1,
        "price": thing.price_minor,
    }


def find_things(channel: Channel, words: str) -> list[Thing]:
    """A few things of the channel whose title or number has all the words, newest first."""
    products = Product.objects.filter(channel=channel, post__state="published").prefetch_related("variants")
    for word in words.split()[:6]:
        products = products.filter(Q(title__icontains=word) | Q(external_id__icontains=word))
    return things_of(*products.order_by("-pk")[:FOUND])[: 3 * FOUND]


def find_thing(channel: Channel, token: str) -> Thing | None:
    """The thing of a token, if it is the channel's."""
    match = _THING.fullmatch(token)
    product = Product.objects.filter(channel=channel, pk=int(match[1])).first() if match else None
    if product is None or match is None:
        return None
    if match[2] is None:
        return Thing.of(product)
    variant = product.variants.filter(pk=int(match[2])).first()
    return Thing.of(product, variant) if variant else None


def begin(channel: Channel, request: MoneyRequest | None = None, terms: RequestVersion | None = None) -> RequestForm:
    """The form for a new request, or for changing one whose terms are given."""
    return RequestForm(channel=channel, terms=terms, version=request.version if request else 1)
