"""What people read about a bulk edit: what it is, and what a product says before and after it."""

from typing import Any

from django.utils.translation import gettext as _

from core.money import format_money
from core.templatetags.bisat import number, percent
from sellers.models import Post
from sellers.models.bulk import BulkEdit
from sellers.selectors import CategoryTree

Kind = BulkEdit.Kind


def describe(bulk: BulkEdit) -> str:
    """ "Price −10%", "Stock: 5" and the like."""
    value, currency = bulk.value or 0, bulk.channel.currency
    sign, size = "+" if value > 0 else "−", abs(value)
    words = {
        Kind.PRICE: (_("Price: {value}"), format_money(size, currency)),
        Kind.PERCENT: (_("Price {value}"), sign + percent(size / 100)),
        Kind.AMOUNT: (_("Price {value}"), sign + format_money(size, currency)),
        Kind.STOCK: (_("Stock: {value}"), _units(bulk.value)),
        Kind.UNITS: (_("Stock {value}"), sign + number(size)),
        Kind.CATEGORY: (_("Category: {value}"), str(bulk.category or "–")),
        Kind.ARCHIVE: (_("Archive"), ""),
    }
    sentence, shown = words[Kind(bulk.kind)]
    return sentence.format(value=shown)


def _units(stock: int | None) -> str:
    return _("Made to order") if stock is None else number(stock)


def said(bulk: BulkEdit, facts: dict[str, Any], tree: CategoryTree) -> str:
    """The one thing of a row's facts that the bulk edit is about."""
    if bulk.kind in (Kind.PRICE, Kind.PERCENT, Kind.AMOUNT):
        return format_money(facts["price_minor"], bulk.channel.currency)
    if bulk.kind in (Kind.STOCK, Kind.UNITS):
        return _units(facts["stock"])
    if bulk.kind == Kind.CATEGORY:
        return str(tree.by_id.get(facts["category"], "–"))
    return str(Post.State(facts["state"]).label)
