"""What people do in the storekeepers group. All of it is atomic and keyword-only."""

from community.services.digest import deliver_digest, put_for_members, send_digest
from community.services.errors import BadWords, NotAllowed, Refused, TooMuch
from community.services.ideas import MOVES, VOTED_ON, make_idea, move_idea, take_vote_back, vote_for_idea
from community.services.moderation import (
    STEPS,
    decide_report,
    hide_reply,
    moderate_topic,
    move_topic,
    report_reply,
    settle_topic,
)
from community.services.polls import tell_closed_polls, vote_in_poll
from community.services.topics import NewPoll, follow_topic, mark_read, open_topic, reply, unfollow_topic

__all__ = [
    "MOVES",
    "STEPS",
    "VOTED_ON",
    "BadWords",
    "NewPoll",
    "NotAllowed",
    "Refused",
    "TooMuch",
    "decide_report",
    "deliver_digest",
    "follow_topic",
    "hide_reply",
    "make_idea",
    "mark_read",
    "moderate_topic",
    "move_idea",
    "move_topic",
    "open_topic",
    "put_for_members",
    "reply",
    "report_reply",
    "send_digest",
    "settle_topic",
    "take_vote_back",
    "tell_closed_polls",
    "unfollow_topic",
    "vote_for_idea",
    "vote_in_poll",
]
