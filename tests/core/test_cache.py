"""The cache may vanish."""

from core.cache import DegradingRedisCache


def test_a_lost_cache_reads_as_a_miss():
    cache = DegradingRedisCache("redis://127.0.0.1:1/0", {})
    cache.set("a", 1)
    assert cache.get("a") is None
    assert cache.get("a", "else") == "else"
    assert cache.get_many(["a", "b"]) == {}
    assert cache.add("a", 1) is True
    cache.delete("a")
