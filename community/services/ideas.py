"""Ideas: made of a reply by the team, voted for by members, moved on with a word to all who care."""

import datetime as dt

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.models import Idea, IdeaTransition, IdeaVote, Reply
from community.models.ideas import MAX_IDEA, MAX_REASON
from community.models.topics import MAX_TITLE
from community.services import limits
from community.services.errors import BadWords, NotAllowed
from community.services.locks import lock_idea, need_standing, need_team
from core import audit, outbox

Status = Idea.Status
MOVES: dict[str, tuple[str, ...]] = {
    Status.HEARD: (Status.PLANNED, Status.BUILDING, Status.SHIPPED, Status.DECLINED),
    Status.PLANNED: (Status.BUILDING, Status.SHIPPED, Status.HEARD, Status.DECLINED),
    Status.BUILDING: (Status.SHIPPED, Status.PLANNED, Status.DECLINED),
    Status.SHIPPED: (Status.BUILDING,),
    Status.DECLINED: (Status.HEARD,),
}
VOTED_ON = (Status.HEARD, Status.PLANNED, Status.BUILDING)  # what a vote can still move
_VOTE = "INSERT INTO community_ideavote (idea_id, person_id, voted_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"


@transaction.atomic
def make_idea(*, reply: Reply, by: User, title: str, text: str = "", at: dt.datetime | None = None) -> Idea:
    """The reply becomes an idea, *heard*; who wrote it is told. Raises NotAllowed, BadWords."""
    need_team(by)
    title, at = " ".join(title.split()), at or timezone.now()
    if not title or len(title) > MAX_TITLE:
        raise BadWords(_("Give the idea a title of at most 120 letters."), "title")
    if len(text) > MAX_IDEA:
        raise BadWords(_("That is too long: 1,000 letters at most."), "text")
    if reply.is_hidden:
        raise NotAllowed(_("These words are hidden."))
    try:
        with transaction.atomic():
            idea = Idea.objects.create(
                reply=reply,
                title=title,
                text=text.strip(),
                language=reply.topic.language,
                made_by=by,
                created_at=at,
                changed_at=at,
            )
    except IntegrityError:
        raise NotAllowed(_("These words are an idea already.")) from None
    _log(idea, "", by, "", at)
    audit.log(actor=by, verb="made an idea", subject=idea, data={"reply": reply.pk})
    return idea


@transaction.atomic
def move_idea(*, idea: Idea, by: User, to: str, reason: str = "", at: dt.datetime | None = None) -> Idea:
    """The idea's next status; *declined* says why. Voters and followers are told. Raises NotAllowed, BadWords."""
    need_team(by)
    locked, reason, at = lock_idea(idea.pk), reason.strip(), at or timezone.now()
    if to not in MOVES[locked.status]:
        raise NotAllowed(_("The idea has changed in the meantime; that step is not open to it now."))
    if to == Status.DECLINED and not reason:
        raise BadWords(_("Say why: all who voted read it."), "reason")
    if len(reason) > MAX_REASON:
        raise BadWords(_("That is too long: 500 letters at most."), "reason")
    before, locked.status, locked.why, locked.changed_at = locked.status, to, reason, at
    locked.save(update_fields=["status", "why", "changed_at"])
    _log(locked, before, by, reason, at)
    return locked


def _log(idea: Idea, before: str, by: User, reason: str, at: dt.datetime) -> None:
    moved = IdeaTransition.objects.create(
        idea=idea, from_status=before, to_status=idea.status, by=by, reason=reason, at=at
    )
    outbox.put("community.idea_moved", {"transition": moved.pk}, key=f"{moved.pk}")


@transaction.atomic
def vote_for_idea(*, idea: Idea, by: User, at: dt.datetime | None = None) -> bool:
    """Votes; True if this is new. Two at once count once: the row is unique, and only its writer moves the count.

    Raises NotAllowed, TooMuch.
    """
    standing = need_standing(by)
    if not Idea.objects.visible().filter(pk=idea.pk, status__in=VOTED_ON).exists():
        raise NotAllowed(_("This idea takes no votes any more."))
    limits.take_vote(standing)
    with connection.cursor() as cursor:
        cursor.execute(_VOTE, [idea.pk, by.pk, at or timezone.now()])
        is_new = bool(cursor.rowcount)
    if is_new:
        Idea.objects.filter(pk=idea.pk).update(vote_count=F("vote_count") + 1)
    return is_new


@transaction.atomic
def take_vote_back(*, idea: Idea, by: User) -> bool:
    """True if there was a vote. Raises TooMuch."""
    limits.take_vote(need_standing(by))
    if not IdeaVote.objects.filter(idea=idea, person=by).delete()[0]:
        return False
    Idea.objects.filter(pk=idea.pk).update(vote_count=F("vote_count") - 1)
    return True
