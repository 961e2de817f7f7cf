"""What a product may say, checked against its category, and writing it with its variants."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.money import MAX_MINOR, to_ascii_digits
from core.templatetags.bisat import number
from sellers import selectors
from sellers.models import Attribute, Category, Post, Product, Variant
from sellers.models.products import MAX_VARIANTS
from sellers.services.errors import BadPost, Problems
from sellers.services.listing import refresh_listing
from sellers.services.locks import lock_post

MAX_STOCK = 1_000_000
MAX_SPECIFICATIONS = 200


def plain(value: str) -> str:
    """A value as it is kept: a number typed in another script's digits in ASCII ones."""
    digits = to_ascii_digits(value.strip())
    return digits if re.fullmatch(r"[0-9]+(\.[0-9]+)?", digits) else value.strip()


@dataclass(frozen=True, slots=True)
class VariantData:
    """One choice, told apart by its options ({"size": "m"}); price None is the product's, stock None made to order.

    ``stock_seen`` is the number that ``stock`` was typed over: units sold in between stay sold.
    """

    options: dict[str, str]
    price_minor: int | None = None
    stock: int | None = None
    sku: str = ""
    stock_seen: int | None = None

    def since(self, now: "VariantData | None") -> "VariantData":
        """The same over what there is now."""
        return replace(self, stock=_stock_over(self, now.stock if now else None), stock_seen=None)


@dataclass(frozen=True, slots=True)
class ProductData:
    """All a seller says about a product. Prices in minor units of the channel's currency; stock None: made to order.

    With variants the product's stock is their sum (None if any is made to order) and its price the lowest of theirs.
    ``stock_seen`` as of VariantData.
    """

    title: str
    price_minor: int
    category: Category | selectors.CategoryNode  # a leaf
    compare_at_minor: int | None = None
    stock: int | None = None
    condition: str = Product.Condition.NEW
    attributes: dict[str, str] = field(default_factory=dict)
    variants: Sequence[VariantData] = ()
    delivery: str = ""
    returns: str = ""
    brand: str = ""
    specifications: dict[str, str] = field(default_factory=dict)
    external_id: str = ""
    stock_seen: int | None = None

    def since(self, now: "ProductData") -> "ProductData":
        """The same over the units there are now, while ``stock_seen`` were there when the form was opened."""
        known = {frozenset(variant.options.items()): variant for variant in now.variants}
        variants = tuple(one.since(known.get(frozenset(one.options.items()))) for one in self.variants)
        return replace(self, stock=_stock_over(self, now.stock), variants=variants, stock_seen=None)

    def lowest_price(self) -> int:
        return min((self.price_of(variant) for variant in self.variants), default=self.price_minor)

    def price_of(self, variant: VariantData) -> int:
        return self.price_minor if variant.price_minor is None else variant.price_minor

    def total_stock(self) -> int | None:
        if not self.variants:
            return self.stock
        stocks = [variant.stock for variant in self.variants]
        return None if None in stocks else sum(stock or 0 for stock in stocks)

    def normalized(self) -> "ProductData":
        """The same as it is kept: the product shows the lowest price, and what was dearer says so itself."""
        lowest = self.lowest_price()
        keep_none = lowest == self.price_minor
        variants = tuple(
            replace(v, price_minor=v.price_minor if keep_none else self.price_of(v), sku=v.sku.strip())
            for v in self.variants
        )
        return replace(self, price_minor=lowest, variants=variants)

    def columns(self) -> dict[str, object]:
        """The product row's own columns."""
        return {
            "title": self.title.strip(),
            "price_minor": self.lowest_price(),
            "compare_at_minor": self.compare_at_minor,
            "category_id": self.category.pk,
            "stock": self.total_stock(),
            "condition": self.condition,
            "attributes": {slug: plain(value) for slug, value in self.attributes.items() if value.strip()},
            "specifications": self.specifications,
            "brand": self.brand.strip(),
            "delivery": self.delivery.strip(),
            "returns": self.returns.strip(),
            "external_id": self.external_id.strip(),
        }


