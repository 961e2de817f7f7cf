"""What is picked for whoever looks, and her word about it."""

from collections.abc import Sequence
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_safe

from core import limits
from core.pages import Request, safe_next
from recommender import selectors as recommender
from recommender import services
from recommender.lookers import Looker, is_robot
from shop import cards, guests
from shop.selectors import product as products
from shop.selectors.lists import get_card_rows

SHELF, PAGE = 12, 36
LIMIT, SECONDS = 120, 60


class Card(NamedTuple):
    product_id: int
    html: SafeString  # the list item without its end: the menu comes inside
    reason: str


@ensure_csrf_cookie
@require_safe
def picks(request: Request) -> HttpResponse:
    """The shelf of the shop tab for htmx: nothing for who has no history. Else a page of its own."""
    visitor = guests.visitor(request)
    if request.htmx and not visitor.looker.is_known:
        return HttpResponse()
    found = recommender.get_picks(
        visitor.looker, request.market.code, limit=SHELF if request.htmx else PAGE, exclude=visitor.saves
    )
    shown = _cards(request, found)
    if not is_robot(request):
        _log(visitor.looker, found.rows)
    title = _("Popular now") if visitor.looker.is_held_out else _("Picked for you")
    context = {"title": title, "cards": shown, "because": found.titles.get(found.because or 0, "")}
    return render(request, "shop/picks.html#shelf" if request.htmx else "shop/picks.html", context)


def _cards(request: Request, found: recommender.Picks) -> list[Card]:
    """Each card by itself, for the price of one list."""
    picked = {pick.product_id: pick for pick in found.rows}
    rows = get_card_rows(picked)
    rendered = cards.render_shelves([([row], 0, False) for row in rows], request)
    return [
        Card(row.id, mark_safe(html[0].removesuffix("</li>")), _reason(picked[row.id], found.titles))  # noqa: S308 - ours
        for row, html in zip(rows, rendered, strict=True)
        if html
    ]


def _reason(pick: recommender.Pick, titles: dict[int, str]) -> str:
    if title := titles.get(pick.because or 0):
        return _("Because you looked at “{title}”.").format(title=title)
    if pick.probability < 1:
        return _("Chosen by chance, so that every channel is seen.")
    return _("Popular these days.")


def _log(looker: Looker, picked: Sequence[recommender.Pick]) -> None:
    shown = [services.Shown(pick.product_id, slot, pick.probability) for slot, pick in enumerate(picked)]
    services.record_impressions(looker=looker, place="picks", shown=shown)


@require_http_methods(["GET", "POST"])
def refuse(request: Request, pk: int) -> HttpResponse:
    """Not interested, or (``?on=0``) interested after all. For htmx the card goes and a toast says so."""
    product, on = products.get_product(guests.visitor(request), pk), request.GET.get("on", "1") != "0"
    question = _("Never pick “{name}” for you again?") if on else _("May “{name}” be picked for you again?")
    if request.method == "GET":
        back = safe_next(request, reverse("shop:picks"))
        context = {"question": question.format(name=product.title), "next": back, "action": request.get_full_path()}
        return render(request, "shop/switch.html", context)
    try:
        limits.take(f"switch:{request.user.pk or limits.client_address(request)}", limit=LIMIT, seconds=SECONDS)
    except limits.TooMany:
        return render(request, "429.html", status=429)
    if not request.user.is_authenticated:
        guests.begin(request)
    looker = guests.visitor(request).looker
    (services.refuse if on else services.take_back_refusal)(looker=looker, product=product)
    said = _("You will not see it here again.") if on else _("It may be picked for you again.")
    if request.htmx:
        return render(request, "shop/picks.html#said", {"said": said, "product": product, "on": on})
    messages.success(request, said)
    return redirect(safe_next(request, reverse("shop:picks")))
