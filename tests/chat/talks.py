"""Talks that many tests of chats need."""

from chat.models import Conversation, Message, Side


def say_many(talk: Conversation, count: int) -> list[int]:
    """So many words of the shopper's, stored at once and told nobody; their ids in order."""
    said = [
        Message(conversation=talk, author=talk.shopper, side=Side.SHOPPER, text=f"Word {n}", client_id=f"many-{n}")
        for n in range(count)
    ]
    return sorted(message.pk for message in Message.objects.bulk_create(said))