def _stock_over(typed: "ProductData | VariantData", now: int | None) -> int | None:
    """What was typed as a change of what was seen, made to what is there now."""
    if typed.stock is None or typed.stock_seen is None or now is None:
        return typed.stock
    return max(0, now + typed.stock - typed.stock_seen)


def data_of(product: Product) -> ProductData:
    """What the product says now, as an edit form starts from it."""
    variants = [
        VariantData(variant.options, variant.price_minor, variant.stock, variant.sku)
        for variant in sorted(product.variants.all(), key=lambda row: (row.position, row.pk))
    ]
    return ProductData(
        title=product.title,
        price_minor=product.price_minor,
        category=product.category,
        compare_at_minor=product.compare_at_minor,
        stock=product.stock,
        condition=product.condition,
        attributes=dict(product.attributes),
        variants=variants,
        delivery=product.delivery,
        returns=product.returns,
        brand=product.brand,
        specifications=dict(product.specifications),
        external_id=product.external_id,
    )


def _check_value(problems: Problems, key: str, attribute: Attribute, value: str) -> None:
    if attribute.kind == Attribute.Kind.CHOICE:
        if value not in {slug for slug, _label in attribute.choices}:
            problems.add(key, _("Choose one of the list."))
    elif attribute.kind == Attribute.Kind.NUMBER:
        try:
            amount = Decimal(value)
            if not amount.is_finite() or not 0 <= amount < 10**9 or "e" in value.lower():
                raise InvalidOperation
        except InvalidOperation:
            problems.add(key, _("Write a number, like 12 or 12.5."))
    else:
        problems.check_text(key, value, 100)


def _check_attributes(problems: Problems, data: ProductData, asked: dict[str, Attribute]) -> None:
    told_apart = {slug for variant in data.variants for slug in variant.options}
    for slug, value in data.attributes.items():
        key = f"attributes.{slug}"
        if slug not in asked:
            problems.add(key, _("This category does not ask for that."))
        elif slug in told_apart:
            problems.add(key, _("The variants say this already."))
        elif value.strip():
            _check_value(problems, key, asked[slug], plain(value))


def _check_amount(problems: Problems, key: str, minor: int) -> None:
    if not 0 <= minor <= MAX_MINOR:
        problems.add(key, _("That amount is out of range."))


def _check_stock(problems: Problems, key: str, stock: int | None) -> None:
    if stock is not None and not 0 <= stock <= MAX_STOCK:
        problems.add(key, _("Write a number from 0 to {n}.").format(n=number(MAX_STOCK)))


def _check_variants(problems: Problems, data: ProductData, asked: dict[str, Attribute]) -> None:
    if len(data.variants) > MAX_VARIANTS:
        problems.add("variants", _("A product has at most {n} variants.").format(n=number(MAX_VARIANTS)))
        return
    if len({frozenset(variant.options) for variant in data.variants}) > 1:
        problems.add("variants", _("All variants are told apart by the same things."))
    seen: set[frozenset[tuple[str, str]]] = set()
    for index, variant in enumerate(data.variants):
        key = f"variants.{index}"
        options = frozenset(variant.options.items())
        if not options:
            problems.add(f"{key}.options", _("Say what tells this variant apart."))
        elif options in seen:
            problems.add(f"{key}.options", _("There is a variant like this already."))
        seen.add(options)
        for slug, value in variant.options.items():
            if slug not in asked or not asked[slug].is_variant:
                problems.add(f"{key}.options", _("Variants of this category are not told apart by that."))
            else:
                _check_value(problems, f"{key}.options", asked[slug], value)
        if variant.price_minor is not None:
            _check_amount(problems, f"{key}.price_minor", variant.price_minor)
        _check_stock(problems, f"{key}.stock", variant.stock)
        problems.check_text(f"{key}.sku", variant.sku, 80)


