"""What stands around a thread: the list it was chosen from, the channel's things, the team's tools."""

from typing import Any

from chat.models import Conversation
from chat.selectors.conversations import Seat
from chat.selectors.inbox import InboxFilter, get_own_inbox, get_team_inbox
from core.folding import Folded, fold
from core.pages import Page
from payments import selectors as payments
from sellers import selectors as sellers
from sellers.models import Attribute, Channel, ChannelMember, Product, Role

MORE, THINGS = 3, 24


def get_inbox_beside(seat: Seat) -> Page[Conversation]:
    """The list in which the conversation stands."""
    if seat.is_team:
        return get_team_inbox(seat.conversation.channel, seat.person, InboxFilter())
    return get_own_inbox(seat.person)


def get_more_things(conversation: Conversation) -> list[Product]:
    """The channel's newest other things, with pictures."""
    listed = Product.objects.listed().filter(channel=conversation.channel_id).exclude(pk=conversation.product_id or 0)
    return list(listed.select_related("cover", "category").order_by("-published_at", "-id")[:MORE])


def get_channel_things(channel: Channel, words: str = "") -> list[Product]:
    """The channel's newest listed things whose titles hold the words."""
    listed = Product.objects.listed().filter(channel=channel).select_related("cover", "category")
    if words := fold(" ".join(words.split())):
        listed = listed.alias(folded=Folded("title")).filter(folded__contains=words)
    return list(listed.order_by("-published_at", "-id")[:THINGS])


def get_team_tools(seat: Seat) -> dict[str, Any]:
    """``replies``, ``labels`` (each with ``is_set``), ``team`` (who may answer) and ``drafts`` (money not asked for yet)."""
    channel = seat.conversation.channel
    chosen = set(seat.conversation.labels.values_list("pk", flat=True))
    labels = list(channel.chat_labels.order_by("name", "pk"))
    for label in labels:
        label.is_set = label.pk in chosen  # type: ignore[attr-defined]
    members = ChannelMember.objects.filter(channel=channel, role__in=Role.at_least(Role.AGENT))
    return {
        "replies": list(channel.saved_replies.order_by("title", "pk")),
        "labels": labels,
        "drafts": payments.get_drafts(channel, seat.conversation.shopper),
        "team": [member.person for member in members.select_related("person").order_by("joined_at", "pk")],
    }


def get_variant_words(product: Product, variant_id: int | None) -> str:
    """The chosen variant in words, as the beginning of a question; empty without one."""
    variant = product.variants.filter(pk=variant_id).first() if variant_id else None
    if variant is None:
        return ""
    attributes = {one.slug: one for one in sellers.attributes_of(product.category_id)}
    named = [(attributes.get(slug), str(value)) for slug, value in variant.options.items()]
    return " / ".join(one.label_of(value) if isinstance(one, Attribute) else value for one, value in named) + ": "
