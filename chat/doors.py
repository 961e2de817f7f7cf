"""Who may listen to a stream, and what she missed: the stream's few questions to the database, each in a thread."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from django.db import connections
from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import SessionStore, get_person
from chat.models import Message, Side
from chat.selectors import find_side
from sellers.models import Channel, Role

THREADS = 4  # and as many database connections at most
MOST_MISSED = 200  # what one question brings; the stream asks until nothing is left
Given = ParamSpec("Given")
Answer = TypeVar("Answer")
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="database")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person listens: in one conversation (or 0) on one side, and in the list that it stands in."""

    conversation: int
    side: str
    topics: frozenset[str]


async def ask(question: Callable[Given, Answer], *given: Given.args, **more: Given.kwargs) -> Answer:
    """Runs a database question in one of the few threads and gives its connection back."""

    def run() -> Answer:
        try:
            return question(*given, **more)
        finally:
            connections.close_all()

    return await asyncio.get_running_loop().run_in_executor(_threads, run)


def person_of(session_key: str) -> User | None:
    """Who is signed in under this session's key, if it still lives and its owner may still sign in."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_person(request)
    return user if isinstance(user, User) and user.is_active else None


def find_place(session_key: str, conversation: int, handle: str) -> Place | None:
    """Where the session's person may listen: to a conversation of hers, to a team's inbox, or to her own list.

    None for strangers. Three queries at most.
    """
    person = person_of(session_key)
    if person is None:
        return None
    if conversation:
        found = find_side(person, conversation)
        if found is None:
            return None
        side, channel_id = found
        beside = f"t{channel_id}" if side == Side.CHANNEL else f"p{person.pk}"
        return Place(conversation, side, frozenset({f"c{conversation}", beside}))
    if not handle:
        return Place(0, "shopper", frozenset({f"p{person.pk}"}))
    channel = Channel.objects.of_member(person.pk, Role.AGENT).filter(handle__iexact=handle).first()
    return Place(0, "channel", frozenset({f"t{channel.pk}"})) if channel else None


def find_missed(conversation: int, after: int) -> list[int]:
    """Ids of the next messages after ``after``, in order."""
    messages = Message.objects.filter(conversation=conversation, pk__gt=after).order_by("pk")
    return list(messages.values_list("pk", flat=True)[:MOST_MISSED])
