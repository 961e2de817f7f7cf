"""What pages need to know of the group, in a constant number of queries."""

from community.selectors.ideas import get_idea, get_ideas, get_transitions, get_wanted_ideas
from community.selectors.polls import Ballot, get_ballot
from community.selectors.standing import Standing, get_members, get_standing, is_team, need_member, still_here
from community.selectors.times import Month, ReplyTime, get_month, get_month_moves, get_month_topics, get_reply_time
from community.selectors.topics import (
    ALL_LANGUAGES,
    Thread,
    TopicFilter,
    count_unread,
    get_reply,
    get_thread,
    get_topic,
    get_topics,
    search_replies,
)

__all__ = [
    "ALL_LANGUAGES",
    "Ballot",
    "Month",
    "ReplyTime",
    "Standing",
    "Thread",
    "TopicFilter",
    "count_unread",
    "get_ballot",
    "get_idea",
    "get_ideas",
    "get_members",
    "get_month",
    "get_month_moves",
    "get_month_topics",
    "get_reply",
    "get_reply_time",
    "get_standing",
    "get_thread",
    "get_topic",
    "get_topics",
    "get_transitions",
    "get_wanted_ideas",
    "is_team",
    "need_member",
    "search_replies",
    "still_here",
]
