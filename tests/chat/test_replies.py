"""How soon a channel usually replies: counted at night, said on its pages and in its talks."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from chat import services as chat
from chat.models import Message, ReplyTime
from tests.factories import make_product_post, make_user

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def talk(channel, answers: list[dt.timedelta], *, days_ago: int = 3):
    """A shopper's question and what the channel's owner said so long after it; the newest of all is hers again."""
    conversation = chat.open_conversation(shopper=make_user(), channel=channel)
    at = NOW - dt.timedelta(days=days_ago)
    chat.send_message(conversation=conversation, author=conversation.shopper, text="Is it here?", at=at)
    owner = channel.members.get(role="owner").person
    for after in answers:
        chat.send_message(conversation=conversation, author=owner, text="Yes", at=at + after)
    chat.send_message(conversation=conversation, author=conversation.shopper, text="Thank you", at=at + 200 * HOUR)
    return conversation


def known(channel) -> list[tuple[int, int]]:
    return list(ReplyTime.objects.filter(channel=channel).values_list("seconds", "talks"))


def test_it_is_the_median_of_first_answers(channel, rival_channel):
    for hours in (1, 2, 3, 40, 90):
        talk(channel, [hours * HOUR, 95 * HOUR])
    for hours in (1, 2, 3, 4):
        talk(rival_channel, [hours * HOUR])
    talk(rival_channel, [])
    assert chat.count_reply_times(now=NOW) == 1
    assert (known(channel), known(rival_channel)) == ([(3 * 3600, 5)], [])


def test_what_answered_by_itself_or_long_ago_does_not_count(channel):
    for _ in range(5):
        conversation = talk(channel, [5 * HOUR])
        reply = Message.objects.filter(conversation=conversation, side="channel").get()
        Message.objects.create(
            conversation=conversation, side="channel", text="We are closed", client_id="hours", is_automatic=True,
            sent_at=reply.sent_at - 4 * HOUR,
        )  # fmt: skip
        talk(channel, [HOUR], days_ago=91)
    chat.count_reply_times(now=NOW)
    assert known(channel) == [(5 * 3600, 5)]


def test_a_channel_that_is_asked_no_more_loses_it(channel):
    for _ in range(5):
        talk(channel, [HOUR])
    assert [chat.count_reply_times(now=NOW), chat.count_reply_times(now=NOW + dt.timedelta(days=90))] == [1, 0]
    assert known(channel) == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3600, "Usually replies within an hour"),
        (3601, "Usually replies within a few hours"),
        (86400, "Usually replies within a day"),
        (86401, "Usually replies within a few days"),
        (4 * 86400, ""),
    ],
)
def test_it_is_said_calmly(seconds, words):
    assert ReplyTime(seconds=seconds).words == words


def test_pages_say_it_and_ask_for_nothing_more(channel, shopper, shopper_client, seller_client, client):
    conversation = chat.open_conversation(shopper=shopper, channel=channel)
    addresses = [reverse("shop:channel", args=[channel.handle]), conversation.get_absolute_url()]
    addresses.append(reverse("chat:message", args=[channel.handle]))
    addresses.append(make_product_post(channel).product.get_absolute_url())
    assert [said(shopper_client, address) for address in addresses] == [0, 0, 0, 0]
    ReplyTime.objects.create(channel=channel, seconds=1800, talks=5, counted_at=timezone.now())
    assert [said(shopper_client, address) for address in addresses] == [1, 1, 1, 1]
    assert (said(client, addresses[0]), said(seller_client, addresses[1])) == (1, 0)


def said(client, address: str) -> int:
    return client.get(address).content.decode().count("Usually replies within an hour")
