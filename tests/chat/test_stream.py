"""The stream process as it runs: granian, real Redis, real database, a plain socket as the browser."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from chat import doors
from chat import services as chat
from core import embedded
from sellers.models import ChannelMember
from tests.chat.talks import say_many
from tests.conftest import signed_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
BASE = Path(__file__).resolve().parents[2]
OURS = "http://127.0.0.1:8000"


class Listener:
    """A browser's open stream; ``next`` waits for an event of a kind."""

    def __init__(self, port: int, query: str, person=None, **headers: str) -> None:
        cookie = signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value if person else ""
        self.cookie = cookie
        given = {"Host": "127.0.0.1", "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"} | headers
        lines = [
            f"GET /stream/?{query} HTTP/1.1",
            *(f"{name.replace('_', '-')}: {value}" for name, value in given.items()),
        ]
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=15)
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.headers = {}
        while line := self.file.readline().decode().strip():
            name, _, value = line.partition(":")
            self.headers[name.lower()] = value.strip()

    def next(self, *kinds: str) -> dict:
        """The next event of one of these kinds: its data and, as ``event_id``, its id."""
        event: dict = {}
        while raw := self.file.readline():
            name, _, value = raw.decode().strip().partition(": ")
            if name in ("id", "event", "data"):
                event[name] = value
            elif "data" in event:
                if event["event"] in kinds:
                    return json.loads(event["data"]) | {"event_id": event.get("id"), "kind": event["event"]}
                event = {}
        raise EOFError("the stream has ended")

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@pytest.fixture(scope="module")
def port(django_db_setup) -> Iterator[int]:
    """Where the stream process listens."""
    port = embedded.free_port()
    name = connection.settings_dict["NAME"]
    database = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "granian"), "--interface", "asginl", "--workers-kill-timeout", "2",
         "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "config.asgi:application"],
        cwd=BASE,
        env=os.environ | {"DATABASE_URL": database, "SITE_URL": OURS},
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not _answers(port):
            assert time.monotonic() < deadline, "the stream process did not start"
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        time.sleep(0.05)
        return False
    return True


@pytest.fixture
def listen(port: int) -> Iterator:
    opened: list[Listener] = []

    def open_(query: str, person=None, **headers: str) -> Listener:
        opened.append(Listener(port, query, person, **headers))
        return opened[-1]

    yield open_
    for listener in opened:
        listener.close()


def test_what_one_side_says_the_other_hears_within_a_second(listen, talk, shopper, seller):
    hearing = listen(f"conversation={talk.pk}&after=0", seller)
    assert hearing.status == 200
    first = chat.send_message(conversation=talk, author=shopper, text="Hello")
    assert hearing.next("message")["id"] == first.pk
    began = time.monotonic()
    second = chat.send_message(conversation=talk, author=shopper, text="Hello?")
    event = hearing.next("message")
    assert (event["event_id"], event["side"]) == (str(second.pk), "shopper")
    assert time.monotonic() - began < 1


def test_a_reconnect_loses_nothing_and_repeats_nothing(listen, talk, shopper, seller):
    said = [chat.send_message(conversation=talk, author=shopper, text=str(n)) for n in range(5)]
    again = listen(f"conversation={talk.pk}&after={said[0].pk}", seller, Last_Event_ID=str(said[1].pk))
    later = chat.send_message(conversation=talk, author=shopper, text="later")
    heard = [again.next("message")["id"] for _ in range(4)]
    assert heard == [*(one.pk for one in said[2:]), later.pk]


def test_after_a_very_long_gap_a_reconnect_tells_all_of_it_and_goes_on(listen, talk, shopper, seller):
    missed = say_many(talk, 2 * doors.MOST_MISSED + 1)
    again = listen(f"conversation={talk.pk}&after=0", seller)
    assert [again.next("message")["id"] for _ in missed] == missed
    later = chat.send_message(conversation=talk, author=shopper, text="later")
    assert again.next("message")["id"] == later.pk


def test_lists_hear_that_they_changed_and_read_marks_travel(listen, talk, shopper, seller, channel):
    team, own, thread = (
        listen(f"channel={channel.handle}", seller),
        listen("", shopper),
        listen(f"conversation={talk.pk}", shopper),
    )
    said = chat.send_message(conversation=talk, author=shopper, text="Hello")
    assert team.next("inbox")["conversation"] == talk.pk
    assert own.next("inbox")["id"] == said.pk
    chat.mark_read(conversation=talk, person=seller, up_to=said.pk)
    assert thread.next("read") == {
        "conversation": talk.pk, "side": "channel", "id": said.pk, "event_id": None, "kind": "read",
    }  # fmt: skip


def test_strangers_guests_and_viewers_hear_nothing(listen, talk, rival, channel):
    viewer = make_user()
    ChannelMember.objects.create(channel=channel, person=viewer, role="viewer")
    for person in (None, rival, viewer):
        assert listen(f"conversation={talk.pk}", person).status == 403
        assert listen(f"channel={channel.handle}", person).status == 403
    assert listen("", None).status == 403


def test_only_our_own_pages_may_listen(listen, talk, seller):
    ours = listen(f"conversation={talk.pk}", seller, Origin=OURS)
    assert (ours.status, ours.headers["access-control-allow-origin"]) == (200, OURS)
    assert ours.headers["access-control-allow-credentials"] == "true"
    assert listen(f"conversation={talk.pk}", seller, Origin="https://evil.example").status == 403


def test_a_signed_out_session_opens_no_stream(listen, talk, shopper):
    from accounts.models import Session

    hearing = listen(f"conversation={talk.pk}", shopper)
    Session.objects.all().delete()
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={hearing.cookie}"}
    assert (hearing.status, listen(f"conversation={talk.pk}", **headers).status) == (200, 403)
