"""The broker of background work, on any server from Redis 6.0 on."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from kombu import Connection

QUEUE = "left-behind"


@pytest.fixture
def broker() -> Iterator[Connection]:
    with current_app.connection_for_write() as connection:
        connection.transport_options |= {"visibility_timeout": -1}  # what nobody has finished by now is given back
        yield connection
        connection.channel().queue_delete(QUEUE)


def calls(client: Any) -> tuple[int, int]:
    """How often the server was asked for a ZRANGE, new from 6.2 on with BYSCORE, and for the older ZREVRANGEBYSCORE."""
    told = client.info("commandstats")
    zrange, by_score = (told.get(f"cmdstat_{name}", {"calls": 0})["calls"] for name in ("zrange", "zrevrangebyscore"))
    return zrange, by_score


def test_a_killed_workers_job_comes_back_without_commands_that_redis_6_0_lacks(broker):
    channel = broker.channel()
    with broker.SimpleQueue(QUEUE) as queue:
        queue.put({"n": 1})
        assert queue.get(timeout=5).payload == {"n": 1}  # and is never acknowledged
        assert channel._size(QUEUE) == 0
        before = calls(channel.client)
        channel.qos.restore_visible()
        assert channel._size(QUEUE) == 1
        queue.get(timeout=5).ack()
        assert calls(channel.client) == (before[0], before[1] + 1)


def test_other_ranges_are_asked_for_as_before(broker):
    client = broker.channel().client
    client.zadd("some-marks", {"a": 1, "b": 2})
    try:
        assert client.zrange("some-marks", 0, -1) == [b"a", b"b"]
    finally:
        client.zrem("some-marks", "a", "b")


def test_the_end_of_a_workers_own_queue_is_put_off_and_never_brought_forward(broker):
    channel = broker.channel()
    bound, deadlines = f"bindings of {QUEUE}", "deadlines"
    seen = []
    for hours in (2, 3, 1):
        channel._refresh_binding(
            keys=[bound, channel.global_keyprefix + deadlines], args=["who", QUEUE, hours * 3600_000]
        )
        seen.append(dict(channel.client.zrange(deadlines, 0, -1, withscores=True))[QUEUE.encode()])
    channel.client.delete(deadlines, bound)
    assert 0 <= seen[1] - seen[0] - 3600_000 < 60_000
    assert seen[2] == seen[1]
    assert "GT" not in channel._refresh_binding.script  # since Redis 6.2
