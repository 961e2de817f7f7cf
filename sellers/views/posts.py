"""The list of posts, and what its rows can do."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from core.pages import BadCursor, Request, safe_next
from sellers import pieces, selectors
from sellers import services as sellers
from sellers.forms import PostForm
from sellers.models import Channel, Post, Role
from sellers.views.base import can_edit, desk, go, person_of, team_page

KINDS = ("product", "text")
NEEDS = ("picture", "sold-out")
SENT_TO_STAFF = gettext_lazy("Sent. Staff look at the first products of a channel; you hear of it.")
ROWS = 18  # a page with long titles stays under 30 KB


def _one_of(value: str, known: Any) -> str:
    return value if value in known else ""


@team_page(Role.VIEWER)
@require_GET
def posts(request: Request, channel: Channel) -> HttpResponse:
    chosen: dict[str, Any] = {
        "state": _one_of(request.GET.get("state", ""), Post.State.values),
        "kind": _one_of(request.GET.get("kind", ""), KINDS),
        "todo": _one_of(request.GET.get("todo", ""), NEEDS),
        "words": request.GET.get("q", "").strip()[:100],
    }
    after = request.GET.get("after", "")
    try:
        page = selectors.get_dashboard_posts(channel, after=after, limit=ROWS, **chosen)
    except BadCursor:
        page, after = selectors.get_dashboard_posts(channel, limit=ROWS, **chosen), ""
    rows = pieces.render_rows(channel, page.rows, can_edit=can_edit(channel))
    context = desk(channel, "posts", page=page, rows=rows, chosen=chosen, states=Post.State.choices)
    part = ("#more" if after else "#results") if request.htmx else ""
    return render(request, f"sellers/post_list.html{part}", context)


def _list_url(request: Request, channel: Channel) -> str:
    """The list one came from, filters and all; under htmx it is the page that is still there."""
    default = reverse("dashboard:posts", args=[channel.handle])
    seen = (request.htmx.current_url_abs_path or "") if request.htmx else ""
    return safe_next(request, seen if seen.startswith(default) else default)


def _answer(request: Request, channel: Channel, pk: int, said: str = "", refused: str = "") -> HttpResponse:
    """The row as it is now with a toast, or the page one came from."""
    (messages.error if refused else messages.success)(request, refused or said)
    if not request.htmx:
        return go(request, _list_url(request, channel))
    post = selectors.get_dashboard_post(channel, pk)
    context = desk(channel, "posts", post=post, back=_list_url(request, channel), oob=True)
    return render(request, "sellers/_post_row.html", context)


@team_page(Role.VIEWER)
@require_GET
def post_actions(request: Request, channel: Channel, pk: int) -> HttpResponse:
    """What can be done with one post: its row, opened; asked for when wanted, so that lists stay light."""
    post = selectors.get_dashboard_post(channel, pk)
    context = desk(channel, "posts", post=post, back=_list_url(request, channel), open=not request.GET.get("close"))
    name = "_post_row" if request.htmx else "post_actions"
    return render(request, f"sellers/{name}.html", context)


def _change(
    request: Request, channel: Channel, pk: int, service: Callable[..., Any], said: str, **how: Any
) -> HttpResponse:
    """One of the row's buttons: calls ``service`` and says what happened."""
    person = person_of(request)
    post = selectors.get_own_post(person, channel.handle, pk, Role.MANAGER)
    try:
        changed = service(post=post, by=person, **how)
    except sellers.Refused as refusal:
        return _answer(request, channel, pk, refused=str(refusal))
    return _answer(request, channel, pk, str(SENT_TO_STAFF) if changed.state == Post.State.WAITING else said)


@team_page(Role.MANAGER)
@require_POST
def publish(request: Request, channel: Channel, pk: int) -> HttpResponse:
    return _change(request, channel, pk, sellers.publish_post, _("Published."))


@team_page(Role.MANAGER)
@require_POST
def schedule(request: Request, channel: Channel, pk: int) -> HttpResponse:
    form = PostForm(request.POST)
    publish_at = form.cleaned_data.get("publish_at") if form.is_valid() else None
    if publish_at is None:
        selectors.get_own_post(person_of(request), channel.handle, pk, Role.MANAGER)
        return _answer(request, channel, pk, refused=_("Choose a day and a time."))
    return _change(request, channel, pk, sellers.schedule_post, _("Scheduled."), publish_at=publish_at)


@team_page(Role.MANAGER)
@require_POST
def unschedule(request: Request, channel: Channel, pk: int) -> HttpResponse:
    return _change(request, channel, pk, sellers.unschedule_post, _("A draft again."))


@team_page(Role.MANAGER)
@require_POST
def archive(request: Request, channel: Channel, pk: int) -> HttpResponse:
    said = _("Archived. Nobody but your team sees it now.")
    return _change(request, channel, pk, sellers.archive_post, said)


@team_page(Role.MANAGER)
@require_POST
def restore(request: Request, channel: Channel, pk: int) -> HttpResponse:
    return _change(request, channel, pk, sellers.restore_post, _("Back again."))


@team_page(Role.MANAGER)
@require_POST
def delete(request: Request, channel: Channel, pk: int) -> HttpResponse:
    person = person_of(request)
    post = selectors.get_own_post(person, channel.handle, pk, Role.MANAGER)
    try:
        sellers.delete_draft(post=post, by=person)
    except sellers.Refused as refusal:
        return _answer(request, channel, pk, refused=str(refusal))
    messages.success(request, _("The draft is gone."))
    return go(request, _list_url(request, channel))
