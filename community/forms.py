"""What members and the team send: topics with polls, replies, ideas, reasons, reports."""

import datetime as dt
import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from community.models import Idea, ReplyReport, Topic
from community.models.desk import MAX_REPORT
from community.models.ideas import MAX_IDEA, MAX_REASON
from community.models.polls import MAX_OPTION, MAX_QUESTION, MOST_OPTIONS
from community.models.topics import MAX_TEXT, MAX_TITLE
from community.selectors import Standing
from community.services import MOVES, NewPoll
from core.templatetags.bisat import number

CLOSES_IN = (1, 3, 7, 14, 30)  # days


def new_client_id() -> str:
    return secrets.token_hex(16)


def _area(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto", **attrs})


def _line(**attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", **attrs})


class ReplyForm(forms.Form):
    """``client_id`` makes a second send of the same form harmless. Pictures need no words."""

    text = forms.CharField(
        label=_("Your reply"),
        max_length=MAX_TEXT,
        widget=_area(4),
        error_messages={"required": _("Write something first.")},
    )
    client_id = forms.CharField(max_length=40, initial=new_client_id, widget=forms.HiddenInput)

    def __init__(self, *args: Any, has_pictures: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].required = not has_pictures


class TopicForm(ReplyForm):
    """A topic, with a poll if its question is filled in. Only the team tells news and chooses a language."""

    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE, widget=_line())
    board = forms.ChoiceField(label=_("Board"), choices=Topic.Board.choices, initial=Topic.Board.QUESTIONS)
    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)
    question = forms.CharField(label=_("Question of the poll"), required=False, max_length=MAX_QUESTION, widget=_line())
    closes_in = forms.TypedChoiceField(label=_("The poll closes in"), coerce=int, initial=7, required=False)

    def __init__(self, data: Any = None, *, standing: Standing, language: str, has_pictures: bool = False) -> None:
        super().__init__(data, initial={"language": language}, has_pictures=has_pictures)
        self.fields["text"].label = _("Text")
        self.fields["text"].widget.attrs["rows"] = 6
        if not standing.is_team:
            del self.fields["language"]
            told = [choice for choice in Topic.Board.choices if choice[0] != Topic.Board.NEWS]
            self.fields["board"].choices = told  # type: ignore[attr-defined]
        days = [(days, ngettext("{n} day", "{n} days", days).format(n=number(days))) for days in CLOSES_IN]
        self.fields["closes_in"].choices = days  # type: ignore[attr-defined]
        for place in range(1, MOST_OPTIONS + 1):
            label = _("Option {n}").format(n=number(place))
            self.fields[f"option_{place}"] = forms.CharField(
                label=label, required=False, max_length=MAX_OPTION, widget=_line()
            )

    @property
    def options(self) -> list[forms.BoundField]:
        return [self[f"option_{place}"] for place in range(1, MOST_OPTIONS + 1)]

    @property
    def has_poll(self) -> bool:
        """Whether anything of a poll is filled in, so that the form comes back with it unfolded."""
        return any(field.value() for field in (self["question"], *self.options))

    def poll(self) -> NewPoll | None:
        """For valid forms; what is half filled in is refused by the service, in words."""
        data = self.cleaned_data
        options = [text for place in range(1, MOST_OPTIONS + 1) if (text := data[f"option_{place}"].strip())]
        if not data["question"] and not options:
            return None
        return NewPoll(data["question"], options, timezone.now() + dt.timedelta(days=data["closes_in"] or 7))

    def add_refusal(self, sentence: str, field: str) -> None:
        """Puts a refusal where the eye is."""
        self.add_error({"options": "option_1"}.get(field, field) or None, sentence)


class IdeaForm(forms.Form):
    title = forms.CharField(label=_("The idea in one line"), max_length=MAX_TITLE, widget=_line())
    text = forms.CharField(
        label=_("In the team's words"),
        help_text=_("What it would do, and for whom. Everybody in the group reads it."),
        required=False,
        max_length=MAX_IDEA,
        widget=_area(4, maxlength=MAX_IDEA),
    )


class StatusForm(forms.Form):
    to = forms.ChoiceField(label=_("New status"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("All who voted or follow read it. An idea is never declined without a reason."),
        required=False,
        max_length=MAX_REASON,
        widget=_area(3, maxlength=MAX_REASON),
    )

    def __init__(self, data: Any = None, *, idea: Idea) -> None:
        super().__init__(data)
        labels = dict(Idea.Status.choices)
        self.fields["to"].choices = [(to, labels[to]) for to in MOVES[idea.status]]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), help_text=_("It stays in the log."), max_length=500, widget=_area(3, maxlength=500)
    )


class MoveForm(ReasonForm):
    board = forms.ChoiceField(label=_("To which board?"))
    field_order = ("board", "reason")

    def __init__(self, data: Any = None, *, topic: Topic) -> None:
        super().__init__(data)
        fitting = [choice for choice in Topic.Board.choices if choice[0] != topic.board]
        if not topic.is_by_team:
            fitting = [choice for choice in fitting if choice[0] != Topic.Board.NEWS]
        self.fields["board"].choices = fitting  # type: ignore[attr-defined]


class ReportForm(forms.Form):
    reason = forms.ChoiceField(label=_("What is wrong?"), choices=ReplyReport.Reason.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Tell us more"), required=False, max_length=MAX_REPORT, widget=_area(4, maxlength=MAX_REPORT)
    )
