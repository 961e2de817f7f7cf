"""A money request: its page, its card alone, its receipt; and the buyer's list of them."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.pages import BadCursor, Request, page_or_fragment
from payments import cards, selectors, talks
from payments.models import MoneyRequest
from payments.views.base import own_page, person_of, request_page


@request_page
@require_GET
def request(request: Request, money: MoneyRequest) -> HttpResponse:
    person = person_of(request)
    shown = cards.get_card(money, person)
    context = {
        "card": shown,
        "talk_url": talks.get_address(money),
        "address": selectors.visible_address(money, person),
        "transitions": selectors.get_transitions(money),
        "refunds": selectors.get_refund_requests(money),
        "dispute": selectors.get_dispute(money) if shown.dispute else None,
        "attempts": money.attempts.filter(person=person.pk).order_by("-pk")[:5],
    }
    return render(request, "payments/request_detail.html", context)


@request_page
@require_GET
def card(request: Request, money: MoneyRequest) -> HttpResponse:
    """The card alone, to be swapped in where it stands; ``?live`` for one that asks for itself now and then."""
    shown = cards.get_card(money, person_of(request))
    shown.is_live = "live" in request.GET
    return render(request, "payments/_money_card.html", {"card": shown})


@request_page
@require_GET
def receipt(request: Request, money: MoneyRequest) -> HttpResponse:
    """What was paid, to whom and when; there is none before it is paid."""
    if money.paid_at is None:
        raise Http404
    person = person_of(request)
    context = {
        "card": cards.get_card(money, person),
        "address": selectors.visible_address(money, person),
        "payment": money.attempts.filter(pays_request=True).first(),
    }
    return render(request, "payments/request_receipt.html", context)


@own_page
@require_GET
def purchases(request: Request) -> HttpResponse:
    """What a person was asked to pay or bought, newest first."""
    person = person_of(request)
    try:
        page = selectors.get_purchases(person, after=request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    context = {"page": page, "cards": cards.get_cards(page.rows, person)}
    return page_or_fragment(request, "payments/purchase_list.html", "more", context)
