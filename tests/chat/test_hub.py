"""A stream's own rules, without a server: belonging, falling behind, who is told what."""

import asyncio
import json

import pytest
from django.conf import settings
from django.db import connections

from accounts.sessions import SessionStore
from chat import doors, stream
from chat import services as chat
from chat.hub import WAITING, Hub
from sellers.models import ChannelMember
from tests.conftest import signed_in
from tests.factories import make_user


def session_of(person) -> str:
    return signed_in(person).session.session_key


def delete_session(key: str) -> None:
    try:
        SessionStore(key).delete()
    finally:
        connections.close_all()


def test_a_place_ends_with_the_session_the_account_and_the_role(talk, channel):
    agent = make_user()
    member = ChannelMember.objects.create(channel=channel, person=agent, role="agent")
    key = session_of(agent)
    assert doors.find_place(key, talk.pk, "") == doors.Place(
        talk.pk, "channel", frozenset({f"c{talk.pk}", f"t{channel.pk}"})
    )
    member.role = "viewer"
    member.save()
    assert doors.find_place(key, talk.pk, "") is None
    agent.is_active = False
    agent.save()
    assert doors.person_of(key) is None


def test_a_reader_who_falls_behind_is_sent_away_to_come_again():
    async def fall_behind() -> list:
        hub = Hub()
        with hub.mailbox(doors.Place(1, "shopper", frozenset({"c1"}))) as box:
            for n in range(WAITING + 50):
                hub.hand_out({"kind": "message", "conversation": 1, "shopper": 2, "channel": 3, "id": n})
            return [box.queue.get_nowait() for _ in range(box.queue.qsize())]

    waiting = asyncio.run(fall_behind())
    assert (len(waiting), waiting[-1]) == (WAITING + 1, None)


@pytest.mark.parametrize(
    ("side", "news", "expected"),
    [
        ("shopper", {"kind": "message", "conversation": 1, "id": 9, "side": "channel"}, [b"message"]),
        ("shopper", {"kind": "message", "conversation": 1, "id": 3, "side": "channel"}, []),  # told already
        ("shopper", {"kind": "message", "conversation": 2, "id": 9, "side": "channel"}, [b"inbox"]),
        ("shopper", {"kind": "read", "conversation": 2, "id": 9, "side": "shopper"}, [b"inbox"]),
        ("shopper", {"kind": "read", "conversation": 2, "id": 9, "side": "channel"}, []),
        ("shopper", {"kind": "read", "conversation": 1, "id": 9, "side": "channel"}, [b"read"]),
        ("shopper", {"kind": "typing", "conversation": 1, "id": 0, "side": "channel"}, []),  # a team's own matter
        ("channel", {"kind": "typing", "conversation": 1, "id": 0, "side": "channel"}, [b"typing"]),
        ("channel", {"kind": "typing", "conversation": 2, "id": 0, "side": "channel"}, []),
    ],
)
def test_who_is_told_what(side, news, expected):
    sent: list[bytes] = []

    async def send(message) -> None:
        sent.append(message["body"])

    async def tell() -> None:
        scope = {"headers": [], "query_string": b"conversation=1&after=5"}
        place = doors.Place(1, side, frozenset({"c1"}))
        with Hub().mailbox(place) as box:
            one = stream.Stream(stream.Asked(scope), place, box, send)
            box.put(news)
            while not box.queue.empty():
                await one._tell(box.queue.get_nowait())
                await one._tell_list()

    asyncio.run(tell())
    assert [body.split(b"event: ")[1].split(b"\n")[0] for body in sent] == expected


def test_a_busy_list_is_told_of_once_in_a_while():
    sent: list[bytes] = []

    async def send(message) -> None:
        sent.append(message["body"])

    async def tell() -> None:
        place = doors.Place(0, "channel", frozenset({"t3"}))
        with Hub().mailbox(place) as box:
            one = stream.Stream(stream.Asked({"headers": [], "query_string": b""}), place, box, send)
            for id in range(WAITING * 2):
                box.put({"kind": "message", "conversation": 2, "id": id, "side": "shopper"})
                await one._tell_list()
            assert box.queue.qsize() == 2  # told at once, and to be told
            one.list_at = 0.0  # the pause is over
            await one._tell_list()

    asyncio.run(tell())
    told = [json.loads(body.split(b"data: ")[1])["id"] for body in sent]
    assert told == [0, WAITING * 2 - 1]


@pytest.mark.django_db(transaction=True)  # the stream asks in threads of its own
def test_a_stream_ends_once_its_person_is_gone(talk, shopper, monkeypatch):
    key = session_of(shopper)
    said = chat.send_message(conversation=talk, author=shopper, text="Hello")
    monkeypatch.setattr(stream, "CHECK", -1.0)  # asks at every event
    scope = {
        "headers": [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode())],
        "query_string": f"conversation={talk.pk}&after={said.pk}".encode(),
    }
    sent: list[dict] = []

    async def send(message) -> None:
        sent.append(message)

    async def run() -> None:
        place = await doors.ask(doors.find_place, key, talk.pk, "")
        with Hub().mailbox(place) as box:
            one = stream.Stream(stream.Asked(scope), place, box, send)
            box.put({"kind": "read", "conversation": talk.pk, "id": said.pk, "side": "channel"})
            running = asyncio.create_task(one.run())
            async with asyncio.timeout(10):
                while not any(b"event: read" in each.get("body", b"") for each in sent):
                    await asyncio.sleep(0.01)
            assert not running.done()  # she still belongs here
            await asyncio.to_thread(delete_session, key)
            box.put({"kind": "read", "conversation": talk.pk, "id": said.pk, "side": "channel"})
            await asyncio.wait_for(running, 5)

    asyncio.run(run())
    *told, end = [each["more_body"] for each in sent[1:]]
    assert (all(told), end) == (True, False)
    assert len(told) in (3, 4)  # the second may find her gone already, when the first was still asking
