"""The cache may vanish: a page then costs more, and nothing else happens."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = logging.getLogger(__name__)
LOST = (RedisConnectionError, RedisTimeoutError)


def _or_miss(name: str, missing: Callable[[Any], Any]) -> Callable[..., Any]:
    original = getattr(RedisCache, name)

    def method(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(self, *args, **kwargs)
        except LOST as error:
            logger.warning("Cache is away (%s): %s", name, error)
            return missing(kwargs.get("default", args[1] if len(args) > 1 else None))

    return method


class LastingClient(RedisCacheClient):
    """Django makes a new redis-py client for each call, which costs more than the call; one is safe for all threads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """The client of the first server for writing, of a replica (or the only server) for reading."""
        if len(self._servers) > 2:  # type: ignore[attr-defined]
            return super().get_client(key, write=write)  # several replicas: one is drawn each time
        if write not in self._made:
            self._made[write] = super().get_client(key, write=write)
        return self._made[write]


class DegradingRedisCache(RedisCache):
    """Django's Redis cache whose lost connection reads as a miss and writes as nothing.

    Nothing that must be counted may rely on it: rate limits live in PostgreSQL (core.limits).
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = LastingClient

    get = _or_miss("get", lambda default: default)
    get_many = _or_miss("get_many", lambda _default: {})
    set = _or_miss("set", lambda _default: None)
    set_many = _or_miss("set_many", lambda _default: [])
    add = _or_miss("add", lambda _default: True)  # False would tell whoever locks with it "somebody else holds it"
    touch = _or_miss("touch", lambda _default: False)
    delete = _or_miss("delete", lambda _default: False)
    delete_many = _or_miss("delete_many", lambda _default: None)
    has_key = _or_miss("has_key", lambda _default: False)
    clear = _or_miss("clear", lambda _default: False)

    def append_many(self, rows: Mapping[str, Sequence[bytes]], seconds: int) -> None:
        """Puts bytes at the end of lists, each of which is gone ``seconds`` after its last ones. Nobody else's are
        lost meanwhile, as they are where a value is read, changed and set."""
        pipe = self._cache.get_client(None, write=True).pipeline(transaction=False)
        for key, values in rows.items():
            name = self.make_and_validate_key(key)
            pipe.rpush(name, *values)
            pipe.expire(name, seconds)
        try:
            pipe.execute()
        except LOST as error:
            logger.warning("Cache is away (%s): append_many", error)

    def get_many_and_list(self, keys: Sequence[str], list_key: str, most: int) -> tuple[dict[str, Any], list[bytes]]:
        """What ``get_many`` gives, and the last ``most`` of a list that ``append_many`` fills: one round trip."""
        names = [self.make_and_validate_key(key) for key in keys]
        pipe = self._cache.get_client(None).pipeline(transaction=False)
        pipe.mget(names)
        pipe.lrange(self.make_and_validate_key(list_key), -most, -1)
        try:
            values, appended = pipe.execute()
        except LOST as error:
            logger.warning("Cache is away (%s): get_many_and_list", error)
            return {}, []
        loads = self._cache._serializer.loads  # type: ignore[attr-defined]
        return {key: loads(value) for key, value in zip(keys, values, strict=True) if value is not None}, appended

    def get_bytes(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Many small values that ``set_bytes`` put there, as they are: what ``get_many`` does beside costs more."""
        try:
            found = self._cache.get_client(None).mget([self.make_key(key) for key in keys]) if keys else []
        except LOST as error:
            logger.warning("Cache is away (%s): get_bytes", error)
            return {}
        return {key: value for key, value in zip(keys, found, strict=True) if isinstance(value, bytes)}

    def set_bytes(self, values: Mapping[str, bytes], seconds: int) -> None:
        pipe = self._cache.get_client(None, write=True).pipeline(transaction=False)
        for key, value in values.items():
            pipe.set(self.make_key(key), value, ex=seconds)
        try:
            pipe.execute()
        except LOST as error:
            logger.warning("Cache is away (%s): set_bytes", error)


shared = cast(DegradingRedisCache, cache)  # django.core.cache.cache, by the name of what it is
