"""Topics: the list, one of them, a new one, following, search, the month, and how much is unread."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community import selectors
from community import services as community
from community.forms import ReplyForm, TopicForm
from community.models import Reply, Topic
from community.models.topics import MAX_PICTURES
from community.selectors import ALL_LANGUAGES, Standing, TopicFilter
from community.views.base import clock_of, group, member_page, posted
from core.pages import BadCursor, Request, page_or_fragment
from sellers.forms import Photos
from sellers.views.base import go, person_of, signed_in
from sellers.views.uploads import take_photos

LIST, PAGE, FORM = (f"community/topic_{name}.html" for name in ("list", "detail", "form"))
SHOWN = ("following", "waiting")


def _language(request: Request) -> str:
    """What the reader reads, unless she wants all."""
    return "" if request.GET.get("language") == ALL_LANGUAGES else get_language() or ""


@signed_in
@require_GET
def topics(request: Request) -> HttpResponse:
    """The topics; a seller who is no member reads what the group is, and anybody else finds nothing."""
    standing = selectors.get_standing(person_of(request))
    if not standing.is_member:
        if not standing.sells:
            raise Http404
        return render(request, "community/about.html")
    with timezone.override(clock_of(request, standing)):
        return _list(request, standing)


def _list(request: Request, standing: Standing) -> HttpResponse:
    board, show = request.GET.get("board", ""), request.GET.get("show", "")
    wanted = TopicFilter(
        board if board in Topic.Board.values else "", show if show in SHOWN else "", _language(request)
    )
    try:
        page = selectors.get_topics(standing, wanted, after=request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    context = group(standing, "topics", page=page, wanted=wanted, boards=Topic.Board.choices)
    if not request.htmx:
        context |= {
            "reply_time": selectors.get_reply_time(),
            "ideas": selectors.get_wanted_ideas(standing, language=wanted.language),
        }
    return page_or_fragment(request, LIST, "rows", context)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


@member_page
@require_http_methods(["GET", "POST"])
def topic(request: Request, standing: Standing, pk: int) -> HttpResponse:
    """One topic; looking at its replies marks them read. htmx gets the next replies, or what came of a new one."""
    known = selectors.get_topic(standing, pk)
    if request.method == "POST":
        return _reply(request, standing, known)
    try:
        thread = selectors.get_thread(
            standing, known, at=_number(request.GET.get("at")), after=request.GET.get("after", "")
        )
    except BadCursor:
        raise Http404 from None
    if thread.last_id > known.read_up_to:  # type: ignore[attr-defined]
        community.mark_read(topic=known, person=standing.person, up_to=thread.last_id)
    if request.htmx:
        return render(request, f"{PAGE}#rows", group(standing, "topics", topic=known, thread=thread))
    return _show(request, standing, known, thread, ReplyForm(), Photos())


def _show(
    request: Request, standing: Standing, topic: Topic, thread: selectors.Thread, form: ReplyForm, photos: Photos
) -> HttpResponse:
    context = group(standing, "topics", topic=topic, thread=thread, form=form, photos=photos, after=_end_of(thread))
    context |= {"ballot": selectors.get_ballot(standing, topic), "reply_time": selectors.get_reply_time()}
    return render(request, PAGE, context, status=422 if form.is_bound else 200)


def _end_of(thread: selectors.Thread) -> int:
    """The id that new replies follow on this page; 0 while more are to be loaded before them."""
    return 0 if thread.page.next_cursor else thread.last_id


def _reply(request: Request, standing: Standing, topic: Topic) -> HttpResponse:
    """Stores a reply; with scripts off, or if the page does not show the end, she goes to where it stands."""
    photos = Photos.from_data(request.POST, standing.person.pk)
    take_photos(request, photos, most=MAX_PICTURES, too_many=_("{file}: a reply has at most {n} pictures."))
    form = ReplyForm(request.POST, has_pictures=bool(photos.items))
    for problem in photos.errors:
        form.add_error(None, problem)
    after = _number(request.POST.get("after"))
    said = _say(standing, topic, form, photos) if form.is_valid() else None
    if said and request.htmx and after:
        return _said(request, standing, topic, after)
    if said:
        return go(request, said.get_absolute_url())
    if not request.htmx:
        return _show(request, standing, topic, selectors.get_thread(standing, topic), form, photos)
    context = group(standing, "topics", topic=topic, form=form, photos=photos, after=after)
    return render(request, f"{PAGE}#answer", context, status=422)


def _say(standing: Standing, topic: Topic, form: ReplyForm, photos: Photos) -> Reply | None:
    """The new reply; None when it was refused, and the form says why."""
    pictures = [photo.picture for photo in photos.items]
    try:
        return community.reply(topic=topic, by=standing.person, pictures=pictures, **form.cleaned_data)
    except community.Refused as refusal:
        form.add_error("text" if isinstance(refusal, community.BadWords) else None, str(refusal))
        return None


def _said(request: Request, standing: Standing, topic: Topic, after: int) -> HttpResponse:
    """What is new on the page since ``after``, others' replies too, and an empty form."""
    thread = selectors.get_thread(standing, topic, at=after + 1)
    context = group(standing, "topics", topic=topic, form=ReplyForm(), photos=Photos(), thread=thread)
    return render(request, f"{PAGE}#answer", context | {"after": _end_of(thread), "is_new": True})


