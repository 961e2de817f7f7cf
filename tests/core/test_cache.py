"""The cache may vanish."""

from django.core.cache import cache as shared

from core.cache import DegradingRedisCache


def test_a_lost_cache_reads_as_a_miss():
    cache = DegradingRedisCache("redis://127.0.0.1:1/0", {})
    cache.set("a", 1)
    assert cache.get("a") is None
    assert cache.get("a", "else") == "else"
    assert cache.get_many(["a", "b"]) == {}
    assert cache.add("a", 1) is True
    cache.delete("a")
    cache.append_many({"list": [b"1"]}, 60)
    assert cache.get_many_and_list(["a"], "list", 5) == ({}, [])


def test_a_list_grows_at_its_end():
    shared.set("a", 1)
    shared.append_many({"list": [b"1", b"2"], "other": [b"x"]}, 60)
    shared.append_many({"list": [b"3"]}, 60)
    assert shared.get_many_and_list(["a", "b"], "list", 2) == ({"a": 1}, [b"2", b"3"])
