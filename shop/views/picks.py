"""What is picked for whoever looks, each with its reason."""

from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from core.pages import Request, numbers_in
from recommender import selectors as recommender
from recommender import services
from recommender.lookers import Looker, is_robot
from shop import cards, guests
from shop.selectors.lists import get_card_rows

SHELF, PAGE = 12, 16
MOST = 10 * PAGE  # that one visitor goes through


class Card(NamedTuple):
    product_id: int
    html: SafeString  # the list item without its end: the menu comes inside
    reason: str


@ensure_csrf_cookie
@require_safe
def picks(request: Request) -> HttpResponse:
    """The shelf of the shop tab for htmx: for who has no history only what waits for the first save. Else a page of its
    own, or its list anew, or ``without`` some things what comes after them."""
    visitor, without = guests.visitor(request), numbers_in(request.GET.get("without", ""), MOST)
    is_page = not request.htmx or bool(without) or (request.htmx.target or "").endswith("#picked")
    if not is_page and not visitor.looker.is_known:
        return render(request, "shop/picks.html#waiting")
    asked = numbers_in(request.GET.get("count", ""), 1)  # cards that a list which follows a refusal showed
    limit = min(max([PAGE, *asked]), MOST) if is_page else SHELF
    found = recommender.get_picks(visitor.looker, request.market.code, limit=limit, exclude={*visitor.saves, *without})
    shown = _cards(request, found)
    if not is_robot(request):
        _log(visitor.looker, found.rows, len(without))
    title = _("Popular now") if visitor.looker.is_held_out or visitor.is_quiet else _("Picked for you")
    context: dict[str, object] = {"title": title, "cards": shown, "because": found.titles.get(found.because or 0, "")}
    context["are_more"] = bool(without and request.htmx)  # below others, whose icons they use
    if is_page and len(found.rows) == limit and len(without) < MOST:
        seen = ",".join(str(pk) for pk in (*without, *(pick.product_id for pick in found.rows)))
        context["more_url"] = f"{reverse('shop:picks')}?without={seen}"
    fragment = ("#more" if without else "#list" if is_page else "#shelf") if request.htmx else ""
    return render(request, f"shop/picks.html{fragment}", context)


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
    if pick.is_drawn:
        return _("Chosen by chance, so that every channel is seen.")
    return _("Popular these days.")


def _log(looker: Looker, picked: Sequence[recommender.Pick], first: int) -> None:
    shown = [services.Shown(pick.product_id, slot, pick.probability) for slot, pick in enumerate(picked, first)]
    services.record_impressions(looker=looker, place="picks", shown=shown)
