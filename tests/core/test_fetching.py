"""What a stranger's address may reach: the open internet, and nothing of ours."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from core.fetching import Limits, NotFetched, fetch, is_public

LIMITS = Limits(max_bytes=1000, seconds=2, kinds=("image/",))
PICTURE = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\npixels"


def anywhere(address: str, port: int) -> bool:
    return True


@contextmanager
def server(*answers: bytes, drip: float = 0) -> Iterator[tuple[int, list[bytes]]]:
    """A server on loopback that gives each visitor the next answer; yields its port and what was asked of it."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for answer in answers:
                try:
                    visitor, _address = listening.accept()
                except OSError:
                    return
                with visitor:
                    asked.append(visitor.recv(4096))
                    try:
                        for piece in [answer[i : i + 1] for i in range(len(answer))] if drip else [answer]:
                            visitor.sendall(piece)
                            time.sleep(drip)
                    except OSError:
                        pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], asked
        listening.close()


def reason(url: str, *, allowed: Callable[[str, int], bool] = is_public, limits: Limits = LIMITS) -> str:
    with pytest.raises(NotFetched) as refusal:
        fetch(url, limits, allowed=allowed)
    return refusal.value.reason


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "224.0.0.1",
     "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
     "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::1", "2001:0:7f00:1::1"],
)  # fmt: skip
def test_addresses_that_are_not_public(address):
    assert not is_public(address, 80)


def test_public_addresses_at_the_usual_ports():
    asked = [("93.184.216.34", 80), ("2606:4700::1111", 443), ("93.184.216.34", 6379)]
    assert [is_public(*one) for one in asked] == [True, True, False]


def test_body_is_fetched():
    with server(PICTURE) as (port, asked):
        assert fetch(f"http://127.0.0.1:{port}/a.png?b=1", LIMITS, allowed=anywhere) == b"pixels"
    assert asked[0].split(b"\r\n")[:2] == [b"GET /a.png?b=1 HTTP/1.1", f"Host: 127.0.0.1:{port}".encode()]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_loopback_is_refused_however_it_is_written(host):
    """A server listens there, and nobody comes."""
    with server(PICTURE) as (port, asked):
        assert reason(f"http://{host}:{port}/") in ("refused", "unreachable")
    assert asked == []


def test_redirect_inside_is_refused():
    """The first address may be spoken to, the second is looked at again."""
    with server(PICTURE) as (inside, asked_inside):
        away = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{inside}/\r\n\r\n".encode()
        with server(away) as (port, asked):
            assert reason(f"http://127.0.0.1:{port}/", allowed=lambda _address, at: at == port) == "refused"
    assert (len(asked), asked_inside) == (1, [])


def test_name_is_resolved_once(monkeypatch):
    """A name that answers with another address the second time gains nothing."""
    with server(PICTURE) as (port, _asked):
        answers = iter([("127.0.0.1", port), ("127.0.0.2", port)])
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda *_args, **_kw: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", next(answers))]
        )
        connected: list[tuple[str, int]] = []
        connect = socket.socket.connect
        monkeypatch.setattr(
            socket, "create_connection", lambda at, **_kw: connected.append(at) or _connected(connect, at)
        )
        looked_at: list[str] = []
        fetch(f"http://pictures.example:{port}/", LIMITS, allowed=lambda ip, _port: looked_at.append(ip) or True)
    assert (looked_at, connected) == (["127.0.0.1"], [("127.0.0.1", port)])


def _connected(connect: Callable[..., None], at: tuple[str, int]) -> socket.socket:
    made = socket.socket()
    connect(made, at)
    return made


def test_one_private_address_among_public_ones_is_refused(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kw: found)
    assert reason("http://pictures.example/") == "refused"


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/a", "file:///etc/passwd", "gopher://127.0.0.1/", "http://", "http://u:p@example.com/",
     "http://exa mple.com/", "http://example.com/\r\nX: y", "//example.com/", f"http://example.com/{'a' * 2000}"],
)  # fmt: skip
def test_addresses_that_make_no_sense(url):
    assert reason(url, allowed=anywhere) == "address"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "status"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", "kind"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Encoding: gzip\r\n\r\nxx", "kind"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 99999\r\n\r\n", "large"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + b"x" * 2000, "large"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "unreachable"),
        (b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n", "address"),
    ],
)
def test_answers_that_are_no_picture(answer, why):
    with server(answer) as (port, _asked):
        assert reason(f"http://127.0.0.1:{port}/", allowed=anywhere) == why


def test_who_drips_is_cut_off():
    """Each byte comes in time, all of them would take half a minute."""
    with server(PICTURE + b"x" * 500, drip=0.05) as (port, _asked):
        began = time.monotonic()
        assert reason(f"http://127.0.0.1:{port}/", allowed=anywhere, limits=Limits(1000, 0.3, ("image/",))) == "slow"
    assert time.monotonic() - began < 2
