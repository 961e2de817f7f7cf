"""Money in a conversation: its team asks for it, a shopper buys a thing."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chat import services as chat
from chat.forms import BuyForm
from chat.models import Conversation
from chat.selectors import Seat
from chat.views.base import number, own_page, seat_page
from core.pages import Request
from payments import selectors as payment_selectors
from payments import services as payments
from payments.forms import RequestForm, find_thing, things_of
from sellers.models import Product
from sellers.views.base import go, person_of


@seat_page
@require_http_methods(["GET", "POST"])
def ask(request: Request, seat: Seat) -> HttpResponse:
    """The channel's team asks the shopper of this conversation to pay."""
    if not seat.is_team:
        raise Http404
    talk = seat.conversation
    if request.method == "GET":
        return _show_ask(request, seat, _begin(talk, request.GET.get("thing", "")))
    form = RequestForm(channel=talk.channel, data=request.POST)
    if form.only_redraw or not form.is_valid():
        return _show_ask(request, seat, form)
    try:
        ask = chat.draft_money if form.as_draft else chat.request_money
        ask(conversation=talk, by=seat.person, key=form.sent_key, **form.terms())
    except (payments.Refused, chat.Refused) as refusal:
        form.refuse(refusal)
        form.renew_key()
        return _show_ask(request, seat, form)
    if form.as_draft:
        messages.success(request, _("Kept as a draft. Only your team sees it."))
    return go(request, f"{talk.get_absolute_url()}#newest")


def _begin(talk: Conversation, token: str) -> RequestForm:
    """With the thing of ``token``, else with what the talk is about; of several variants the team chooses one."""
    things = things_of(talk.product) if talk.product else []
    thing = find_thing(talk.channel, token) or (things[0] if len(things) == 1 else None)
    form = RequestForm(channel=talk.channel, thing=thing)
    form.found = things if thing is None else []
    return form


def _show_ask(request: Request, seat: Seat, form: RequestForm) -> HttpResponse:
    context = {"seat": seat, "conversation": seat.conversation, "channel": seat.conversation.channel, "form": form}
    fragment = ("#fields" if form.only_redraw else "#form") if request.htmx else ""
    return render(request, f"chat/money_form.html{fragment}", context, status=422 if form.is_bound else 200)


@own_page
@require_http_methods(["GET", "POST"])
def buy(request: Request, pk: int) -> HttpResponse:
    """Which variant, how many, where to; then to the pay page. With ``?total`` only the sum is drawn anew."""
    published = Product.objects.filter(post__state="published")
    product = get_object_or_404(published.select_related("channel", "cover", "category"), pk=pk)
    person, is_sum_only = person_of(request), "total" in request.GET
    form = BuyForm(
        request.POST if request.method == "POST" else None,
        product=product,
        person=person,
        variant=number(request.GET.get("variant")),
        addresses=payment_selectors.get_addresses(person),
        start={"country": request.market.country, "name": person.display_name, "phone": person.phone or ""},
        is_sum_only=is_sum_only,
    )
    if is_sum_only or not form.is_valid():
        return _show_buy(request, product, form)
    try:
        card = chat.buy(buyer=person, product=product, key=form.sent_key, **form.order())
    except (payments.Refused, chat.Refused) as refusal:
        form.renew_key()
        form.refuse(refusal)
        return _show_buy(request, product, form)
    assert card.money is not None  # noqa: S101 - for the type checker; a card has its request
    return go(request, "payments:pay", card.money.token)


def _show_buy(request: Request, product: Product, form: BuyForm) -> HttpResponse:
    context = {"product": product, "channel": product.channel, "form": form}
    try:
        chat.check_may_buy(person_of(request), product)
    except chat.Refused as refusal:
        context["why"] = str(refusal)
    fragment = ("#total" if form.is_sum_only else "#buy") if request.htmx else ""
    return render(request, f"chat/buy_form.html{fragment}", context, status=422 if form.is_bound else 200)
