"""Many tabs and many people in one conversation: one thread, each message once, counts that are exact."""

import os
import random

import pytest

from chat import services as chat
from chat.models import Conversation, Message
from tests.factories import make_product_post
from tests.prove.test_races import at_once

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]
ROUNDS = 1 if os.environ.get("SHORT") == "1" else 10


@pytest.fixture
def talk(shopper, channel):
    return chat.open_conversation(shopper=shopper, channel=channel)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_many_tabs_open_one_conversation(round_: int, shopper, channel):
    product = make_product_post(channel).product
    for thing in (product, None):
        assert at_once(lambda _, thing=thing: _open(shopper, channel, thing), 8) == []
    assert Conversation.objects.count() == 2


def _open(shopper, channel, product) -> None:
    chat.open_conversation(shopper=shopper, channel=channel, product=product, without_limit=True)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_one_send_from_many_tries_is_one_message(round_: int, talk, shopper):
    def send(_: int) -> None:
        chat.send_message(conversation=talk, author=shopper, text="Hello", client_id="same", at=talk.opened_at)

    assert at_once(send, 12) == []
    talk.refresh_from_db()
    assert (Message.objects.count(), talk.channel_unread) == (1, 1)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_counts_agree_with_the_messages_while_both_write_and_read(round_: int, talk, shopper, seller):
    people = [shopper, seller]

    def work(number: int) -> None:
        who = people[number % 2]
        chat.send_message(conversation=talk, author=who, text=str(number), at=talk.opened_at)
        newest = Message.objects.order_by("-pk").values_list("pk", flat=True)[0]
        if random.random() < 0.6:
            chat.mark_read(conversation=talk, person=who, up_to=newest)

    assert at_once(work, 24) == []
    talk.refresh_from_db()
    for side, other in (("shopper", "channel"), ("channel", "shopper")):
        waiting = Message.objects.filter(side=other, pk__gt=talk.read_by(side)).count()
        assert (side, talk.unread_of(side)) == (side, waiting)
    assert talk.last_message_id == Message.objects.order_by("-pk")[0].pk


def test_whoever_has_seen_a_message_has_seen_all_before_it(talk, shopper, seller):
    """Ids become visible in their order, so "everything after the last I know" misses nothing."""
    seen: list[int] = []
    missed: list[int] = []

    def work(number: int) -> None:
        if number % 2:
            chat.send_message(conversation=talk, author=[shopper, seller][number % 4 // 2], text="x", at=talk.opened_at)
            return
        known = list(Message.objects.order_by("pk").values_list("pk", flat=True))
        later = list(Message.objects.order_by("pk").values_list("pk", flat=True))
        seen.append(len(later))
        if known and [pk for pk in later if pk <= known[-1]] != known:
            missed.append(number)

    assert at_once(work, 32) == []
    assert (missed, len(seen)) == ([], 16)
