"""A conversation as its two sides see it: reading, writing, opening one."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from chat import presence, selectors
from chat import services as chat
from chat.forms import MessageForm
from chat.models import Conversation, Message, Side
from chat.models.messages import MAX_PICTURES
from chat.selectors import Seat
from chat.views.base import number, own_page, seat_page
from core.pages import Request, safe_next
from sellers.forms import Photos
from sellers.models import Channel, Product
from sellers.views.base import person_of
from sellers.views.uploads import take_photos

PAGE = "chat/conversation.html"


@seat_page
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
@require_http_methods(["GET", "POST"])
def conversation(request: Request, seat: Seat) -> HttpResponse:
    """The thread; for htmx only lines of it. Looking at its newest page marks it as read."""
    if request.method == "POST":
        return _say(request, seat)
    if request.htmx:
        return _lines(request, seat)
    before = number(request.GET.get("before"))
    thread = selectors.get_messages(seat, before=before)
    if before is None:
        _see(seat, thread)
    return _show(request, seat, MessageForm(initial={"after": thread.last_id}), Photos(), thread=thread)


@seat_page
@require_GET
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
def newer(request: Request, seat: Seat) -> HttpResponse:
    """For a thread without scripts: how many messages it does not show yet."""
    thread = selectors.get_messages(seat, after=number(request.GET.get("after")) or 0)
    context = {"address": seat.conversation.get_absolute_url(), "count": len(thread.lines)}
    return render(request, "chat/newer.html", context)


def _lines(request: Request, seat: Seat) -> HttpResponse:
    """``after``: what is new, read at once if ``seen``; ``before``: an earlier page; ``only``: one message anew."""
    after, before, only = (number(request.GET.get(name)) for name in ("after", "before", "only"))
    thread = selectors.get_message(seat, only) if only else selectors.get_messages(seat, after=after, before=before)
    if after is not None and "seen" in request.GET:
        _see(seat, thread)
    return _answer(request, seat, thread)


def _answer(request: Request, seat: Seat, thread: selectors.Thread) -> HttpResponse:
    """Lines alone; the header ``More`` tells a page that it should ask once more for what came after them."""
    response = render(request, f"{PAGE}#lines", {"seat": seat, "thread": thread})
    if thread.has_later:
        response["More"] = "1"
    return response


def _see(seat: Seat, thread: selectors.Thread) -> None:
    """The person's side has seen the thread's end; asked of the database only where that is news."""
    if thread.last_id > seat.conversation.read_by(seat.side):
        chat.mark_read(conversation=seat.conversation, person=seat.person, up_to=thread.last_id)


def _show(request: Request, seat: Seat, form: MessageForm, photos: Photos, **more: Any) -> HttpResponse:
    """The whole page; ``problem`` says why the message in the form was not sent."""
    known = seat.conversation
    context: dict[str, Any] = {
        "seat": seat,
        "conversation": known,
        "channel": known.channel,
        "replies_within": "" if seat.is_team else selectors.get_reply_words(known.channel),
        "form": form,
        "photos": photos,
        "thread": more.get("thread") or _newest(seat),
        "blocks": selectors.get_block_sides(known),
        "unread": selectors.count_unread(seat.person),
        "stream_url": f"{settings.STREAM_URL}?{urlencode({'conversation': known.pk})}" if known.pk else "",
        "more_things": selectors.get_more_things(known),
    }
    if seat.is_team:
        context |= selectors.get_team_tools(seat) | {"typing": presence.who_types(known, seat.person)}
    context["inbox"] = selectors.get_inbox_beside(seat)
    return render(request, PAGE, context | more, status=422 if more.get("problem") else 200)


def _newest(seat: Seat) -> selectors.Thread:
    return selectors.get_messages(seat) if seat.conversation.pk else selectors.Thread([], 0, 0)


def _say(request: Request, seat: Seat) -> HttpResponse:
    """Sends what the form holds. htmx gets the lines that are new to the page, or the problem with status 422."""
    form, photos = MessageForm(request.POST), Photos.from_data(request.POST, seat.person.pk)
    too_many = _("{file}: a message has at most {n} pictures.")
    take_photos(request, photos, most=MAX_PICTURES, too_many=too_many)
    problem = " ".join(photos.errors)
    if not problem and form.is_valid():
        try:
            message = _send(seat, form.cleaned_data, photos)
        except chat.Refused as refusal:
            problem = str(refusal)
        else:
            return _sent(request, seat, message, form.cleaned_data["after"])
    problem = problem or str(next(iter(form.errors.values()))[0])
    if request.htmx:
        return render(request, f"{PAGE}#problem", {"problem": problem}, status=422)
    return _show(request, seat, form, photos, problem=problem)


def _send(seat: Seat, data: dict[str, Any], photos: Photos) -> Message:
    """Opens the conversation first where there is none."""
    asked = seat.conversation
    if not asked.pk:
        asked = chat.open_conversation(shopper=seat.person, channel=asked.channel, product=asked.product)
    product = None
    if data["product"]:
        product = Product.objects.listed().filter(channel=asked.channel, pk=data["product"]).first()
    return chat.send_message(
        conversation=asked,
        author=seat.person,
        text=data["text"],
        pictures=[photo.picture for photo in photos.items],
        product=product,
        client_id=data["client_id"],
    )


def _sent(request: Request, seat: Seat, message: Message, after: int | None) -> HttpResponse:
    address = message.conversation.get_absolute_url()
    if not request.htmx:
        return redirect(f"{address}#newest")
    if not seat.conversation.pk:
        return HttpResponseClientRedirect(address)
    thread = selectors.get_messages(seat, after=after or message.pk - 1)
    return _answer(request, seat, thread)


@own_page
@require_http_methods(["GET", "POST"])
def ask(request: Request, pk: int) -> HttpResponse:
    """To the conversation about a product; before its first word there is only the page to write it on."""
    products = Product.objects.listed().select_related("channel__avatar", "channel__reply_time", "cover", "category")
    product = get_object_or_404(products, pk=pk)
    return _open(request, product.channel, product)


@own_page
@require_http_methods(["GET", "POST"])
def message(request: Request, handle: str) -> HttpResponse:
    """To the conversation with a channel about no certain thing."""
    channels = Channel.objects.visible().select_related("avatar", "reply_time")
    return _open(request, get_object_or_404(channels, handle__iexact=handle), None)


def _open(request: Request, channel: Channel, product: Product | None) -> HttpResponse:
    person = person_of(request)
    known = Conversation.objects.begun().filter(shopper=person, channel=channel, product=product).first()
    if known and request.method == "GET":
        return redirect(known)
    seat = Seat(known or Conversation(shopper=person, channel=channel, product=product), person, Side.SHOPPER)
    try:
        chat.check_may_ask(person, channel)
    except chat.Refused as refusal:
        return render(request, "chat/refused.html", {"channel": channel, "product": product, "why": str(refusal)})
    if request.method == "POST":
        return _say(request, seat)
    start = {"text": selectors.get_variant_words(product, number(request.GET.get("variant"))) if product else ""}
    return _show(request, seat, MessageForm(initial=start), Photos())


@own_page
@require_GET
def about_request(request: Request, token: str) -> HttpResponse:
    """From a money request's own page to where it stands in its thread."""
    return redirect(selectors.get_card_address(person_of(request), token))


