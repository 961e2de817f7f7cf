"""A person's channels, opening one, and the home of each."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.pages import Request
from sellers import pieces, selectors
from sellers import services as sellers
from sellers.forms import OnePicture, OpenChannelForm, suggest_handle
from sellers.models import Channel, Role
from sellers.views import uploads
from sellers.views.base import can_edit, desk, go, person_of, signed_in, team_page


@signed_in
@require_GET
def home(request: Request) -> HttpResponse:
    """The person's channels; whoever has one goes straight to it."""
    channels = selectors.get_own_channels(person_of(request))
    if len(channels) == 1:
        return redirect("dashboard:channel", channels[0].handle)
    for channel in channels:
        channel.my_role_label = Role(channel.my_role).label  # type: ignore[attr-defined]
    return render(request, "sellers/channel_list.html", {"channels": channels})


@signed_in
@require_http_methods(["GET", "POST"])
def open_channel(request: Request) -> HttpResponse:
    person = person_of(request)
    if request.method == "GET":
        start = {"market": person.market, "language": get_language(), "hue": person.pk % 12}
        return _show_opening(request, OpenChannelForm(initial=start), None, None)
    form = OpenChannelForm(request.POST)
    avatar = uploads.take_one(request, "avatar", _("Avatar"))
    cover = uploads.take_one(request, "cover", _("Cover"))
    if not form.is_valid() or avatar.error or cover.error:
        return _show_opening(request, form, avatar, cover)
    try:
        fields = form.cleaned_data | {"avatar": avatar.picture, "cover": cover.picture}
        channel = sellers.submit_channel(channel=sellers.create_channel(owner=person, **fields), by=person)
    except sellers.HandleTaken as refusal:
        if any(own.handle == form.cleaned_data["handle"] for own in selectors.get_own_channels(person)):
            return go(request, "dashboard:opened", form.cleaned_data["handle"])  # the form was sent twice
        form.add_error("handle", str(refusal))
    except sellers.Refused as refusal:
        _add_refusal(form, refusal)
    else:
        return go(request, "dashboard:opened", channel.handle)
    return _show_opening(request, form, avatar, cover)


def _add_refusal(form: Any, refusal: sellers.Refused) -> None:
    """Puts what a service refused beside its fields."""
    for field, sentences in getattr(refusal, "problems", {refusal.field: [str(refusal)]}).items():
        form.add_error(field if field in form.fields else None, list(sentences))


def _show_opening(
    request: Request, form: OpenChannelForm, avatar: OnePicture | None, cover: OnePicture | None
) -> HttpResponse:
    context = {
        "form": form,
        "avatar": avatar or OnePicture("avatar", _("Avatar")),
        "cover": cover or OnePicture("cover", _("Cover")),
    }
    fragment = "#opening" if request.htmx else ""
    return render(request, f"sellers/channel_open.html{fragment}", context, status=422 if form.is_bound else 200)


@signed_in
@require_GET
def handle_check(request: Request) -> HttpResponse:
    """While the person types: is the address free? A name given first makes a suggestion."""
    asked, suggested = request.GET.get("handle", ""), request.GET.get("suggested", "")
    if "name" in request.GET and asked in ("", suggested):
        asked = suggested = suggest_handle(request.GET["name"])
        form = OpenChannelForm(initial={"handle": asked})
        fragment = "handle"
    else:
        form, fragment = OpenChannelForm(initial={"handle": asked}), "handle-note"
    context = {"form": form, "suggested": suggested, "handle": asked} | _availability(asked)
    return render(request, f"sellers/channel_open.html#{fragment}", context)


def _availability(asked: str) -> dict[str, Any]:
    if not asked:
        return {}
    try:
        handle = sellers.clean_handle(asked)
    except sellers.BadHandle as refusal:
        return {"handle_problem": str(refusal)}
    if sellers.is_handle_free(handle):
        return {"handle": handle, "handle_free": True}
    return {"handle_problem": str(sellers.HandleTaken())}


@team_page(Role.VIEWER)
@require_GET
def opened(request: Request, channel: Channel) -> HttpResponse:
    """Where the channel stands, and what can be done meanwhile."""
    transitions = selectors.get_transitions(channel)
    return render(
        request, "sellers/channel_opened.html", desk(channel, "", last=transitions[0] if transitions else None)
    )


@team_page(Role.MANAGER)
@require_POST
def submit(request: Request, channel: Channel) -> HttpResponse:
    try:
        sellers.submit_channel(channel=channel, by=person_of(request))
    except sellers.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return go(request, "dashboard:opened", channel.handle)


@team_page(Role.VIEWER)
@require_GET
def channel(request: Request, channel: Channel) -> HttpResponse:
    stats, todo, missing = selectors.get_channel_stats(channel), selectors.get_todo(channel), _missing(channel)
    followers = _totals(channel.follower_count, stats.followers_by_day)
    is_quiet = channel.shown_state == Channel.State.OPEN and not (
        missing or todo.without_picture or todo.sold_out or todo.drafts
    )
    context = desk(
        channel,
        "home",
        stats=stats,
        followers=followers,
        follower_totals=[total for _date, total in followers],
        todo=todo,
        missing=missing,
        nothing_to_do=is_quiet,
        posts=pieces.render_rows(
            channel, selectors.get_dashboard_posts(channel, limit=5).rows, can_edit=can_edit(channel), short=True
        ),
    )
    return render(request, "sellers/channel_home.html", context)


def _totals(now: int, gained: list[tuple[dt.date, int]]) -> list[tuple[dt.date, int]]:
    """How many of today's followers were there at the end of each day."""
    totals = []
    for date, new in reversed(gained):
        totals.append((date, now))
        now -= new
    return totals[::-1]


def _missing(channel: Channel) -> list[str]:
    """What shoppers would look for and not find."""
    wanted = [
        (channel.avatar_id, _("an avatar")),
        (channel.about, _("a few words about you")),
        (channel.delivery, _("how you deliver")),
        (channel.returns, _("how returns work")),
        (channel.public_email or channel.public_phone or channel.public_link, _("a way to reach you")),
    ]
    return [words for there, words in wanted if not there]
