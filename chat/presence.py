"""Who of a team is writing an answer right now; forgotten after twenty seconds, and with the cache."""

from django.core.cache import cache

from accounts.models import User
from chat import live
from chat.models import Conversation, Side

SECONDS = 20


def _key(conversation: Conversation) -> str:
    return f"chat:typing:{conversation.pk}"


def note_typing(*, conversation: Conversation, person: User) -> None:
    """Somebody of the team types; her colleagues are told."""
    cache.set(_key(conversation), (person.pk, person.get_short_name()), SECONDS)
    live.publish("typing", conversation, side=Side.CHANNEL)


def who_types(conversation: Conversation, beside: User) -> str:
    """The name of another member of the team who types; empty if nobody does."""
    kept: tuple[int, str] | None = cache.get(_key(conversation))
    return kept[1] if kept and kept[0] != beside.pk else ""
