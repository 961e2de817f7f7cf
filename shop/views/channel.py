"""A channel's public pages: stream, product display, about, one post."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from core.pages import BadCursor, Request, cache_for_guests, page_or_fragment
from payments import selectors as payments
from sellers.models import Channel
from shop import guests, pieces, structured
from shop.selectors import channel as channels


def _get(request: Request, handle: str) -> tuple[Channel, guests.Visitor]:
    visitor = guests.visitor(request)
    return channels.get_channel(visitor, handle), visitor


def _base(request: Request, channel: Channel, tab: str) -> dict[str, object]:
    head = None if request.htmx else pieces.keep_head(channel, tab, request.user)
    return {"channel": channel, "head": head}


@require_GET
@cache_for_guests
def channel(request: Request, handle: str) -> HttpResponse:
    """The stream; ``?at=<post>`` opens it at that post, in its place."""
    if handle != handle.lower():
        return redirect("shop:channel", handle.lower())
    shown, visitor = _get(request, handle)
    after, at = request.GET.get("after", ""), request.GET.get("at", "")
    if at and not (at.isascii() and at.isdigit() and len(at) < 19):
        raise Http404
    try:
        stream = channels.get_stream(shown, visitor, after, int(at) if at else None)
    except BadCursor:
        raise Http404 from None
    context = _base(request, shown, "posts") | {
        "stream": stream,
        "posts": pieces.render_posts(stream.page.rows, eager=1, at=stream.at),
    }
    if not request.htmx:
        side = channels.get_tiles(shown, limit=channels.SIDE_TILES)
        context["tiles"] = pieces.render_tiles(shown, side, more=False)
    return page_or_fragment(request, "shop/channel.html", "posts", context)


@require_GET
@cache_for_guests
def display(request: Request, handle: str) -> HttpResponse:
    """All products as pictures; for htmx the tiles alone, for the sheet and for more."""
    shown, _visitor = _get(request, handle)
    try:
        tiles = channels.get_tiles(shown, request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    context = _base(request, shown, "display") | {"tiles": pieces.render_tiles(shown, tiles)}
    return page_or_fragment(request, "shop/display.html", "tiles", context)


@require_GET
@cache_for_guests
def about(request: Request, handle: str) -> HttpResponse:
    """What the seller says of herself, how to reach her, on which terms she sells."""
    shown, _visitor = _get(request, handle)
    context = _base(request, shown, "about") | {"trust": payments.get_trust(shown.pk)}
    return page_or_fragment(request, "shop/about.html", "about", context)


@require_GET
@cache_for_guests
def post(request: Request, handle: str, pk: int) -> HttpResponse:
    """One post with all its pictures."""
    shown, visitor = _get(request, handle)
    row = channels.get_post(shown, visitor, pk)
    context = {
        "channel": shown,
        "row": row,
        "description": " ".join(row.post.text.split())[: pieces.DESCRIPTION],
        "canonical": structured.absolute(row.post.get_absolute_url()),
        "preview_picture": structured.picture_address(row.pictures[0] if row.pictures else None),
    }
    return page_or_fragment(request, "shop/post.html", "post", context)
