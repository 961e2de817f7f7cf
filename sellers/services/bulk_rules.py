"""What a bulk edit makes of one product: pure, and checked like any other edit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from core.templatetags.bisat import number
from sellers.models import Category, Post
from sellers.models.bulk import BulkEdit
from sellers.selectors import CategoryNode, CategoryTree
from sellers.services.errors import BadPost, NotAllowed, Problems
from sellers.services.products import ProductData, VariantData, check_product

Kind = BulkEdit.Kind
STRICT = (Post.State.SCHEDULED, Post.State.PUBLISHED, Post.State.WAITING)  # they say what the public needs
ROUND_TO = {"IRR": 1000}  # minor units to which a percentage is rounded; in other currencies to one


def by_percent(price_minor: int, percent: int, currency: str) -> int:
    """The price changed by whole percents and rounded as its currency is written, half up."""
    step = ROUND_TO.get(currency, 1)
    return (price_minor * (100 + percent) * 2 + 100 * step) // (200 * step) * step


def change(data: ProductData, bulk: BulkEdit, tree: CategoryTree) -> ProductData:
    """What the product would say; ``stock_seen`` keeps units that are sold meanwhile. Raises NotAllowed with why not."""
    data = _as_seen(data)
    if bulk.kind == Kind.PRICE:
        return _set_price(data, bulk.value or 0)
    if bulk.kind in (Kind.PERCENT, Kind.AMOUNT):
        return _change_prices(data, _new_price(bulk))
    if bulk.kind in (Kind.STOCK, Kind.UNITS):
        return _change_stock(data, bulk)
    if bulk.kind == Kind.CATEGORY:
        return _move(data, bulk.category_id, tree)
    return data


def check(data: ProductData, post: Post, tree: CategoryTree) -> None:
    """Raises BadPost with what the product could not say."""
    problems = Problems()
    check_product(problems, data, strict=post.state in STRICT, tree=tree)
    problems.raise_as(BadPost)


def _as_seen(data: ProductData) -> ProductData:
    variants = tuple(replace(variant, stock_seen=variant.stock) for variant in data.variants)
    return replace(data, variants=variants, stock_seen=data.stock)


def _set_price(data: ProductData, price_minor: int) -> ProductData:
    if any(variant.price_minor is not None for variant in data.variants):
        raise NotAllowed(_("Its variants have prices of their own: change them by percent or by an amount."))
    return replace(data, price_minor=price_minor)


def _new_price(bulk: BulkEdit) -> Callable[[int], int]:
    value, currency = bulk.value or 0, bulk.channel.currency
    if bulk.kind == Kind.PERCENT:
        return lambda price: by_percent(price, value, currency)
    return lambda price: price + value


def _change_prices(data: ProductData, new: Callable[[int], int]) -> ProductData:
    def of(variant: VariantData) -> VariantData:
        return variant if variant.price_minor is None else replace(variant, price_minor=new(variant.price_minor))

    changed = replace(data, price_minor=new(data.price_minor), variants=tuple(of(one) for one in data.variants))
    if changed.lowest_price() <= 0 or any(changed.price_of(variant) <= 0 for variant in changed.variants):
        raise NotAllowed(_("Its price would not be above zero."))
    return changed


def _change_stock(data: ProductData, bulk: BulkEdit) -> ProductData:
    if data.variants:
        raise NotAllowed(_("It has variants; each has its own stock."))
    if bulk.kind == Kind.STOCK:
        return replace(data, stock=bulk.value)
    if data.stock is None:
        raise NotAllowed(_("It is made to order: there is no number to change."))
    left = data.stock + (bulk.value or 0)
    if left < 0:
        raise NotAllowed(_("There are only {n}.").format(n=number(data.stock)))
    return replace(data, stock=left)


def _move(data: ProductData, category_id: int | None, tree: CategoryTree) -> ProductData:
    """What the new category does not ask for is left out."""
    node: CategoryNode | Category | None = tree.by_id.get(category_id or 0)
    if node is None:
        raise NotAllowed(_("This category is gone."))
    asked = {attribute.slug for attribute in tree.attributes_of(node.pk)}
    kept = {slug: value for slug, value in data.attributes.items() if slug in asked}
    return replace(data, category=node, attributes=kept)


def facts_of(data: ProductData, state: str) -> dict[str, Any]:
    """What a bulk edit may change, as its rows keep it."""
    return {
        "price_minor": data.lowest_price(),
        "prices": [[variant.options, variant.price_minor] for variant in data.normalized().variants],
        "stock": data.total_stock(),
        "category": data.category.pk,
        "attributes": dict(data.attributes),
        "state": str(state),
    }


def take_back(now: ProductData, bulk: BulkEdit, before: dict[str, Any], after: dict[str, Any]) -> ProductData:
    """What the product says with the bulk edit taken back; units sold since stay sold. ``now`` is its data."""
    now = _as_seen(now)
    if bulk.kind in (Kind.PRICE, Kind.PERCENT, Kind.AMOUNT):
        prices = {frozenset(options.items()): price for options, price in before["prices"]}
        variants = tuple(
            replace(one, price_minor=prices.get(frozenset(one.options.items()), one.price_minor))
            for one in now.variants
        )
        return replace(now, price_minor=before["price_minor"], variants=variants)
    if bulk.kind in (Kind.STOCK, Kind.UNITS):
        return replace(now, stock=before["stock"], stock_seen=after["stock"])
    return replace(now, category=Category(pk=before["category"]), attributes=before["attributes"])
