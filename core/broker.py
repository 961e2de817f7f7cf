"""Celery's broker on servers that are older than Kombu expects.

Two of its commands came with Redis 6.2 and end a worker on 6.0: ``ZRANGE … BYSCORE REV``, by which the jobs of killed
workers are found, and ``ZADD … GT``, which puts off the end of a worker's own queues. Older ones do the same.
"""

from functools import cached_property, partial
from typing import Any

from kombu.transport import redis

REFRESH_BINDING = """
redis.call('SADD', KEYS[1], ARGV[1])
local now = redis.call('TIME')
local due = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000) + tonumber(ARGV[3])
local known = redis.call('ZSCORE', KEYS[2], ARGV[2])
if not known or tonumber(known) < due then
    redis.call('ZADD', KEYS[2], due, ARGV[2])
end
"""


class Client(redis.PrefixedStrictRedis):
    """Kombu's client with the older command in place of the newer one."""

    PREFIXED_SIMPLE_COMMANDS = [*redis.PrefixedStrictRedis.PREFIXED_SIMPLE_COMMANDS, "ZREVRANGEBYSCORE"]

    def zrange(self, name: str, start: Any, end: Any, desc: bool = False, **more: Any) -> Any:  # type: ignore[override]
        if not (desc and more.pop("byscore", False)):
            return super().zrange(name, start, end, desc, **more)
        return self.zrevrangebyscore(name, start, end, start=more.pop("offset", None), **more)


class Channel(redis.Channel):
    def _get_client(self) -> Any:
        super()._get_client()  # type: ignore[misc]  # refuses a redis-py that is too old
        return partial(Client, global_keyprefix=self.global_keyprefix)

    @cached_property
    def _refresh_binding(self) -> Any:
        return self._create_client().register_script(REFRESH_BINDING)  # type: ignore[attr-defined]


def speak_to_older_servers() -> None:
    """From now on; a broker's address, ``redis://`` or ``rediss://``, stays what it is."""
    redis.Transport.Channel = Channel
