"""Her no to a thing or to a channel, and the page where she takes it back."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from core.pages import BadCursor, Request, page_or_fragment, safe_next, tell_page
from recommender import selectors as recommender
from recommender import services
from recommender.lookers import Looker
from sellers.models import Channel
from shop import guests
from shop.selectors import channel as channels
from shop.selectors import product as products
from shop.selectors.person import get_hidden_channels, get_hidden_products
from shop.views.switches import switch


@switch
def refuse(request: Request, pk: int) -> HttpResponse:
    """Not interested in a thing, or (``?on=0``) interested after all. For htmx the card goes and a toast says so."""
    product, on = products.get_product(guests.visitor(request), pk), request.GET.get("on", "1") != "0"
    question = _("Never pick “{name}” for you again?") if on else _("May “{name}” be picked for you again?")
    said = _("You will not see it here again.") if on else _("It may be picked for you again.")
    words = {"question": question.format(name=product.title), "said": said}

    def write(looker: Looker) -> None:
        (services.refuse if on else services.take_back_refusal)(looker=looker, product=product)

    return _answer(request, on, write, words | {"undo": f"{reverse('shop:refuse', args=[pk])}?on=0&undo=1"})


@switch
def hide_seller(request: Request, pk: int) -> HttpResponse:
    """The same of the channel whose thing this is: a list of things knows no more of it."""
    return _hide(request, products.get_product(guests.visitor(request), pk).channel)


@switch
def hide(request: Request, handle: str) -> HttpResponse:
    """Show nothing of a channel where things and channels are picked, or (``?on=0``) show it again."""
    return _hide(request, channels.get_channel(guests.visitor(request), handle))


def _hide(request: Request, channel: Channel) -> HttpResponse:
    on = request.GET.get("on", "1") != "0"
    question = _("Pick nothing of {name} for you again?") if on else _("May things of {name} be picked for you again?")
    said = _("{name} is hidden") if on else _("{name} may be picked for you again.")
    words = {"question": question.format(name=channel.name), "said": said.format(name=channel.name)}

    def write(looker: Looker) -> None:
        (services.hide_channel if on else services.show_channel)(looker=looker, channel=channel)

    return _answer(request, on, write, words | {"undo": f"{reverse('shop:hide', args=[channel.handle])}?on=0&undo=1"})


def _answer(request: Request, on: bool, write: Callable[[Looker], None], context: dict[str, str]) -> HttpResponse:
    """The small page for GET; for a POST the word is kept, and htmx gets a toast with the way back."""
    if request.method == "GET":
        back = safe_next(request, reverse("shop:picks"))
        return render(request, "shop/switch.html", context | {"next": back, "action": request.get_full_path()})
    if not request.user.is_authenticated:
        guests.begin(request)
    write(guests.visitor(request).looker)
    if request.htmx:
        response = render(request, "shop/hidden.html#said", context | {"on": on, "is_undo": "undo" in request.GET})
        tell_page(response, "refused")  # lists of what is picked follow
        return response
    messages.success(request, context["said"])
    return redirect(safe_next(request, reverse("shop:picks")))


@ensure_csrf_cookie
@require_GET
def hidden(request: Request) -> HttpResponse:
    """Channels and things she said no to, each to be shown again."""
    looker = guests.visitor(request).looker
    try:
        page = recommender.get_refused_ids(looker, request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    context: dict[str, object] = {"page": page, "products": get_hidden_products(page.rows)}
    if not request.htmx:
        context["channels"] = get_hidden_channels(recommender.get_hidden_channel_ids(looker))
    return page_or_fragment(request, "shop/hidden.html", "things", context)
