"""News from Redis, handed to every open stream of this process that it concerns: one connection for all of them."""

import asyncio
import contextlib
import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from redis import asyncio as redis
from redis.exceptions import RedisError

from chat.doors import Place

logger = logging.getLogger(__name__)
News = dict[str, Any]  # as chat.live.publish writes it
WAITING = 200  # news a slow reader may fall behind; she then comes again and is told from the database
RETRY = 1.0


@dataclass(eq=False, slots=True)
class Mailbox:
    """What waits for one stream; None in the queue means that the stream must end.

    News of other conversations than its own are one word, that the list has changed: ``list_news`` is the newest.
    """

    place: Place
    queue: "asyncio.Queue[News | None]" = field(default_factory=lambda: asyncio.Queue(WAITING + 1))
    list_news: News | None = None

    def put(self, news: News) -> None:
        if news["conversation"] == self.place.conversation:
            self._put(news)
        elif news["kind"] == "message" or (news["kind"] == "read" and news["side"] == self.place.side):
            is_known, self.list_news = self.list_news is not None, news
            if not is_known:
                self._put(news)

    def take_list_news(self) -> News | None:
        news, self.list_news = self.list_news, None
        return news

    def _put(self, news: News) -> None:
        if self.queue.qsize() < WAITING:
            self.queue.put_nowait(news)
        else:
            self.end()

    def end(self) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self.queue.put_nowait(None)


def topics_of(news: News) -> tuple[str, str, str]:
    """The conversation's own pages, the shopper's list of chats, the team's inbox."""
    return f"c{news['conversation']}", f"p{news['shopper']}", f"t{news['channel']}"


class Hub:
    """Who listens to what. While Redis is away nobody may listen: pages then ask by themselves."""

    def __init__(self) -> None:
        self._boxes: defaultdict[str, set[Mailbox]] = defaultdict(set)
        self._listener: asyncio.Task[None] | None = None
        self._hears = asyncio.Event()

    async def is_hearing(self) -> bool:
        """Whether news come in; the first who asks has them fetched from then on."""
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hears.wait(), RETRY)
        return self._hears.is_set()

    @contextlib.contextmanager
    def mailbox(self, place: Place) -> Iterator[Mailbox]:
        """A mailbox that is filled as long as the block runs."""
        box = Mailbox(place)
        for topic in place.topics:
            self._boxes[topic].add(box)
        try:
            yield box
        finally:
            for topic in place.topics:
                self._boxes[topic].discard(box)
                if not self._boxes[topic]:
                    del self._boxes[topic]

    def hand_out(self, news: News) -> None:
        for box in {box for topic in topics_of(news) for box in self._boxes.get(topic, ())}:
            box.put(news)

    async def _listen(self) -> None:
        while True:
            client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)
            try:
                async with client.pubsub() as subscription:
                    await subscription.subscribe(settings.STREAM_TOPIC)
                    self._hears.set()
                    async for item in subscription.listen():
                        if item["type"] == "message":
                            self.hand_out(json.loads(item["data"]))
            except (RedisError, OSError) as error:
                logger.warning("Redis is away, streams end: %s", error)
            self._hears.clear()
            for box in {box for boxes in self._boxes.values() for box in boxes}:
                box.end()
            await client.aclose()
            await asyncio.sleep(RETRY)
