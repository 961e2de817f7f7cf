"""What chats cost: a thousand open streams in one process, and the inbox of fifty thousand conversations.

`python -m bench.chat` opens ``STREAMS`` (1,000) streams of one stream process by plain sockets, has ``MESSAGES`` (400)
said through the services and prints how late each reached its readers, and the process's memory. `--inbox` fills one
channel with ``CONVERSATIONS`` (50,000) and prints how long its list takes, by filter and by search. Each runs on
servers of its own under ``var/bench-chat``, gone afterwards. Exits 1 above a limit.
"""

import asyncio
import contextlib
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BASE = Path(__file__).resolve().parent.parent
HOME = BASE / "var" / "bench-chat"
STREAMS, MESSAGES = int(os.environ.get("STREAMS", "1000")), int(os.environ.get("MESSAGES", "400"))
CONVERSATIONS = int(os.environ.get("CONVERSATIONS", "50000"))
LATENCY_P99, MEMORY, INBOX = 0.25, 300.0, 0.1  # seconds, MB, seconds
PACE = 0.02  # seconds between two messages
ORIGIN = "http://127.0.0.1:8000"


def manage(*arguments: str) -> None:
    owner = os.environ | {"DATABASE_URL": os.environ["DATABASE_OWNER_URL"]}
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=BASE, env=owner, check=True)


def make_talks(count: int) -> tuple[list[Any], Any]:
    """``count`` conversations of as many shoppers with one channel, and its seller."""
    from accounts.models import User
    from chat.models import Conversation
    from sellers import services as sellers

    seller = User.objects.create_user(email="seller@bench.example", display_name="Seller")
    channel = sellers.create_channel(
        owner=seller, handle="bench", name="Bench", tagline="Things", city="Here", market="us", language="en"
    )
    people = User.objects.bulk_create(
        [User(email=f"p{n}@bench.example", display_name=f"Person {n}") for n in range(count)], 5000
    )
    talks = Conversation.objects.bulk_create([Conversation(shopper=one, channel=channel) for one in people], 5000)
    return talks, seller


def session_of(person: Any) -> str:
    """The key of a session in which the person is signed in."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    return str(session.session_key)


class Reader:
    """One page: an open stream, opened again from the last event on when it ends, that notes when it heard of what."""

    def __init__(self, heard: dict[int, list[float]], port: int, talk: int, key: str) -> None:
        self.heard, self.port, self.talk, self.key = heard, port, talk, key
        self.last = self.reopened = 0

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"GET /stream/?conversation={self.talk} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={self.key}\r\n"
        self.writer.write(f"{head}Last-Event-ID: {self.last}\r\n\r\n".encode())
        status = await self.reader.readline()
        assert b"200" in status, status
        while b"caught up" not in (line := await self.reader.readline()):
            self.note(line)

    def note(self, line: bytes) -> None:
        if line.startswith(b"id: "):
            self.last = int(line[4:])
            self.heard.setdefault(self.last, []).append(time.perf_counter())

    async def listen(self) -> None:
        while True:
            while line := await self.reader.readline():
                self.note(line)
            self.writer.close()
            self.reopened += 1
            await self.open()


def _missing(said: dict[int, float], heard: dict[int, list[float]], readers: int) -> int:
    return sum(len(heard.get(pk, [])) < readers for pk in said)


async def measure(port: int, talks: list[Any], keys: list[str], say: Callable[[int], int]) -> list[float]:
    """How many seconds after its commit each message reached each reader of its conversation."""
    heard: dict[int, list[float]] = {}
    readers = [Reader(heard, port, talks[number % len(talks)].pk, keys[number]) for number in range(STREAMS)]
    gate = asyncio.Semaphore(50)

    async def open_one(reader: Reader) -> None:
        async with gate:
            await reader.open()

    began = time.perf_counter()
    await asyncio.gather(*(open_one(reader) for reader in readers))
    print(f"{STREAMS} streams open after {time.perf_counter() - began:.1f} s", flush=True)
    listening = [asyncio.create_task(reader.listen()) for reader in readers]
    said: dict[int, float] = {}
    for number in range(MESSAGES):
        pk = await asyncio.to_thread(say, number)
        said[pk] = time.perf_counter()
        await asyncio.sleep(PACE)
    deadline = time.perf_counter() + 10
    while _missing(said, heard, STREAMS // len(talks)) and time.perf_counter() < deadline:
        await asyncio.sleep(0.1)
    for task in listening:
        task.cancel()
    missing = _missing(said, heard, STREAMS // len(talks))
    assert not missing, f"{missing} messages did not arrive everywhere"
    print(f"streams opened again: {sum(reader.reopened for reader in readers)}, load {os.getloadavg()[0]:.1f}")
    return sorted(max(0.0, at - said[pk]) for pk, times in heard.items() if pk in said for at in times)


def wait_for(port: int) -> None:
    """Until the process has loaded Django and listens."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("The stream process did not start.")


