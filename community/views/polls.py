"""Voting in a topic's poll."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from community import selectors
from community import services as community
from community.models import PollOption
from community.selectors import Standing
from community.views.base import group, member_page
from core.pages import Request


@member_page
@require_POST
def vote(request: Request, standing: Standing, pk: int) -> HttpResponse:
    """Gives or moves the vote; htmx gets the poll as it is now, with the problem if there is one."""
    topic, problem = selectors.get_topic(standing, pk), ""
    chosen = request.POST.get("option", "")
    option = PollOption.objects.filter(poll__topic=topic, pk=chosen).first() if chosen.isdecimal() else None
    try:
        if option is None:
            raise community.BadWords(_("Choose one of the options."))
        community.vote_in_poll(option=option, by=standing.person)
    except community.Refused as refusal:
        problem = str(refusal)
    if not request.htmx:
        if problem:
            messages.error(request, problem)
        return redirect(f"{topic.get_absolute_url()}#poll")
    ballot = selectors.get_ballot(standing, selectors.get_topic(standing, pk))
    if ballot is None:
        raise Http404
    context = group(standing, "topics", topic=topic, ballot=ballot, problem=problem)
    return render(request, "community/topic_detail.html#poll", context, status=422 if problem else 200)
