"""Ideas by votes, and what has become of one."""

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.http import Http404

from community.models import Idea, IdeaTransition, IdeaVote
from community.selectors.standing import Standing
from core.pages import Page, decode_cursor, encode_cursor

PAGE = 20
_BY_VOTES = (F("vote_count").desc(), F("id").desc())
STILL_WANTED = (Idea.Status.HEARD, Idea.Status.PLANNED, Idea.Status.BUILDING)


def _open_to(standing: Standing) -> QuerySet[Idea]:
    """With ``is_mine``: whether the person votes for it."""
    mine = IdeaVote.objects.filter(idea=OuterRef("pk"), person=standing.person)
    return Idea.objects.visible().annotate(is_mine=Exists(mine))


def get_ideas(standing: Standing, *, status: str = "", language: str = "", after: str = "") -> Page[Idea]:
    """Most votes first. One query. Raises core.pages.BadCursor."""
    ideas = _open_to(standing).select_related("reply__topic")
    if status:
        ideas = ideas.filter(status=status)
    if language:
        ideas = ideas.filter(language=language)
    if after:
        ideas = ideas.filter(TupleLessThan(Tuple("vote_count", "id"), tuple(decode_cursor(after, 2))))
    rows = list(ideas.order_by(*_BY_VOTES)[: PAGE + 1])
    if len(rows) <= PAGE:
        return Page(rows, "")
    return Page(rows[:PAGE], encode_cursor(rows[PAGE - 1].vote_count, rows[PAGE - 1].pk))


def get_wanted_ideas(standing: Standing, *, language: str = "", limit: int = 4) -> list[Idea]:
    """What the group wants most of what is not there yet. One query."""
    ideas = _open_to(standing).filter(status__in=STILL_WANTED)
    if language:
        ideas = ideas.filter(language=language)
    return list(ideas.order_by(*_BY_VOTES)[:limit])


def get_idea(standing: Standing, pk: int) -> Idea:
    """One idea with the words it was made of; else Http404."""
    joined = ("reply__topic", "reply__author__avatar", "reply__channel__avatar")
    idea = _open_to(standing).select_related(*joined).filter(pk=pk).first()
    if idea is None:
        raise Http404
    return idea


def get_transitions(idea: Idea) -> list[IdeaTransition]:
    """What happened to it, newest first."""
    return list(idea.transitions.select_related("by").order_by("-at", "-pk"))
