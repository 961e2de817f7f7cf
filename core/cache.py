"""The cache may vanish: a page then costs more, and nothing else happens."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
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


class DegradingRedisCache(RedisCache):
    """Django's Redis cache whose lost connection reads as a miss and writes as nothing.

    Nothing that must be counted may rely on it: rate limits live in PostgreSQL (core.limits).
    """

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
