"""Reports by members, and the team's steps about topics and replies: each asks why."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from community import selectors
from community import services as community
from community.forms import MoveForm, ReasonForm, ReportForm
from community.models import Topic
from community.selectors import Standing
from community.views.base import group, member_page, posted
from core.pages import Request

STEPS = {  # step of a topic: what the page is called, what its button says
    "close": (_("Close this topic"), _("Close it")),
    "reopen": (_("Open this topic again"), _("Open it")),
    "hide": (_("Hide this topic"), _("Hide it")),
    "show": (_("Show this topic again"), _("Show it")),
    "move": (_("Move this topic"), _("Move it")),
    "settle": (_("This topic needs no answer"), _("No answer needed")),
}


def _ask(
    request: Request, standing: Standing, form: Form, do: Callable[..., Any], back: str, **words: Any
) -> HttpResponse:
    """The form, or what comes of it: ``do`` is called with its fields."""
    if form.is_valid():
        try:
            do(**form.cleaned_data)
        except community.Refused as refusal:
            form.add_error(getattr(refusal, "field", "") or None, str(refusal))
        else:
            messages.success(request, words.get("done") or gettext("Done. It stands in the log."))
            return redirect(back)
    context = group(standing, "topics", form=form, back=back, **words)
    return render(request, "community/step_form.html", context, status=422 if form.is_bound else 200)


def _need_team(standing: Standing) -> None:
    if not standing.is_team:
        raise Http404


@member_page
@require_http_methods(["GET", "POST"])
def topic_step(request: Request, standing: Standing, pk: int, step: str) -> HttpResponse:
    """Close, reopen, hide, show, move a topic, or say that it needs no answer."""
    _need_team(standing)
    if step not in STEPS:
        raise Http404
    topic = selectors.get_topic(standing, pk)
    title, label = STEPS[step]
    form = MoveForm(posted(request), topic=topic) if step == "move" else ReasonForm(posted(request))

    def do(**fields: str) -> Topic:
        if step == "move":
            return community.move_topic(topic=topic, by=standing.person, **fields)
        if step == "settle":
            return community.settle_topic(topic=topic, by=standing.person, **fields)
        return community.moderate_topic(topic=topic, by=standing.person, step=step, **fields)

    return _ask(request, standing, form, do, topic.get_absolute_url(), title=title, label=label, about=topic.title)


@member_page
@require_http_methods(["GET", "POST"])
def reply_hide(request: Request, standing: Standing, pk: int) -> HttpResponse:
    """Hides a reply, or shows it again."""
    _need_team(standing)
    reply = selectors.get_reply(standing, pk)
    title, label = (
        (gettext("Show this reply again"), gettext("Show it"))
        if reply.is_hidden
        else (gettext("Hide this reply"), gettext("Hide it"))
    )

    def do(reason: str) -> Any:
        return community.hide_reply(reply=reply, by=standing.person, reason=reason, on=not reply.is_hidden)

    form, back = ReasonForm(posted(request)), reply.get_absolute_url()
    return _ask(request, standing, form, do, back, title=title, label=label, about=reply.text)


@member_page
@require_http_methods(["GET", "POST"])
def report(request: Request, standing: Standing, pk: int) -> HttpResponse:
    """A member tells staff about a reply."""
    reply = selectors.get_reply(standing, pk)

    def do(**fields: str) -> Any:
        return community.report_reply(reply=reply, reporter=standing.person, **fields)

    words = {
        "title": gettext("Report these words"),
        "label": gettext("Send to staff"),
        "done": gettext("Thank you. Our staff will look at it."),
    }
    return _ask(request, standing, ReportForm(posted(request)), do, reply.get_absolute_url(), about=reply.text, **words)
