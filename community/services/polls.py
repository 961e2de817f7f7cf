"""Voting in polls, and telling how they ended."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.models import Poll, PollOption, PollVote, Topic
from community.services import limits
from community.services.errors import NotAllowed
from community.services.locks import lock_poll, need_standing
from core import outbox


@transaction.atomic
def vote_in_poll(*, option: PollOption, by: User) -> PollVote:
    """The person's one vote, which she may move until the poll closes. Locks the poll, so its counts are exact.

    Raises NotAllowed, TooMuch.
    """
    standing = need_standing(by)
    poll = lock_poll(option.poll_id)
    if not poll.is_open() or Topic.objects.visible().filter(pk=poll.topic_id).first() is None:
        raise NotAllowed(_("This poll is closed."))
    limits.take_vote(standing)
    vote, is_new = PollVote.objects.get_or_create(poll=poll, person=by, defaults={"option": option})
    if not is_new and vote.option_id == option.pk:
        return vote
    if is_new:
        Poll.objects.filter(pk=poll.pk).update(vote_count=F("vote_count") + 1)
    else:
        PollOption.objects.filter(pk=vote.option_id).update(vote_count=F("vote_count") - 1)
        vote.option, vote.voted_at = option, timezone.now()
        vote.save(update_fields=["option", "voted_at"])
    PollOption.objects.filter(pk=option.pk).update(vote_count=F("vote_count") + 1)
    return vote


def tell_closed_polls() -> int:
    """Hands the result of every poll that has closed to the outbox, each once; returns how many there were."""
    count = 0
    while _tell_next():
        count += 1
    return count


@transaction.atomic
def _tell_next() -> bool:
    now = timezone.now()
    due = Poll.objects.select_for_update(skip_locked=True, no_key=True).filter(told_at=None, closes_at__lte=now)
    poll = due.order_by("closes_at", "pk").first()
    if poll is None:
        return False
    poll.told_at = now
    poll.save(update_fields=["told_at"])
    outbox.put("community.poll_closed", {"poll": poll.pk}, key=f"{poll.pk}")
    return True
