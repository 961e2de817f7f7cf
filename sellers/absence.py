"""How a channel's holiday reads, for who would buy there."""

from django.utils.translation import gettext as _

from core.templatetags.bisat import day
from sellers.models import Channel


def refusal(channel: Channel) -> str:
    """Why nothing can be bought of a channel that is away, and when it can be again."""
    if channel.back_on is None:
        return _("This channel is on holiday and sends nothing now. You can save the thing, or ask.")
    words = _("This channel is on holiday and sells again on {day}. You can save the thing, or ask.")
    return words.format(day=day(channel.back_on))


def asking_refusal(channel: Channel) -> str:
    """Why the team asks nobody for money while it is away."""
    if channel.back_on is None:
        return _("Your channel is on holiday: nobody can be asked for money until you are back.")
    words = _("Your channel is on holiday until {day}: nobody can be asked for money before. End it to ask now.")
    return words.format(day=day(channel.back_on))
