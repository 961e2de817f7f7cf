"""Talks of the demo market, from ``market/<language>/chats.toml``, made through chat's services."""

import datetime as dt
from collections.abc import Mapping

from accounts.models import User
from chat import services as chat
from core import outbox
from demo.content import ContentError, MarketText, Source
from demo.deals import make_deal
from sellers.models import Channel, Product

PACE = dt.timedelta(minutes=7)  # between two lines
SIDES = {">": "shopper", "<": "channel"}


def make_talks(
    text: MarketText, *, people: Mapping[str, User], channels: Mapping[str, Channel], now: dt.datetime
) -> None:
    """Every talk of one language; ``people`` by handle, ``channels`` by key."""
    titles = {(channel.key, product.key): product.title for channel in text.channels for product in channel.products}
    for entry in Source.read(f"{text.language}/chats.toml").each("chats"):
        channel, who = channels[entry.text("channel")], people[entry.text("person")]
        product = None
        if key := entry.values.get("product"):
            product = Product.objects.get(channel=channel, title=titles[entry.text("channel"), key])
        talk = chat.open_conversation(shopper=who, channel=channel, product=product, without_limit=True)
        seats = {"shopper": who, "channel": channel.members.get(role="owner").person}
        begun = now - dt.timedelta(hours=entry.need("ago"))
        said = []
        for number, (side, words) in enumerate(read_lines(entry)):
            said.append(chat.send_message(conversation=talk, author=seats[side], text=words, at=begun + number * PACE))
        seen = said[: len(said) - entry.need("unread")]
        for side, person in seats.items():
            heard = seen if side != said[-1].side else said
            if heard:
                chat.mark_read(conversation=talk, person=person, up_to=heard[-1].pk)
        for number, stage in enumerate(entry.values.get("deals", [])):
            make_deal(talk, seats["channel"], stage, f"demo:{talk.pk}:{number}")
    outbox.deliver_due(topic="payments.transition")  # the threads say what became of the money, worker or none


def read_lines(entry: Source) -> list[tuple[str, str]]:
    """Who says what. Raises ContentError for a line that does not say it."""
    lines = []
    for line in entry.need("lines"):
        if line[:1] not in SIDES or not line[1:].strip():
            raise ContentError(f"{entry.where}: {line!r} must begin with > or <")
        lines.append((SIDES[line[0]], line[1:].strip()))
    return lines
