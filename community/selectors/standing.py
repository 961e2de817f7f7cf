"""Who belongs to the group: the team, and the owners and managers of channels whose seller staff have checked.

Nobody joins. Membership is asked whenever a page is opened or somebody is told, so who loses the check, the channel
or the role is out at once.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from accounts import selectors as people
from accounts.models import User
from sellers.models import Channel, ChannelMember, Role

SPEAKS = Role.MANAGER  # the least role that speaks for a channel
_CHECKED = Q(channel__verified_at__isnull=False, channel__state__in=Channel.VISIBLE, role__in=Role.at_least(SPEAKS))


@dataclass(frozen=True, slots=True)
class Standing:
    """A person in the group. ``channel`` is the one she speaks for: of several, first one in her own language; the
    team speaks for none."""

    person: User
    is_team: bool
    channel: Channel | None
    sells: bool  # has a channel that is not checked, or not open

    @property
    def is_member(self) -> bool:
        return self.is_team or self.channel is not None


def is_team(person: User) -> bool:
    """Staff who may answer here, signed in with two factors as the admin site wants it."""
    return (
        person.is_active
        and person.is_staff
        and person.has_perm("community.change_topic")
        and people.has_second_factor(person)
    )


def get_standing(person: User) -> Standing:
    """One query for sellers, one for staff (two for staff with permissions by groups)."""
    if is_team(person):
        return Standing(person, is_team=True, channel=None, sells=False)
    channels = list(Channel.objects.of_member(person.pk, SPEAKS).select_related("avatar").order_by("pk"))
    checked = [channel for channel in channels if channel.is_verified and channel.is_visible()]
    checked.sort(key=lambda channel: channel.language != person.language)
    return Standing(person, is_team=False, channel=checked[0] if checked else None, sells=bool(channels))


def need_member(person: User) -> Standing:
    """The person's standing; Http404 for who is no member."""
    standing = get_standing(person)
    if not standing.is_member:
        raise Http404
    return standing


def get_members() -> QuerySet[User]:
    """All sellers of the group."""
    checked = ChannelMember.objects.filter(_CHECKED, person=OuterRef("pk"))
    return User.objects.filter(Exists(checked), is_active=True)


def still_here(people: set[int]) -> list[User]:
    """Those of ``people`` (ids) who belong to the group now, staff too; who has left is told nothing more."""
    checked = ChannelMember.objects.filter(_CHECKED, person=OuterRef("pk"))
    return list(User.objects.filter(Exists(checked) | Q(is_staff=True), pk__in=people, is_active=True).order_by("pk"))