def memory_of(parent: int) -> float:
    """MB that the server's largest process holds."""
    pids = [parent, *(int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]
    sizes = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids]
    return max(sizes) * resource.getpagesize() / 2**20


def streams(port: int) -> int:
    """Half of the streams are shoppers', each in a conversation of her own; the other half its seller's."""
    from chat import services as chat

    talks, seller = make_talks(STREAMS // 2)
    keys = [session_of(talk.shopper) for talk in talks] + [session_of(seller)] * len(talks)
    command = ["granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port), "--backlog", "2048",
               "--backpressure", "20000", "--workers-kill-timeout", "2", "--log-level", "warning", "config.asgi:application"]  # fmt: skip
    command[0] = str(Path(sys.executable).parent / command[0])
    pool = {"DATABASE_POOLED": "1", "DATABASE_POOL": "4", "SITE_URL": ORIGIN}
    process = subprocess.Popen(command, cwd=BASE, env=os.environ | pool)
    try:
        wait_for(port)

        def say(number: int) -> int:
            talk = talks[number % len(talks)]
            from django.utils import timezone

            return chat.send_message(conversation=talk, author=talk.shopper, text="Hello", at=timezone.now()).pk

        late = asyncio.run(measure(port, talks, keys, say))
        p50, p99, size = late[len(late) // 2], late[int(len(late) * 0.99)], memory_of(process.pid)
        print(f"{len(late)} deliveries: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, memory {size:.0f} MB")
        return int(p99 > LATENCY_P99 or size > MEMORY)
    finally:
        process.terminate()
        process.wait(20)


def fill_inbox() -> None:
    """One message each; half are unread, every tenth is the seller's, every seventh labeled, every fifth archived."""
    from django.db import connection

    statements = (
        "INSERT INTO chat_message (conversation_id, author_id, side, kind, text, notice, client_id, steers_outside,"
        " is_automatic, sent_at) SELECT id, shopper_id, 'shopper', 'text', 'Is number ' || id || ' glazed inside?',"
        " '', 'a', false, false, now() - id * interval '1 minute' FROM chat_conversation",
        "UPDATE chat_conversation c SET last_message_id = m.id, last_message_at = m.sent_at, channel_unread = c.id % 2,"
        " is_archived = c.id % 5 = 1, assignee_id = CASE WHEN c.id % 10 = 0 THEN (SELECT min(id) FROM accounts_user) END"
        " FROM chat_message m WHERE m.conversation_id = c.id",
        "INSERT INTO chat_conversation_labels (conversation_id, label_id)"
        " SELECT c.id, l.id FROM chat_conversation c, chat_label l WHERE c.id % 7 = 0",
        "VACUUM ANALYZE",
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def inbox() -> int:
    """How long a page of each list takes, searches for rare, common, short and unknown words among them."""
    from chat import selectors
    from chat.models import Label
    from chat.selectors import InboxFilter

    talks, seller = make_talks(CONVERSATIONS)
    channel = talks[0].channel
    label = Label.objects.create(channel=channel, name="Urgent")
    fill_inbox()
    asked = {"all": InboxFilter(), "label": InboxFilter(label=label)}
    asked |= {show: InboxFilter(show) for show in ("unread", "mine", "unassigned", "archived")}
    asked |= {
        f"“{words}”": InboxFilter(words=words)
        for words in (f"number {talks[-1].pk}", f"person {CONVERSATIONS - 1}", "glazed", "is", "kiln", "qz")
    }
    slow = 0
    for name, wanted in asked.items():
        times = []
        for _ in range(5):
            began = time.perf_counter()
            page = selectors.get_team_inbox(channel, seller, wanted)
            times.append(time.perf_counter() - began)
        print(f"{name:15} {len(page.rows):2} rows of {CONVERSATIONS}: {sorted(times)[2] * 1000:.1f} ms", flush=True)
        slow += sorted(times)[2] > INBOX
    began = time.perf_counter()
    count = selectors.count_unread(seller)
    print(f"unread {count}: {(time.perf_counter() - began) * 1000:.1f} ms")
    return int(slow > 0)


def main() -> int:
    from core import embedded

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))
    try:
        os.environ |= embedded.start(HOME, durable=False, environment={}).environment()
        os.environ |= {"BISAT_ENV": "development", "BISAT_VAR": str(HOME), "DJANGO_SETTINGS_MODULE": "config.settings"}
        manage("migrate", "--verbosity", "0")
        import django

        django.setup()
        return inbox() if "--inbox" in sys.argv else streams(embedded.free_port())
    finally:
        embedded.stop(HOME)
        shutil.rmtree(HOME, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
