"""Who works in a channel. The owner and managers run the team; nobody raises herself."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import phones
from accounts.models import User
from core import markets
from core.templatetags.bisat import number
from sellers.models import Channel, ChannelMember, Role
from sellers.services.errors import AlreadyMember, NoSuchPerson, NotAllowed
from sellers.services.locks import lock_channel

MAX_MEMBERS = 50
GIVES = {Role.OWNER: {Role.MANAGER, Role.AGENT, Role.VIEWER}, Role.MANAGER: {Role.AGENT, Role.VIEWER}}


def _person(contact: str, country: str) -> User:
    """Who has this e-mail address or telephone number; raises NoSuchPerson."""
    people = User.objects.filter(is_active=True)
    if "@" in contact:
        person = people.filter(email=contact.strip().lower()).first()
    else:
        try:
            person = people.filter(phone=phones.normalize(contact, country)).first()
        except phones.NotAPhone:
            raise NoSuchPerson from None
    if person is None:
        raise NoSuchPerson
    return person


def _role_of(channel: Channel, person: User) -> Role:
    member = ChannelMember.objects.filter(channel=channel, person=person).first()
    if member is None or member.role not in GIVES:
        raise NotAllowed(_("Only the owner and managers run the team."))
    return Role(member.role)


def _may_touch(mine: Role, role: str) -> None:
    if Role(role) not in GIVES[mine]:
        raise NotAllowed(_("You cannot give or take this role."))


@transaction.atomic
def add_member(*, channel: Channel, by: User, contact: str, role: str) -> ChannelMember:
    """Takes somebody who has an account into the team. Raises NoSuchPerson, AlreadyMember, NotAllowed."""
    channel = lock_channel(channel.pk)
    _may_touch(_role_of(channel, by), role)
    if channel.members.count() >= MAX_MEMBERS:
        raise NotAllowed(_("A team has at most {n} members.").format(n=number(MAX_MEMBERS)))
    person = _person(contact, markets.MARKETS[channel.market].country)
    try:
        with transaction.atomic():
            return ChannelMember.objects.create(channel=channel, person=person, role=role)
    except IntegrityError:
        raise AlreadyMember from None


@transaction.atomic
def change_role(*, member: ChannelMember, by: User, role: str) -> ChannelMember:
    """Another role for somebody else; the owner's passes only by transfer_ownership. Raises NotAllowed."""
    channel = lock_channel(member.channel_id)
    member = _again(member)
    if member.person_id == by.pk:
        raise NotAllowed(_("Nobody changes her own role."))
    mine = _role_of(channel, by)
    _may_touch(mine, member.role)
    _may_touch(mine, role)
    member.role = role
    member.save(update_fields=["role"])
    return member


@transaction.atomic
def remove_member(*, member: ChannelMember, by: User) -> None:
    """Lets somebody go; anyone but the owner may go herself. Raises NotAllowed."""
    channel = lock_channel(member.channel_id)
    member = _again(member)
    if member.person_id != by.pk:
        _may_touch(_role_of(channel, by), member.role)
    elif member.role == Role.OWNER:
        raise NotAllowed(_("The owner cannot leave. Hand the channel over first."))
    member.delete()


@transaction.atomic
def transfer_ownership(*, channel: Channel, by: User, to: User) -> None:
    """The owner hands the channel to a member of the team and becomes a manager. Raises NotAllowed."""
    channel = lock_channel(channel.pk)
    owner = channel.members.get(role=Role.OWNER)
    if owner.person_id != by.pk:
        raise NotAllowed(_("Only the owner can hand the channel over."))
    heir = channel.members.filter(person=to).exclude(pk=owner.pk).first()
    if heir is None:
        raise NotAllowed(_("The new owner must be on the team already."))
    owner.role, heir.role = Role.MANAGER, Role.OWNER
    owner.save(update_fields=["role"])  # first: there is never a second owner
    heir.save(update_fields=["role"])


def _again(member: ChannelMember) -> ChannelMember:
    """The member as she is now, under the channel's lock."""
    try:
        return ChannelMember.objects.get(pk=member.pk)
    except ChannelMember.DoesNotExist:
        raise NotAllowed(_("This person has left the team.")) from None
