"""Writing and editing a post: the form, its parts on request, preview and history."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import limits
from core.pages import Request
from sellers import selectors
from sellers import services as sellers
from sellers.forms import Editor, Start
from sellers.models import Channel, Post, Role
from sellers.views import posts, uploads
from sellers.views.base import desk, go, person_of, team_page

A_DAY = 24 * 60 * 60
CLOCKS = {
    "us": _("New York"),
    "eu": _("Berlin"),
    "ir": _("Tehran"),
    "tw": _("Taipei"),
}  # where the market's clock hangs


@contextmanager
def _once(token: str) -> Iterator[None]:
    """What is done inside is done once for one form, however often it is sent; raises limits.TooMany after that."""
    with transaction.atomic():
        if token:
            limits.take(f"form:{token}", limit=1, seconds=A_DAY)
        yield


def _show(
    request: Request, channel: Channel, editor: Editor, post: Post | None = None, theirs: Post | None = None
) -> HttpResponse:
    """The form; 422 when it came back because something is wrong with it."""
    context = desk(
        channel,
        "posts",
        editor=editor,
        post=post,
        theirs=theirs,
        check=selectors.get_check(post) if post else None,
        time_zone=CLOCKS[channel.market],
    )
    fragment = "#editor" if request.htmx else ""
    status = 422 if editor.action and not editor.only_redraw else 200
    return render(request, f"sellers/post_form.html{fragment}", context, status=status)


def _how(editor: Editor) -> "str | dt.datetime":
    """``publish`` of create_post for the button that was pressed."""
    if editor.action == Editor.SCHEDULE:
        return editor.post.cleaned_data["publish_at"]
    return "now" if editor.action == Editor.PUBLISH else "draft"


def _is_ready(request: Request, editor: Editor) -> bool:
    """Takes the uploads in any case; true if the form may be saved now."""
    uploads.take_photos(request, editor.photos)
    if editor.only_redraw:
        return False
    valid = editor.is_valid()
    if editor.action == Editor.SCHEDULE and not editor.post.cleaned_data.get("publish_at"):
        editor.add_problems({"publish_at": [str(_("Choose a day and a time."))]})
        return False
    return valid


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def post_new(request: Request, channel: Channel) -> HttpResponse:
    is_product = request.GET.get("kind") != "text"
    person = person_of(request)
    editor = Editor(channel, person.pk, is_product=is_product, data=request.POST if request.method == "POST" else None)
    if request.method == "GET" or not _is_ready(request, editor):
        return _show(request, channel, editor)
    try:
        post = _create(request, channel, editor)
    except sellers.BadPost as refusal:
        editor.add_problems(refusal.problems)
        return _show(request, channel, editor)
    return _saved(request, channel, editor, post)


def _create(request: Request, channel: Channel, editor: Editor) -> Post | None:
    """The post, written once; None for the same form sent again."""
    try:
        with _once(editor.post.cleaned_data["token"]):
            return sellers.create_post(
                channel=channel,
                author=person_of(request),
                text=editor.post.cleaned_data["text"],
                pictures=editor.photos.pairs(),
                product=editor.product_data(),
                publish=_how(editor),  # type: ignore[arg-type]
            )
    except limits.TooMany:
        return None


def _saved(request: Request, channel: Channel, editor: Editor, post: Post | None) -> HttpResponse:
    published = _("Published.") if channel.is_visible() else _("Saved. People see it once the channel is open.")
    said = {
        Editor.PUBLISH: posts.SENT_TO_STAFF if post and post.state == Post.State.WAITING else published,
        Editor.SCHEDULE: _("Scheduled."),
        Editor.DRAFT: _("Kept as a draft."),
    }
    messages.success(request, said.get(editor.action, _("Saved.")))
    return go(request, "dashboard:posts", channel.handle)


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def post_edit(request: Request, channel: Channel, pk: int) -> HttpResponse:
    post = selectors.get_own_post(person_of(request), channel.handle, pk, Role.MANAGER)
    is_product = hasattr(post, "product")
    start = Start(channel, post, is_product=is_product)
    data = request.POST if request.method == "POST" else None
    editor = Editor(channel, person_of(request).pk, is_product=is_product, data=data, start=start)
    if request.method == "GET" or not _is_ready(request, editor):
        return _show(request, channel, editor, post)
    try:
        post = _save_edit(request, post, editor)
    except sellers.StalePost as refusal:
        editor.post.data = request.POST.copy()
        editor.post.data["version"] = str(refusal.post.version)
        return _show(request, channel, editor, post, theirs=refusal.post)
    except sellers.Refused as refusal:
        editor.add_problems(getattr(refusal, "problems", {"": [str(refusal)]}))
        return _show(request, channel, editor, post)
    return _saved(request, channel, editor, post)


@transaction.atomic
def _save_edit(request: Request, post: Post, editor: Editor) -> Post:
    """The edit, and the change of state that the pressed button asks for; both or neither."""
    by = person_of(request)
    post = sellers.edit_post(
        post=post,
        by=by,
        expected_version=editor.post.cleaned_data["version"] or 0,
        text=editor.post.cleaned_data["text"],
        pictures=editor.photos.pairs(),
        product=editor.product_data(),
    )
    if editor.action == Editor.PUBLISH and post.state != Post.State.PUBLISHED:
        return sellers.publish_post(post=post, by=by)
    if editor.action == Editor.SCHEDULE:
        return sellers.schedule_post(post=post, by=by, publish_at=editor.post.cleaned_data["publish_at"])
    if editor.action == Editor.DRAFT and post.state == Post.State.SCHEDULED:
        return sellers.unschedule_post(post=post, by=by)
    return post


def _part(request: Request, channel: Channel, action: str, fragment: str) -> HttpResponse:
    """One part of the form, made anew from all that is typed; without htmx there is no such page."""
    if not request.htmx:
        return redirect("dashboard:post_new", channel.handle)
    is_product = "availability" in request.POST
    editor = Editor(channel, person_of(request).pk, is_product=is_product, data=request.POST, action=action)
    if action == "upload":
        uploads.take_photos(request, editor.photos)
    return render(request, f"sellers/post_form.html#{fragment}", desk(channel, "posts", editor=editor))


@team_page(Role.MANAGER)
@require_POST
def post_pictures(request: Request, channel: Channel) -> HttpResponse:
    """Pictures as soon as they are chosen."""
    return _part(request, channel, "upload", "photos")


@team_page(Role.MANAGER)
@require_POST
def post_details(request: Request, channel: Channel) -> HttpResponse:
    """What the chosen category asks for."""
    return _part(request, channel, "details", "details")


@team_page(Role.MANAGER)
@require_POST
def post_variants(request: Request, channel: Channel) -> HttpResponse:
    """A row for each combination of what is ticked."""
    return _part(request, channel, "combine", "variants")


@team_page(Role.VIEWER)
@require_GET
def post_preview(request: Request, channel: Channel, pk: int) -> HttpResponse:
    """The post as shoppers will see it in the stream."""
    post = selectors.get_own_post(person_of(request), channel.handle, pk, Role.VIEWER)
    product = getattr(post, "product", None)
    kept = sorted(post.pictures.all(), key=lambda one: one.position)
    facts = selectors.get_facts(product) if product else []
    context = desk(channel, "posts", post=post, product=product, kept=kept, facts=facts)
    return render(
        request,
        "sellers/post_preview.html",
        context | {"pictures": [one.picture for one in kept], "shown_at": post.published_at or post.created_at},
    )


@team_page(Role.VIEWER)
@require_GET
def post_history(request: Request, channel: Channel, pk: int) -> HttpResponse:
    post = selectors.get_own_post(person_of(request), channel.handle, pk, Role.VIEWER)
    context = desk(channel, "posts", post=post, edits=selectors.get_post_history(post))
    return render(request, "sellers/post_history.html", context | {"product": getattr(post, "product", None)})
