"""What a team does with a conversation and how it sets up its inbox."""

from babel.dates import get_timezone_location
from django.contrib import messages
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from chat import services as chat
from chat.forms import LabelForm, OfficeHoursForm, SavedReplyForm
from chat.models import OfficeHours
from chat.selectors import Seat
from chat.views.base import inbox_page, number, team_seat_page
from core.markets import MARKETS
from core.money import babel_locale
from core.pages import Request
from sellers.models import Channel
from sellers.views.base import desk


@team_seat_page
@require_POST
def assign(request: Request, seat: Seat) -> HttpResponse:
    """Takes the conversation, hands it to somebody of the team, or gives it back to all (``to`` empty)."""
    to = number(request.POST.get("to"))
    try:
        chat.assign(conversation=seat.conversation, by=seat.person, to=get_object_or_404(User, pk=to) if to else None)
    except chat.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(seat.conversation)


@team_seat_page
@require_POST
def archive(request: Request, seat: Seat) -> HttpResponse:
    """Out of the inbox (``on=1``), or back."""
    on = request.POST.get("on") == "1"
    chat.archive(conversation=seat.conversation, by=seat.person, on=on)
    messages.success(request, _("Archived. The shopper's next word brings it back.") if on else _("Back in the inbox."))
    return redirect("chat:team_inbox", seat.conversation.channel.handle)


@team_seat_page
@require_POST
def labels(request: Request, seat: Seat) -> HttpResponse:
    """Exactly the ticked labels."""
    chosen = [pk for value in request.POST.getlist("label") if (pk := number(value))]
    found = list(seat.conversation.channel.chat_labels.filter(pk__in=chosen))
    chat.set_labels(conversation=seat.conversation, by=seat.person, labels=found)
    return redirect(seat.conversation)


def _settings(request: Request, channel: Channel, **forms: ModelForm) -> HttpResponse:
    """The page with its three forms, one of them perhaps with errors."""
    hours = OfficeHours.objects.filter(channel=channel).first() or OfficeHours(days=[0, 1, 2, 3, 4])
    context = {
        "label_form": LabelForm(prefix="label"),
        "reply_form": SavedReplyForm(prefix="reply"),
        "hours_form": OfficeHoursForm(instance=hours),
        "labels": channel.chat_labels.order_by("name", "pk"),
        "replies": channel.saved_replies.order_by("title", "pk"),
        "time_zone": get_timezone_location(MARKETS[channel.market].time_zone, babel_locale(), return_city=True),
    }
    status = 422 if forms else 200
    return render(request, "chat/settings.html", desk(channel, "chats", **context | forms), status=status)


@inbox_page
@require_GET
def settings(request: Request, channel: Channel) -> HttpResponse:
    return _settings(request, channel)


@inbox_page
@require_POST
def label_add(request: Request, channel: Channel) -> HttpResponse:
    form = LabelForm(request.POST, prefix="label")
    try:
        if form.is_valid():
            chat.add_label(channel=channel, **form.cleaned_data)
            return redirect("chat:settings", channel.handle)
    except chat.Refused as refusal:
        form.add_error("name", str(refusal))
    return _settings(request, channel, label_form=form)


@inbox_page
@require_POST
def label_remove(request: Request, channel: Channel, pk: int) -> HttpResponse:
    get_object_or_404(channel.chat_labels, pk=pk).delete()
    return redirect("chat:settings", channel.handle)


@inbox_page
@require_POST
def reply_add(request: Request, channel: Channel) -> HttpResponse:
    form = SavedReplyForm(request.POST, prefix="reply")
    try:
        if form.is_valid():
            chat.save_reply(channel=channel, **form.cleaned_data)
            return redirect("chat:settings", channel.handle)
    except chat.Refused as refusal:
        form.add_error("title", str(refusal))
    return _settings(request, channel, reply_form=form)


@inbox_page
@require_POST
def reply_remove(request: Request, channel: Channel, pk: int) -> HttpResponse:
    get_object_or_404(channel.saved_replies, pk=pk).delete()
    return redirect("chat:settings", channel.handle)


@inbox_page
@require_POST
def hours(request: Request, channel: Channel) -> HttpResponse:
    form = OfficeHoursForm(request.POST, instance=OfficeHours(channel=channel))
    if not form.is_valid():
        return _settings(request, channel, hours_form=form)
    chat.set_office_hours(channel=channel, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("chat:settings", channel.handle)
