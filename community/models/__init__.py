"""The storekeepers group: topics and replies, polls, ideas, and what staff keep beside them."""

from community.models.desk import Digest, ReplyReport
from community.models.ideas import Idea, IdeaTransition, IdeaVote
from community.models.polls import Poll, PollOption, PollVote
from community.models.topics import Reply, ReplyPicture, Topic, TopicMark

__all__ = [
    "Digest",
    "Idea",
    "IdeaTransition",
    "IdeaVote",
    "Poll",
    "PollOption",
    "PollVote",
    "Reply",
    "ReplyPicture",
    "ReplyReport",
    "Topic",
    "TopicMark",
]
