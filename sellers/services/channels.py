"""Opening, running and closing a channel. Each change of state leaves a row that says who and why."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import markets
from news import services as news
from sellers import signals
from sellers.models import Channel, ChannelMember, ChannelTransition, Role
from sellers.models.channels import HANDLE, HUES, RESERVED_HANDLES
from sellers.services import approving
from sellers.services.errors import BadChannel, BadHandle, HandleTaken, NotAllowed, Problems
from sellers.services.listing import refresh_channel
from sellers.services.locks import lock_channel

State = Channel.State
MOVES: dict[str, tuple[str, ...]] = {
    State.DRAFT: (State.PENDING, State.OPEN),
    State.PENDING: (State.OPEN, State.DRAFT),
    State.OPEN: (State.HOLIDAY, State.SUSPENDED),
    State.HOLIDAY: (State.OPEN, State.SUSPENDED),
    State.SUSPENDED: (State.OPEN,),
}
DECISIONS: dict[tuple[str, str], str] = {  # of staff, and the kind of news each is to the owner
    (State.PENDING, State.OPEN): "channel_approved",
    (State.PENDING, State.DRAFT): "channel_sent_back",
    (State.OPEN, State.SUSPENDED): "channel_suspended",
    (State.HOLIDAY, State.SUSPENDED): "channel_suspended",
    (State.SUSPENDED, State.OPEN): "channel_reopened",
}
EDITABLE = {
    *("name", "tagline", "about", "city", "hue", "avatar", "cover", "language", "market", "handle"),
    *("public_email", "public_phone", "public_link", "delivery", "returns"),
}
ON_CARDS = {"name", "city", "hue", "avatar", "market", "language", "handle"}  # what lists and search repeat


def clean_handle(handle: str) -> str:
    """The handle as it is kept: lower case, without "@". Raises BadHandle."""
    cleaned = handle.strip().removeprefix("@").lower()
    if not HANDLE.match(cleaned):
        raise BadHandle(_("A handle has 3 to 30 letters a–z, digits and underscores, and no underscore at its ends."))
    if cleaned in RESERVED_HANDLES:
        raise BadHandle(_("This handle is kept for the house. Choose another one."))
    return cleaned


def is_handle_free(handle: str) -> bool:
    return not Channel.objects.filter(handle__iexact=handle).exists()


def _check(channel: Channel) -> None:
    """Raises BadChannel with all that is wrong."""
    problems = Problems()
    for field, limit in (("name", 60), ("tagline", 120), ("city", 60)):
        problems.check_text(field, getattr(channel, field), limit, required=True)
    for field, limit in (("about", 2000), ("delivery", 600), ("returns", 600), ("public_phone", 20)):
        problems.check_text(field, getattr(channel, field), limit)
    if channel.market not in markets.MARKETS:
        problems.add("market", _("Choose a market."))
    if channel.language not in dict(settings.LANGUAGES):
        problems.add("language", _("Choose a language."))
    if not 0 <= channel.hue < HUES:
        problems.add("hue", _("Choose one of the colors."))
    _check_contact(problems, channel)
    problems.raise_as(BadChannel)


def _check_contact(problems: Problems, channel: Channel) -> None:
    try:
        if channel.public_email:
            validate_email(channel.public_email)
    except ValidationError:
        problems.add("public_email", _("This is not an e-mail address."))
    try:
        if channel.public_link:
            URLValidator(schemes=["http", "https"])(channel.public_link)
    except ValidationError:
        problems.add("public_link", _("This is not a web address. It begins with https://."))


def _save(channel: Channel, **how: Any) -> None:
    """Saves; two people who want one handle at once learn who was later."""
    try:
        with transaction.atomic():
            channel.save(**how)
    except IntegrityError as error:
        if "channel_handle_once" in str(error):
            raise HandleTaken from None
        raise


def _tell(channel_id: int) -> None:
    transaction.on_commit(lambda: signals.channels_changed.send(Channel, channel_ids=[channel_id]))


@transaction.atomic
def create_channel(*, owner: User, handle: str, **fields: Any) -> Channel:
    """A draft channel of ``owner``; ``fields`` are those of update_channel.

    Raises BadHandle, HandleTaken, BadChannel.
    """
    if unknown := fields.keys() - EDITABLE:
        raise TypeError(f"create_channel() has no {', '.join(sorted(unknown))}")
    channel = Channel(handle=clean_handle(handle), **fields)
    _check(channel)
    if not is_handle_free(channel.handle):
        raise HandleTaken
    _save(channel)
    ChannelMember.objects.create(channel=channel, person=owner, role=Role.OWNER)
    ChannelTransition.objects.create(channel=channel, to_state=channel.state, by=owner)
    _tell(channel.pk)
    return channel


@transaction.atomic
def update_channel(*, channel: Channel, by: User, **changes: Any) -> Channel:
    """Writes settings (EDITABLE). The market stays once there are products, the handle once staff have seen it.

    Raises BadChannel, BadHandle, HandleTaken, NotAllowed.
    """
    if unknown := changes.keys() - EDITABLE:
        raise TypeError(f"update_channel() has no {', '.join(sorted(unknown))}")
    channel = lock_channel(channel.pk)
    if "handle" in changes:
        changes["handle"] = clean_handle(changes["handle"])
    changed = {name for name, value in changes.items() if getattr(channel, name) != value}
    if "handle" in changed and channel.state != State.DRAFT:
        raise NotAllowed(_("The handle stays: people may have linked to it."))
    if "market" in changed and channel.products.exists():
        raise NotAllowed(_("The market stays: the products have prices in its currency."))
    for name in changed:
        setattr(channel, name, changes[name])
    _check(channel)
    if changed:
        _save(channel, update_fields=changed)
        if changed & ON_CARDS:
            refresh_channel(channel.pk)
        _tell(channel.pk)
    return channel


def can_change_state(channel: Channel, to_state: str) -> bool:
    return to_state in MOVES[channel.state]


@transaction.atomic
def _move(channel: Channel, come_from: tuple[str, ...], to_state: str, by: User | None, reason: str = "") -> Channel:
    """Lock, check again, write, log, tell."""
    channel = lock_channel(channel.pk)
    if channel.state not in come_from or not can_change_state(channel, to_state):
        raise NotAllowed(_("The channel has changed in the meantime; that step is not open to it now."))
    before, channel.state = channel.state, to_state
    if to_state == State.OPEN and channel.opened_at is None:
        channel.opened_at = timezone.now()
    if to_state == State.OPEN:  # a holiday's days end with it
        channel.holiday_from, channel.holiday_until, channel.holiday_message = None, None, ""
    channel.save(update_fields=["state", "opened_at", "holiday_from", "holiday_until", "holiday_message"])
    transition = ChannelTransition.objects.create(
        channel=channel, from_state=before, to_state=to_state, by=by, reason=reason.strip()[:500]
    )
    _tell_owner(transition)
    refresh_channel(channel.pk)
    _tell(channel.pk)
    return channel


def _tell_owner(transition: ChannelTransition) -> None:
    """Staff's decisions reach the owner; what the team does itself is no news."""
    kind = DECISIONS.get((transition.from_state, transition.to_state))
    if kind is None:
        return
    channel = transition.channel
    news.notify(
        person=channel.members.select_related("person").get(role=Role.OWNER).person,
        kind=kind,
        params={"channel": channel.name, "reason": transition.reason},
        url=reverse("dashboard:channel", args=[channel.handle]),
        key=f"channel:{transition.pk}",
        at=transition.at,
    )


