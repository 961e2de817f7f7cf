"""The line to a provider has limits, and leads nowhere else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler

import pytest

from payments.providers import ProviderAway
from payments.providers.http import MAX_BYTES, post_json
from tests.payments.providers import server
from tests.payments.providers.server import Handler

Respond = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def serve() -> Iterator[Callable[[Respond], str]]:
    """``serve(respond)``: the address of a server that answers each POST by calling ``respond``."""
    with ExitStack() as running:

        def start(respond: Respond) -> str:
            class Responding(Handler):
                def do_POST(self) -> None:
                    self.rfile.read(int(self.headers["Content-Length"]))
                    respond(self)

            return f"{running.enter_context(server.serve(Responding))}/"

        yield start


def _begin(handler: BaseHTTPRequestHandler, status: int, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()


def test_an_object_is_taken_also_from_an_error(serve):
    def respond(handler: BaseHTTPRequestHandler) -> None:
        _begin(handler, 422)
        handler.wfile.write('{"said": "نه"}'.encode())

    assert post_json(serve(respond), {}) == {"said": "نه"}


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b"\xff\xfe", b""])
def test_anything_but_an_object_is_no_answer(serve, body: bytes):
    def respond(handler: BaseHTTPRequestHandler) -> None:
        _begin(handler, 200)
        handler.wfile.write(body)

    with pytest.raises(ProviderAway, match="JSON"):
        post_json(serve(respond), {})


def test_a_flood_is_left(serve):
    def respond(handler: BaseHTTPRequestHandler) -> None:
        _begin(handler, 200)
        handler.wfile.write(b" " * (MAX_BYTES + 1) + b"{}")

    with pytest.raises(ProviderAway, match="too large"):
        post_json(serve(respond), {})


def test_a_drip_is_left_at_the_deadline(serve, settings):
    """Each drop comes within the socket's patience; together they would take for ever."""
    settings.PAYMENT_READ_SECONDS = 0.3
    left = threading.Event()

    def respond(handler: BaseHTTPRequestHandler) -> None:
        _begin(handler, 200)
        for _drop in range(40):
            if left.wait(0.05):
                return
            handler.wfile.write(b" ")
        handler.wfile.write(b"{}")

    with pytest.raises(ProviderAway, match="timeout"):
        post_json(serve(respond), {})
    left.set()


def test_a_redirect_is_not_followed(serve):
    visited: list[str] = []

    def other(handler: BaseHTTPRequestHandler) -> None:
        visited.append(handler.path)
        _begin(handler, 200)
        handler.wfile.write(b"{}")

    elsewhere = serve(other)
    with pytest.raises(ProviderAway, match="307"):
        post_json(serve(lambda handler: _begin(handler, 307, Location=elsewhere)), {"key": "secret"})
    assert visited == []


def test_our_own_key_is_sent_whatever_netrc_says(serve, tmp_path, monkeypatch: pytest.MonkeyPatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    keys: list[str] = []

    def respond(handler: BaseHTTPRequestHandler) -> None:
        keys.append(handler.headers["Authorization"])
        _begin(handler, 200)
        handler.wfile.write(b"{}")

    post_json(serve(respond), {}, lambda _body: {"Authorization": "Bearer ours"})
    assert keys == ["Bearer ours"]
