"""Compare: the address says what is compared, so it can be shared; a cookie remembers it, so that links on pages that
guests share need not know it."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.pages import Request
from sellers.models import Product
from shop import guests
from shop.selectors import compare as things

COOKIE, COOKIE_SECONDS = "compare", 30 * 24 * 3600
ASKED = 8  # of an address; more are not looked at


class Column(NamedTuple):
    product: Product
    without_url: str
    replace_url: str


class Other(NamedTuple):
    product: Product
    url: str


def _numbers(texts: Sequence[str]) -> list[int]:
    fit = (text for text in texts[:ASKED] if text.isascii() and text.isdigit() and len(text) < 19)
    return list(dict.fromkeys(int(text) for text in fit))


def _url(ids: Sequence[int], **more: object) -> str:
    words = urlencode([*(("p", pk) for pk in ids), *more.items()])
    return f"{reverse('shop:compare')}?{words}" if words else reverse("shop:compare")


@require_safe
def compare(request: Request) -> HttpResponse:
    """The table of ``p``; ``with`` adds a thing to what was compared last, ``swap`` asks what is to stand in its place."""
    remembered = _numbers(request.COOKIES.get(COOKIE, "").split("."))
    if "with" in request.GET:
        return _add(request, remembered, _numbers(request.GET.getlist("with")))
    asked = _numbers(request.GET.getlist("p"))
    if not asked and remembered and "none" not in request.GET:
        return redirect(_url(remembered))
    products = things.get_compared(asked)
    response = render(request, "shop/compare.html", _context(request, products, len(asked)))
    return _remember(response, [product.pk for product in products], remembered)


def _add(request: Request, remembered: list[int], new: list[int]) -> HttpResponse:
    """To the table with the new thing; of another kind it begins a table, and in a full one its place is asked for."""
    if not (found := things.get_compared(new[:1])):
        raise Http404
    before = things.get_compared(remembered)
    together = things.get_compared([*(one.pk for one in before if one.pk != found[0].pk), found[0].pk])
    ids = [one.pk for one in together]
    if found[0].pk in ids:
        return redirect(_url(ids))
    if len(before) == things.MOST and before[0].category_id == found[0].category_id:
        return redirect(_url(ids, new=found[0].pk))
    if before:
        messages.info(request, _("A new comparison: only things of one kind and market stand side by side."))
    return redirect(_url([found[0].pk]))


def _context(request: Request, products: list[Product], asked: int) -> dict[str, object]:
    ids = [product.pk for product in products]
    swap = next((pk for pk in _numbers([request.GET.get("swap", "")]) if pk in ids), None)
    new = next((one for one in things.get_compared(_numbers([request.GET.get("new", "")])) if one.pk not in ids), None)
    rows, only = things.compare(products), "only" in request.GET
    return {
        "columns": _columns(products, ids, new),
        "rows": [row for row in rows if row.differs or not only],
        "same": sum(not row.differs for row in rows),
        "price_differs": len({one.price_minor for one in products}) > 1,
        "seller_differs": len({one.channel_id for one in products}) > 1,
        "only": only,
        "all_url": _url(ids),
        "only_url": _url(ids, only=1),
        "others": _others(request, products, ids, swap),
        "swapped": next((one for one in products if one.pk == swap), None),
        "new": new,
        "is_gone": len(ids) < asked,
    }


def _columns(products: list[Product], ids: list[int], new: Product | None) -> list[Column]:
    """Each with the ways to the table without it, and with ``new`` or another thing in its place."""
    columns = []
    for one in products:
        rest = [pk for pk in ids if pk != one.pk]
        replaced = _url([new.pk if pk == one.pk else pk for pk in ids]) if new else _url(ids, swap=one.pk)
        columns.append(Column(one, _url(rest) if rest else f"{_url([])}?none", replaced))
    return columns


def _others(request: Request, products: list[Product], ids: list[int], swap: int | None) -> list[Other]:
    """What else could stand there, while there is room or something is to be replaced."""
    if not products or (len(ids) == things.MOST and swap is None):
        return []
    found = things.get_others(guests.visitor(request), products)
    if swap is None:
        return [Other(one, _url([*ids, one.pk])) for one in found]
    return [Other(one, _url([one.pk if pk == swap else pk for pk in ids])) for one in found]


def _remember(response: HttpResponse, ids: list[int], before: list[int]) -> HttpResponse:
    if ids != before:
        words = ".".join(map(str, ids))
        secure = settings.CSRF_COOKIE_SECURE
        response.set_cookie(COOKIE, words, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=secure)
    return response