def _need(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed(_("Write why: the seller reads it."))


def submit_channel(*, channel: Channel, by: User, reason: str = "") -> Channel:
    """Ready for the public: waits for staff, or opens at once where the house allows it."""
    to_state = State.OPEN if settings.CHANNELS_OPEN_WITHOUT_STAFF else State.PENDING
    return _move(channel, (State.DRAFT,), to_state, by, reason)


def approve_channel(*, channel: Channel, by: User, reason: str = "") -> Channel:
    return _move(channel, (State.PENDING,), State.OPEN, by, reason)


def send_back_channel(*, channel: Channel, by: User, reason: str = "") -> Channel:
    _need(reason)
    return _move(channel, (State.PENDING,), State.DRAFT, by, reason)


def suspend_channel(*, channel: Channel, by: User, reason: str = "") -> Channel:
    _need(reason)
    return _move(channel, Channel.VISIBLE, State.SUSPENDED, by, reason)


def reopen_channel(*, channel: Channel, by: User, reason: str = "") -> Channel:
    return _move(channel, (State.SUSPENDED,), State.OPEN, by, reason)


def start_holiday(*, channel: Channel, by: User, reason: str = "") -> Channel:
    return _move(channel, (State.OPEN,), State.HOLIDAY, by, reason)


def end_holiday(*, channel: Channel, by: User | None, reason: str = "") -> Channel:
    """Back at work; without ``by`` its days are over."""
    return _move(channel, (State.HOLIDAY,), State.OPEN, by, reason)


@transaction.atomic
def verify_channel(*, channel: Channel, by: User) -> Channel:
    """Staff checked who the seller is: products that waited for them go out."""
    channel = lock_channel(channel.pk)
    if channel.verified_at is None:
        channel.verified_at = timezone.now()
        channel.save(update_fields=["verified_at"])
        approving.release_waiting(channel)
        refresh_channel(channel.pk)
        _tell(channel.pk)
    return channel


@transaction.atomic
def unverify_channel(*, channel: Channel, by: User) -> Channel:
    channel = lock_channel(channel.pk)
    if channel.verified_at is not None:
        channel.verified_at = None
        channel.save(update_fields=["verified_at"])
        refresh_channel(channel.pk)
        _tell(channel.pk)
    return channel