@seat_page
@require_GET
def products(request: Request, seat: Seat) -> HttpResponse:
    """The channel's things, for its team to show one of them in the thread."""
    if not seat.is_team:
        raise Http404
    words = request.GET.get("q", "")[:80]
    found = selectors.get_channel_things(seat.conversation.channel, words)
    context = {
        "seat": seat,
        "conversation": seat.conversation,
        "products": found,
        "words": words,
        "form": MessageForm(),
    }
    return render(request, f"chat/products.html{'#things' if request.htmx else ''}", context)


@seat_page
@require_POST
def typing(request: Request, seat: Seat) -> HttpResponse:
    """Somebody of the team begins to answer; her colleagues see it."""
    if seat.is_team:
        presence.note_typing(conversation=seat.conversation, person=seat.person)
    return HttpResponse(status=204)


@seat_page
@require_GET
def answering(request: Request, seat: Seat) -> HttpResponse:
    """Which colleague is writing, if any."""
    name = presence.who_types(seat.conversation, seat.person) if seat.is_team else ""
    return render(request, f"{PAGE}#answering", {"typing": name, "conversation": seat.conversation})


@seat_page
@require_POST
def block(request: Request, seat: Seat) -> HttpResponse:
    """Stops the other side from writing (``on=1``), or lets it write again."""
    (chat.block if request.POST.get("on") == "1" else chat.unblock)(conversation=seat.conversation, by=seat.person)
    return redirect(safe_next(request, seat.conversation.get_absolute_url()))
