"""Ideas: the list by votes, one of them, voting, and what only the team does."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community import selectors
from community import services as community
from community.forms import IdeaForm, StatusForm
from community.models import Idea
from community.selectors import ALL_LANGUAGES, Standing
from community.views.base import group, member_page, posted
from core.pages import BadCursor, Request, page_or_fragment, safe_next


@member_page
@require_GET
def ideas(request: Request, standing: Standing) -> HttpResponse:
    """Most votes first, of one status or all."""
    status = request.GET.get("status", "")
    status = status if status in Idea.Status.values else ""
    language = "" if request.GET.get("language") == ALL_LANGUAGES else get_language() or ""
    try:
        page = selectors.get_ideas(standing, status=status, language=language, after=request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    context = group(standing, "ideas", page=page, status=status, language=language, statuses=Idea.Status.choices)
    return page_or_fragment(request, "community/idea_list.html", "rows", context)


@member_page
@require_GET
def idea(request: Request, standing: Standing, pk: int) -> HttpResponse:
    known = selectors.get_idea(standing, pk)
    context = group(standing, "ideas", idea=known, transitions=selectors.get_transitions(known))
    return render(request, "community/idea_detail.html", context)


@member_page
@require_POST
def vote(request: Request, standing: Standing, pk: int) -> HttpResponse:
    """Votes (``on=1``) or takes the vote back; htmx gets the button as it is now."""
    known = selectors.get_idea(standing, pk)
    try:
        if request.POST.get("on") == "1":
            community.vote_for_idea(idea=known, by=standing.person)
        else:
            community.take_vote_back(idea=known, by=standing.person)
    except community.Refused as refusal:
        messages.error(request, str(refusal))
    if not request.htmx:
        return redirect(safe_next(request, known.get_absolute_url()))
    context = {"idea": selectors.get_idea(standing, pk), "css": request.POST.get("css", "")}
    return render(request, "community/idea_detail.html#voted", context)


def _need_team(standing: Standing) -> None:
    if not standing.is_team:
        raise Http404


@member_page
@require_http_methods(["GET", "POST"])
def idea_new(request: Request, standing: Standing, pk: int) -> HttpResponse:
    """The team takes up what a reply says."""
    _need_team(standing)
    reply = selectors.get_reply(standing, pk)
    if hasattr(reply, "idea"):
        return redirect(reply.idea)
    form = IdeaForm(posted(request), initial={"title": Truncator(reply.text).chars(100)})
    if form.is_valid():
        try:
            made = community.make_idea(reply=reply, by=standing.person, **form.cleaned_data)
        except community.Refused as refusal:
            form.add_error(getattr(refusal, "field", "") or None, str(refusal))
        else:
            messages.success(request, _("It is an idea now; its author is told."))
            return redirect(made)
    context = group(standing, "ideas", form=form, reply=reply)
    return render(request, "community/idea_form.html", context, status=422 if form.is_bound else 200)


@member_page
@require_http_methods(["GET", "POST"])
def status(request: Request, standing: Standing, pk: int) -> HttpResponse:
    """The team says what becomes of an idea."""
    _need_team(standing)
    known = selectors.get_idea(standing, pk)
    form = StatusForm(posted(request), idea=known)
    if form.is_valid():
        try:
            community.move_idea(idea=known, by=standing.person, **form.cleaned_data)
        except community.Refused as refusal:
            form.add_error(getattr(refusal, "field", "") or None, str(refusal))
        else:
            messages.success(request, _("Saved. All who voted or follow are told."))
            return redirect(known)
    context = group(standing, "ideas", form=form, idea=known)
    return render(request, "community/status_form.html", context, status=422 if form.is_bound else 200)
