"""The cache may vanish."""

from core.cache import DegradingRedisCache, shared


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
    cache.set_bytes({"a": b"1"}, 60)
    assert cache.get_bytes(["a"]) == {}


def test_a_list_grows_at_its_end():
    shared.set("a", 1)
    shared.append_many({"list": [b"1", b"2"], "other": [b"x"]}, 60)
    shared.append_many({"list": [b"3"]}, 60)
    assert shared.get_many_and_list(["a", "b"], "list", 2) == ({"a": 1}, [b"2", b"3"])


def test_bytes_are_kept_as_they_are():
    shared.set_bytes({"a": b"\x00", "b": b""}, 60)
    assert shared.get_bytes(["a", "b", "c"]) == {"a": b"\x00", "b": b""}
    assert shared.get_bytes([]) == {}
