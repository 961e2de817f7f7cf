"""Changing many products at once: choosing them, a preview, carrying it out, taking it back."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.pages import BadCursor, Request, page_or_fragment
from sellers import selectors
from sellers import services as sellers
from sellers.bulk_words import describe, said
from sellers.forms import BulkForm
from sellers.models import BulkEdit, Channel, Post, Role
from sellers.views.base import desk, go, person_of, team_page

ROWS = 48
NEEDS = ("picture", "sold-out")
FILTER = ("state", "todo", "q")


def _narrowed(sent: Any) -> dict[str, str]:
    """How the list is narrowed, as the desk's list of posts is."""
    state, todo = sent.get("state", ""), sent.get("todo", "")
    return {
        "state": state if state in Post.State.values else "",
        "todo": todo if todo in NEEDS else "",
        "words": sent.get("q", "").strip()[:100],
    }


@team_page(Role.MANAGER)
@require_GET
def choose(request: Request, channel: Channel) -> HttpResponse:
    """The products that the list shows, each to be ticked; or all that match."""
    narrowed, after = _narrowed(request.GET), request.GET.get("after", "")
    try:
        page = selectors.get_dashboard_posts(channel, kind="product", after=after, limit=ROWS, **narrowed)
    except BadCursor:
        raise Http404 from None
    total = 0 if after else len(selectors.find_product_posts(channel, most=settings.BULK_EDIT_ROWS + 1, **narrowed))
    context = desk(channel, "posts", page=page, chosen=narrowed, states=Post.State.choices)
    context |= {"total": total, "most": settings.BULK_EDIT_ROWS}
    return page_or_fragment(request, "sellers/bulk_choose.html", "more" if after else "choose", context)


def _wanted(channel: Channel, sent: Any) -> list[int]:
    """The posts that were ticked, or with ``all`` what the list matches, one more than may be changed at most."""
    if sent.get("all"):
        return selectors.find_product_posts(channel, most=settings.BULK_EDIT_ROWS + 1, **_narrowed(sent))
    ticked = [int(pk) for pk in sent.getlist("post") if pk.isascii() and pk.isdecimal() and len(pk) < 18]
    return list(Post.objects.filter(channel=channel, pk__in=ticked).values_list("pk", flat=True))


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def bulk_new(request: Request, channel: Channel) -> HttpResponse:
    """What is to change of the chosen products; nothing is written but the preview."""
    sent = request.POST if request.method == "POST" else request.GET
    posts = _wanted(channel, sent)
    if request.method == "GET" and not posts:
        messages.warning(request, _("Choose at least one product."))
        return go(request, "dashboard:bulk_choose", channel.handle)
    form = BulkForm(request.POST if request.method == "POST" else None, channel=channel)
    if form.is_valid():
        try:
            bulk = sellers.preview_bulk_edit(channel=channel, by=person_of(request), posts=posts, **form.change())
            return go(request, "dashboard:bulk", channel.handle, bulk.pk)
        except sellers.Refused as refusal:
            form.add_error(None, str(refusal))
    scope = {"all": sent.get("all", ""), "posts": posts, "filter": [(name, sent.get(name, "")) for name in FILTER]}
    context = desk(channel, "posts", form=form, scope=scope, count=len(posts), most=settings.BULK_EDIT_ROWS)
    fragment = "#form" if request.htmx else ""
    return render(request, f"sellers/bulk_form.html{fragment}", context, status=422 if form.is_bound else 200)


@team_page(Role.MANAGER)
@require_GET
def bulk(request: Request, channel: Channel, pk: int) -> HttpResponse:
    """Preview, progress and outcome of one: before and after of each product, and why some stay."""
    edit, after = selectors.get_own_bulk(channel, pk), request.GET.get("after", "")
    try:
        page = selectors.get_bulk_rows(edit, after=after)
    except BadCursor:
        raise Http404 from None
    tree, counts = selectors.get_category_tree(), selectors.get_bulk_counts(edit)
    rows = [(row, said(edit, row.before, tree), said(edit, row.after, tree)) for row in page.rows]
    left = counts.done if edit.state == BulkEdit.State.UNDOING else counts.ready
    context = desk(channel, "posts", bulk=edit, page=page, rows=rows, counts=counts, passed=counts.total - left)
    context["description"] = describe(edit)
    return page_or_fragment(request, "sellers/bulk_detail.html", "more" if after else "bulk", context)


@team_page(Role.MANAGER)
@require_POST
def bulk_step(request: Request, channel: Channel, pk: int, verb: str) -> HttpResponse:
    """``apply`` carries the preview out, ``undo`` takes it back."""
    edit = selectors.get_own_bulk(channel, pk)
    service = sellers.undo_bulk_edit if verb == "undo" else sellers.apply_bulk_edit
    try:
        service(bulk=edit, by=person_of(request))
    except sellers.Refused as refusal:
        messages.error(request, str(refusal))
    return go(request, "dashboard:bulk", channel.handle, edit.pk)


@team_page(Role.MANAGER)
@require_GET
def bulk_list(request: Request, channel: Channel) -> HttpResponse:
    """What was changed in bulk before."""
    edits = [(edit, describe(edit)) for edit in selectors.get_bulk_edits(channel)]
    context = desk(channel, "posts", edits=edits)
    return render(request, "sellers/bulk_list.html", context)