@member_page
@require_http_methods(["GET", "POST"])
def topic_new(request: Request, standing: Standing) -> HttpResponse:
    language = get_language() or standing.person.language
    photos = Photos.from_data(request.POST, standing.person.pk)
    take_photos(request, photos, most=MAX_PICTURES, too_many=_("{file}: a topic has at most {n} pictures."))
    form = TopicForm(posted(request), standing=standing, language=language, has_pictures=bool(photos.items))
    if request.method == "POST":
        for problem in photos.errors:
            form.add_error(None, problem)
        if form.is_valid() and (made := _open(standing, form, photos)):
            return redirect(made)
    context = group(standing, "topics", form=form, photos=photos, reply_time=selectors.get_reply_time())
    return render(request, FORM, context, status=422 if form.is_bound else 200)


def _open(standing: Standing, form: TopicForm, photos: Photos) -> Topic | None:
    """The new topic; None when it was refused, and the form says why."""
    fields: dict[str, Any] = {
        name: form.cleaned_data[name]
        for name in ("title", "text", "board", "language", "client_id")
        if name in form.cleaned_data
    }
    pictures = [photo.picture for photo in photos.items]
    try:
        return community.open_topic(by=standing.person, pictures=pictures, poll=form.poll(), **fields)
    except community.Refused as refusal:
        form.add_refusal(str(refusal), getattr(refusal, "field", ""))
        return None


@member_page
@require_POST
def follow(request: Request, standing: Standing, pk: int) -> HttpResponse:
    """Follows the topic (``on=1``), or follows it no more; htmx gets the button."""
    known, on = selectors.get_topic(standing, pk), request.POST.get("on") == "1"
    (community.follow_topic if on else community.unfollow_topic)(topic=known, person=standing.person)
    if not request.htmx:
        return redirect(known)
    known.is_followed = on  # type: ignore[attr-defined]
    return render(request, f"{PAGE}#follow", {"topic": known})


@member_page
@require_GET
def search(request: Request, standing: Standing) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    try:
        page = selectors.search_replies(standing, words, after=request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    context = group(standing, "search", page=page, words=words)
    return page_or_fragment(request, "community/reply_list.html", "rows", context)


@member_page
@require_GET
def digest(request: Request, standing: Standing, year: int, month: int) -> HttpResponse:
    """What a month brought, in the reader's language."""
    try:
        first, language = dt.date(year, month, 1), _language(request)
    except ValueError:
        raise Http404 from None
    context = group(
        standing,
        "digest",
        month=selectors.get_month(first, language),
        topics=selectors.get_month_topics(first, language),
        moves=selectors.get_month_moves(first, language),
    )
    return render(request, "community/digest_detail.html", context)


@require_GET
def unread(request: Request) -> HttpResponse:
    """The badge of the desk's navigation; nothing for who is no member."""
    standing = selectors.get_standing(person_of(request)) if request.user.is_authenticated else None
    if standing is None or not standing.is_member:
        return HttpResponse(status=204)
    return render(request, "community/unread.html", {"unread": selectors.count_unread(standing)})
