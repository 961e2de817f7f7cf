"""One order of locks: a person who opens a topic, then the topic, then its replies, its poll, its idea.

Whoever writes words or moves what is counted from them holds the topic; a vote holds only its poll or idea.
"""

from django.utils.translation import gettext as _

from accounts.models import User
from community.models import Idea, Poll, Topic
from community.selectors import Standing, get_standing
from community.services.errors import NotAllowed


def need_standing(person: User) -> Standing:
    """Raises NotAllowed for who does not belong to the group (any more)."""
    standing = get_standing(person)
    if not standing.is_member:
        raise NotAllowed(_("Only checked sellers and the team take part here."))
    return standing


def need_team(person: User) -> Standing:
    """Raises NotAllowed for everybody else."""
    standing = get_standing(person)
    if not standing.is_team:
        raise NotAllowed(_("Only the team may do that."))
    return standing


def lock_person(person: User) -> None:
    """One new topic of hers at a time, so that the second of two sends finds the first."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)


def lock_topic(pk: int) -> Topic:
    """The topic as it is now, ours until the transaction ends; rows may still point to it."""
    return Topic.objects.select_for_update(no_key=True).get(pk=pk)


def lock_poll(pk: int) -> Poll:
    return Poll.objects.select_for_update(no_key=True).get(pk=pk)


def lock_idea(pk: int) -> Idea:
    return Idea.objects.select_for_update(no_key=True).get(pk=pk)
