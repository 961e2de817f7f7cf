"""A shopper's chats, a team's inbox, and how much of them is unread."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from chat import selectors
from chat.selectors import InboxFilter
from chat.views.base import inbox_page, number, own_page
from core.pages import BadCursor, Request, page_or_fragment
from sellers.models import Channel
from sellers.views.base import desk, person_of

SHOWN = {
    "": _("All"),
    "unread": _("Unread"),
    "mine": _("Mine"),
    "unassigned": _("Nobody's"),
    "archived": _("Archived"),
}


@own_page
@require_GET
def inbox(request: Request) -> HttpResponse:
    """What one talks about with channels, and the way to the inboxes of one's own; for htmx only the rows."""
    person, words = person_of(request), request.GET.get("q", "")
    try:
        page = selectors.get_own_inbox(person, words=words, after=request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    context = {"page": page, "words": words, "side": "shopper", "here": number(request.GET.get("here"))}
    if not request.htmx:
        context |= {
            "teams": selectors.get_team_inboxes(person),
            "unread": selectors.count_unread(person),
            "stream_url": settings.STREAM_URL,
        }
    return page_or_fragment(request, "chat/inbox.html", "rows", context)


@inbox_page
@require_GET
def team_inbox(request: Request, channel: Channel) -> HttpResponse:
    """A channel's conversations, filtered by the address; for htmx only the rows."""
    person, chosen = person_of(request), number(request.GET.get("label"))
    label = get_object_or_404(channel.chat_labels, pk=chosen) if chosen else None
    show = request.GET.get("show", "")
    wanted = InboxFilter(show if show in SHOWN else "", label, request.GET.get("q", ""))
    try:
        page = selectors.get_team_inbox(channel, person, wanted, after=request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    context = {"page": page, "words": wanted.words, "side": "channel", "here": number(request.GET.get("here"))}
    if not request.htmx:
        context |= desk(channel, "chats", wanted=wanted, shown=SHOWN.items())
        context |= {
            "labels": channel.chat_labels.order_by("name", "pk"),
            "unread": selectors.count_unread(person),
            "stream_url": f"{settings.STREAM_URL}?{urlencode({'channel': channel.handle})}",
        }
    return page_or_fragment(request, "chat/team_inbox.html", "rows", context)


@require_GET
def unread(request: Request) -> HttpResponse:
    """The badge of the navigation; nothing for a guest."""
    if not request.user.is_authenticated:
        return HttpResponse(status=204)
    return render(request, "chat/unread.html", {"unread": selectors.count_unread(person_of(request))})
