"""Telling staff about a channel, a post, or the other side of a conversation."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chat import selectors
from chat import services as chat
from chat.forms import ConversationReportForm, ReportForm
from chat.selectors import Seat
from chat.views.base import own_page, seat_page
from core.pages import Request
from sellers.models import Channel, Post
from sellers.views.base import person_of

LAST = 10  # messages one may hand over


def _posted(request: Request) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _ask(request: Request, form: Form, name: str, back: str, **subject: Any) -> HttpResponse:
    """The form, or what comes of it; ``subject`` is what the report is about unless the form chose a message."""
    if form.is_valid():
        data = form.cleaned_data
        try:
            chat.report(reporter=person_of(request), reason=data["reason"], text=data["text"], **subject)
        except chat.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you. Our staff will look at it."))
            return redirect(back)
    status = 422 if form.is_bound else 200
    return render(request, "chat/report_form.html", {"form": form, "name": name, "back": back}, status=status)


@own_page
@require_http_methods(["GET", "POST"])
def report_channel(request: Request, handle: str) -> HttpResponse:
    channel = get_object_or_404(Channel.objects.visible(), handle__iexact=handle)
    form = ReportForm(_posted(request))
    return _ask(request, form, channel.name, channel.get_absolute_url(), channel=channel)


@own_page
@require_http_methods(["GET", "POST"])
def report_post(request: Request, handle: str, pk: int) -> HttpResponse:
    posts = Post.objects.visible().select_related("channel")
    post = get_object_or_404(posts, channel__handle__iexact=handle, pk=pk)
    name = _("a post of {name}").format(name=post.channel.name)
    return _ask(request, ReportForm(_posted(request)), name, post.get_absolute_url(), post=post)


@seat_page
@require_http_methods(["GET", "POST"])
def report_conversation(request: Request, seat: Seat) -> HttpResponse:
    """The channel, or the shopper, or one message of theirs."""
    lines = [line.message for line in selectors.get_messages(seat).lines if line.message.side == seat.other][-LAST:]
    known = {message.pk: message for message in lines}
    choices = [(message.pk, Truncator(str(message)).chars(60)) for message in reversed(lines)]
    form = ConversationReportForm(_posted(request), messages=choices)
    subject: dict[str, Any] = {"channel": seat.conversation.channel}
    if seat.is_team:
        subject = {"person": seat.conversation.shopper}
    if form.is_valid() and (chosen := form.cleaned_data["message"]):
        subject = {"message": known[chosen]}
    return _ask(request, form, seat.other_name, seat.conversation.get_absolute_url(), **subject)
