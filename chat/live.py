"""News of conversations for the pages that show them, through Redis: the stream process (chat.stream) hands it on.

Every piece of news goes to all stream processes on one topic; it holds ids only, never words. When Redis is away it
is lost, and pages find out by asking (they poll while their stream is not connected, and it is checked every minute).
"""

import json
import logging
from functools import cache
from typing import TYPE_CHECKING, Literal

import redis
from django.conf import settings
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from chat.models import Conversation

logger = logging.getLogger(__name__)
Kind = Literal["message", "read", "typing", "card"]


@cache
def _client() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def publish(kind: Kind, conversation: "Conversation", *, side: str, id: int = 0) -> None:
    """Tells open pages: ``side`` wrote message ``id``, has read up to ``id``, or types; card ``id`` changed. Call it after commit."""
    news = {
        "kind": kind,
        "id": id,
        "side": side,
        "conversation": conversation.pk,
        "shopper": conversation.shopper_id,
        "channel": conversation.channel_id,
    }
    try:
        _client().publish(settings.STREAM_TOPIC, json.dumps(news))
    except RedisError as error:
        logger.warning("News of conversation %s is lost, Redis is away: %s", conversation.pk, error)
