"""What this room keeps of people (core.personal_data). Topics and votes stay, nobody's."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community.models import (
    Idea,
    IdeaTransition,
    IdeaVote,
    PollVote,
    Reply,
    ReplyPicture,
    ReplyReport,
    Topic,
    TopicMark,
)
from core.personal_data import Fate, Kept, before_erasing, keep, not_personal

keep(
    Kept(
        Topic,
        "author",
        _("Topics you opened"),
        Fate.NAMELESS,
        ("title", "board", "created_at"),
        emptied={"author": None},
    ),
    Kept(
        Reply,
        "author",
        _("Replies you wrote"),
        Fate.NAMELESS,
        ("topic__title", "text", "created_at"),
        emptied={"author": None},
        pictures="pictures__picture",
    ),
    Kept(TopicMark, "person", _("Topics you read or follow"), Fate.DELETED, ("topic__title", "is_following")),
    Kept(IdeaVote, "person", _("Votes for ideas"), Fate.KEPT, ("idea_id",)),
    Kept(PollVote, "person", _("Votes in polls"), Fate.KEPT, ("poll_id", "option_id")),
    Kept(ReplyReport, "reporter", _("Replies you reported"), Fate.KEPT, ("reply_id",)),
)
not_personal(Idea, "made_by")
not_personal(IdeaTransition, "by")


@before_erasing
def take_pictures_down(person: User) -> None:
    ReplyPicture.objects.filter(reply__author=person).delete()