def check_product(
    problems: Problems, data: ProductData, *, strict: bool, tree: selectors.CategoryTree | None = None
) -> None:
    """Adds all that is wrong; ``strict`` asks for what shoppers need, a draft may lack it."""
    _check_texts(problems, data)
    _check_price(problems, data, strict=strict)
    _check_stock(problems, "stock", data.stock)
    if data.condition not in Product.Condition.values:
        problems.add("condition", _("Choose one of the list."))
    tree = tree or selectors.get_category_tree()
    node = tree.by_id.get(data.category.pk)
    if node is None or not node.is_leaf:
        problems.add("category", _("Choose the most exact category."))
        return
    asked = {attribute.slug: attribute for attribute in tree.attributes_of(node)}
    _check_attributes(problems, data, asked)
    _check_variants(problems, data, asked)


def _check_texts(problems: Problems, data: ProductData) -> None:
    problems.check_text("title", data.title, 150, required=True)
    for name, limit in (("brand", 80), ("delivery", 600), ("returns", 600), ("external_id", 80)):
        problems.check_text(name, getattr(data, name), limit)
    if len(data.specifications) > MAX_SPECIFICATIONS:
        problems.add("specifications", _("Please write at most {n} lines.").format(n=number(MAX_SPECIFICATIONS)))
    for name, value in data.specifications.items():
        problems.check_text("specifications", name, 100, required=True)
        problems.check_text("specifications", value, 1000)


def _check_price(problems: Problems, data: ProductData, *, strict: bool) -> None:
    _check_amount(problems, "price_minor", data.price_minor)
    if strict and data.lowest_price() <= 0:
        problems.add("price_minor", _("Write a price above zero."))
    if data.compare_at_minor is not None:
        _check_amount(problems, "compare_at_minor", data.compare_at_minor)
        if data.compare_at_minor <= data.lowest_price():
            problems.add("compare_at_minor", _("The price before must be above the price now."))


def add_variants(product: Product, data: ProductData) -> None:
    """The rows of a product that has none."""
    Variant.objects.bulk_create(
        Variant(
            product=product, options=wanted.options, position=position, price_minor=wanted.price_minor,
            stock=wanted.stock, sku=wanted.sku,
        )
        for position, wanted in enumerate(data.normalized().variants)
    )  # fmt: skip


def change_variants(product: Product, data: ProductData) -> None:
    """Makes the rows say what ``data`` says; a variant with the same options stays the same row."""
    known = {frozenset(variant.options.items()): variant for variant in product.variants.all()}
    new: list[Variant] = []
    old: list[Variant] = []
    for position, wanted in enumerate(data.normalized().variants):
        variant = known.pop(frozenset(wanted.options.items()), None) or Variant(product=product, options=wanted.options)
        variant.position, variant.price_minor = position, wanted.price_minor
        variant.stock, variant.sku = wanted.stock, wanted.sku
        (old if variant.pk else new).append(variant)
    product.variants.filter(pk__in=[variant.pk for variant in known.values()]).delete()
    Variant.objects.bulk_update(old, ["position", "stock", "sku", "price_minor"])
    Variant.objects.bulk_create(new)


def snapshot(data: ProductData) -> dict[str, object]:
    """What the history keeps of a product; equal snapshots say the same."""
    variants = [
        {"options": v.options, "price_minor": v.price_minor, "stock": v.stock, "sku": v.sku}
        for v in data.normalized().variants
    ]
    return data.columns() | {"variants": variants}


@transaction.atomic
def set_stock(*, product: Product, by: User, stock: int | None) -> Product:
    """The number at hand of a product without variants; None is made to order. Raises BadPost."""
    post = lock_post(Post.objects.only("pk", "channel_id").get(pk=product.post_id))
    problems = Problems()
    if post.product.variants.exists():
        problems.add("stock", _("This product has variants; each has its own stock."))
    _check_stock(problems, "stock", stock)
    problems.raise_as(BadPost)
    if post.product.stock != stock:
        post.product.stock = stock
        post.product.save(update_fields=["stock"])
        refresh_listing([post.product.pk])
    post.product.refresh_from_db()
    return post.product
