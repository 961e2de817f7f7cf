"""A poll as a person sees it."""

from dataclasses import dataclass

from community.models import Poll, PollOption, PollVote, Topic
from community.selectors.standing import Standing


@dataclass(frozen=True, slots=True)
class Line:
    option: PollOption
    share: float  # 0 to 1 of all votes
    percent: int
    is_mine: bool
    leads: bool


@dataclass(frozen=True, slots=True)
class Ballot:
    """Counts are shown to who has voted, to everybody once it is closed, and to the team."""

    poll: Poll
    lines: list[Line]
    is_open: bool
    has_voted: bool
    shows_counts: bool


def get_ballot(standing: Standing, topic: Topic) -> Ballot | None:
    """The topic's poll, if it has one; two queries then (``topic`` with its poll joined)."""
    poll = getattr(topic, "poll", None)
    if poll is None:
        return None
    options = list(poll.options.order_by("position"))
    mine = PollVote.objects.filter(poll=poll, person=standing.person).values_list("option", flat=True).first()
    total, most = sum(option.vote_count for option in options), max(option.vote_count for option in options)
    lines = []
    for option in options:
        share = option.vote_count / total if total else 0.0
        leads = bool(most) and option.vote_count == most
        lines.append(Line(option, share, round(100 * share), option.pk == mine, leads))
    is_open = poll.is_open()
    return Ballot(poll, lines, is_open, mine is not None, mine is not None or not is_open or standing.is_team)
