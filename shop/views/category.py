"""A category with all that is filed below it."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.pages import Request, cache_for_guests
from sellers import selectors as sellers
from shop.facets import Scope
from shop.listing import answer, get_listing
from shop.selectors.lists import Sort

SORTS = (Sort.POPULAR, Sort.NEWEST, Sort.CHEAPEST, Sort.DEAREST)


@require_safe
@cache_for_guests
def category(request: Request, slug: str) -> HttpResponse:
    tree = sellers.get_category_tree()
    node = tree.by_slug.get(slug)
    if node is None:
        raise Http404
    scope = Scope(request.market.code, node.id, node.is_leaf)
    above = tree.path_of(node)[:-1]
    context = {
        "category": node,
        "crumbs": [
            (_("Shop"), reverse("shop:tab")),
            *((str(step), step.get_absolute_url()) for step in above),
            (str(node), ""),
        ],
        "listing": get_listing(request, scope, SORTS, node),
        "wider": above[-1] if above else None,
    }
    return answer(request, "shop/category.html", context)
