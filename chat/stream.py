"""Event streams of open chat pages: a small ASGI application for ``/stream/`` and nothing else (config/asgi.py).

An event says that something is new and carries ids; the page fetches it. ``?conversation=7&after=120`` follows one
conversation, ``?channel=handle`` a team's inbox, neither one's own list. A stream first listens, then repeats from
the database what came after ``Last-Event-ID`` (or ``after``), so a reconnect loses nothing.
"""

import asyncio
import contextlib
import json
import random
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from chat import doors
from chat.hub import Hub, Mailbox, News

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
HEARTBEAT = 20.0  # seconds; proxies close what is silent for a minute
CHECK = 60.0  # how often it is asked again whether the person still belongs here
LIST_PAUSE = 1.0  # a busy team's lists are told of at most so often, however much is said in them
hub = Hub()


class Asked:
    """What a request wants, read from its address and headers."""

    def __init__(self, scope: Scope) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = {key: values[-1] for key, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        self.origin = headers.get("origin", "")
        self.conversation = _number(query.get("conversation", ""))
        self.after = max(_number(query.get("after", "")), _number(headers.get("last-event-id", "")))
        self.handle = query.get("channel", "")[:40]
        self.session = ""
        with contextlib.suppress(CookieError):
            cookie = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
            self.session = cookie.value if cookie else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _now() -> float:
    return asyncio.get_running_loop().time()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Streams while the page is open, the person belongs here and Redis speaks; any other request is refused."""
    if scope["type"] != "http":
        return None
    asked = Asked(scope)
    if scope["method"] != "GET" or not scope["path"].endswith("/stream/"):
        return await _refuse(send, 404)
    if asked.origin not in ("", settings.SITE_URL):
        return await _refuse(send, 403)
    place = await doors.ask(doors.find_place, asked.session, asked.conversation, asked.handle)
    if place is None:
        return await _refuse(send, 403, asked.origin)
    if not await hub.is_hearing():
        return await _refuse(send, 503, asked.origin)
    with hub.mailbox(place) as box:
        gone = asyncio.create_task(_end_with_client(receive, box))
        try:
            await Stream(asked, place, box, send).run()
        finally:
            gone.cancel()


async def _end_with_client(receive: Receive, box: Mailbox) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    box.end()


def _headers(origin: str, more: dict[str, str]) -> list[tuple[bytes, bytes]]:
    given = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Origin"} | more
    if origin:
        given |= {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"}
    return [(name.lower().encode(), value.encode()) for name, value in given.items()]


async def _refuse(send: Send, status: int, origin: str = "") -> None:
    headers = _headers(origin, {"Content-Type": "text/plain"})
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


class Stream:
    """One open stream; ``last`` is the newest message it has told of."""

    def __init__(self, asked: Asked, place: doors.Place, box: Mailbox, send: Send) -> None:
        self.asked, self.place, self.box, self._send = asked, place, box, send
        self.last = asked.after
        self.check_at = self._next_check()
        self.list_at = 0.0  # when the list may be told of again

    async def run(self) -> None:
        headers = _headers(self.asked.origin, {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._write(b"retry: 1000\n\n")
        await self._tell_missed()
        await self._write(b": caught up\n\n")
        while True:
            try:
                news = await asyncio.wait_for(self.box.queue.get(), LIST_PAUSE if self.box.list_news else HEARTBEAT)
            except TimeoutError:
                if not self.box.list_news:
                    await self._write(b": still here\n\n")
            else:
                if news is None:
                    break
                await self._tell(news)
            await self._tell_list()
            if _now() > self.check_at and not await self._still_belongs():
                break
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, news: News) -> None:
        """News of the stream's own conversation; typing is a team's own matter."""
        kind, id = news["kind"], news["id"]
        if news["conversation"] != self.place.conversation:
            return  # that is the list's, told in its own time
        if kind == "message":
            if id > self.last:
                self.last = id
                await self._event("message", news, id)
        elif kind in ("read", "card") or self.place.side == news["side"]:
            await self._event(kind, news)

    async def _tell_list(self) -> None:
        """That other conversations than the own one have news, as soon as it may be said again."""
        if _now() >= self.list_at and (news := self.box.take_list_news()):
            self.list_at = _now() + LIST_PAUSE
            await self._event("inbox", news)

    async def _tell_missed(self) -> None:
        if not self.place.conversation:
            return
        conversation = self.place.conversation
        while missed := await doors.ask(doors.find_missed, conversation, self.last):
            for id in missed:
                await self._tell({"kind": "message", "id": id, "conversation": conversation, "side": ""})

    async def _still_belongs(self) -> bool:
        """The session lives and the seat is still hers; news that Redis lost are told on this occasion."""
        self.check_at = self._next_check()
        asked = self.asked
        if await doors.ask(doors.find_place, asked.session, asked.conversation, asked.handle) != self.place:
            return False
        await self._tell_missed()
        return True

    def _next_check(self) -> float:
        return _now() + CHECK * random.uniform(0.8, 1.2)  # noqa: S311 - spreads the load

    async def _event(self, name: str, news: News, id: int = 0) -> None:
        data = json.dumps({key: news[key] for key in ("conversation", "side", "id")})
        head = f"id: {id}\n" if id else ""
        await self._write(f"{head}event: {name}\ndata: {data}\n\n".encode())

    async def _write(self, body: bytes) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
