"""Things of one kind side by side: what each says, and where they differ."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.bisat import number
from sellers import selectors as sellers
from sellers.models import Product, Variant
from shop.guests import Visitor
from shop.selectors.person import get_recent_ids

MOST = 4
SPECIFICATIONS = 40
OTHERS = 8


class Row(NamedTuple):
    """One fact of each thing, empty where it says nothing. ``is_own``: in the sellers' own words."""

    name: str
    cells: list[str]
    is_own: bool = False

    @property
    def differs(self) -> bool:
        return len({cell.casefold() for cell in self.cells}) > 1


def get_compared(ids: Sequence[int]) -> list[Product]:
    """The first MOST of these that everybody may see and that are of one kind and market with the first, each with
    ``has_dearer``; one query, none for none."""
    if not ids:
        return []
    dearer = Variant.objects.filter(product=OuterRef("pk"), price_minor__gt=OuterRef("price_minor"))
    rows = Product.objects.listed().filter(pk__in=ids).select_related("cover", "category", "channel")
    found: dict[int, Product] = {
        product.pk: product for product in rows.annotate(has_dearer=Exists(dearer)).order_by("pk")
    }
    shown = [found[pk] for pk in dict.fromkeys(ids) if pk in found]
    alike = [one for one in shown if (one.category_id, one.market) == (shown[0].category_id, shown[0].market)]
    return alike[:MOST]


def compare(products: Sequence[Product]) -> list[Row]:
    """The rows of their table: what all products say, their category's attributes, then their sellers' own words."""
    rows = [
        Row(_("Stock"), [_stock(product) for product in products]),
        Row(_("Condition"), [product.get_condition_display() for product in products]),
        Row(_("Brand"), [product.brand for product in products]),
        *_named([dict(sellers.get_facts(product)) for product in products]),
        Row(_("City"), [product.channel.city for product in products], is_own=True),
        Row(_("Delivery"), [product.delivery or product.channel.delivery for product in products], is_own=True),
        Row(_("Returns"), [product.returns or product.channel.returns for product in products], is_own=True),
        *_named([product.specifications for product in products], is_own=True)[:SPECIFICATIONS],
    ]
    return [row for row in rows if any(row.cells)]


def _named(facts: Sequence[dict[str, str]], *, is_own: bool = False) -> list[Row]:
    names = dict.fromkeys(name for each in facts for name in each)
    return [Row(name, [str(each.get(name, "")) for each in facts], is_own) for name in names]


def _stock(product: Product) -> str:
    if product.channel.is_away:
        return _("On holiday")
    if product.stock is None:
        return _("Made to order")
    if product.stock == 0:
        return _("Sold out")
    return ngettext("{n} in stock", "{n} in stock", product.stock).format(n=number(product.stock))


def get_others(visitor: Visitor, products: Sequence[Product]) -> list[Product]:
    """What else could stand there: things of the same kind, those she looked at lately first, then the popular; two
    queries, one where nothing was looked at."""
    first, recent = products[0], get_recent_ids(visitor, 50)
    is_recent = Case(When(pk__in=recent, then=Value(0)), default=Value(1), output_field=IntegerField())
    alike = Q(category=first.category_id, market=first.market)
    rows = Product.objects.listed().filter(alike).exclude(pk__in=[product.pk for product in products])
    return list(rows.select_related("cover", "category", "channel").order_by(is_recent, "-popularity", "-pk")[:OTHERS])
