"""A payment provider's server on loopback whose line can be cut in every way a line is cut."""

import abc
import enum
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from django.test import override_settings

from payments.providers import Outcome, Provider, get_provider

READ_SECONDS = 10  # how long adapters wait in tests: enough on a busy machine
CUT_SECONDS = 0.3  # and while nobody answers


class Fault(enum.StrEnum):
    TIMEOUT = "timeout"
    CONNECTION_REFUSED = "connection refused"
    SERVER_ERROR = "500"
    MALFORMED = "malformed JSON"
    HTML = "HTML instead of JSON"
    TRUNCATED = "truncated body"
    WRONG_AMOUNT = "wrong amount"
    WRONG_CURRENCY = "wrong currency"  # at Zarinpal: toman for rial
    NOT_PAID = "not paid"  # whatever the callback claims
    ALREADY_VERIFIED = "already verified"
    UNKNOWN_REFERENCE = "unknown reference"
    REVERSED = "reversed"
    DOUBLE_CALLBACK = "double callback"
    CALLBACK_FIRST = "callback first"  # asked before the buyer has paid


ON_THE_LINE = frozenset(list(Fault)[:6])
# What verify says while the fault is there, and once it is lifted.
EXPECTED: dict[Fault, tuple[Outcome, Outcome]] = {
    **dict.fromkeys(ON_THE_LINE, (Outcome.UNKNOWN, Outcome.PAID)),
    Fault.WRONG_AMOUNT: (Outcome.FAILED, Outcome.FAILED),
    Fault.WRONG_CURRENCY: (Outcome.FAILED, Outcome.FAILED),
    Fault.NOT_PAID: (Outcome.FAILED, Outcome.FAILED),
    Fault.ALREADY_VERIFIED: (Outcome.PAID, Outcome.PAID),
    Fault.UNKNOWN_REFERENCE: (Outcome.FAILED, Outcome.FAILED),
    Fault.REVERSED: (Outcome.FAILED, Outcome.FAILED),
    Fault.DOUBLE_CALLBACK: (Outcome.PAID, Outcome.PAID),
    Fault.CALLBACK_FIRST: (Outcome.UNKNOWN, Outcome.PAID),
}
Answer = tuple[int, Any]


def at_once(work: Callable[[int], Any], threads: int = 32) -> list[Any]:
    """What ``work(0..threads-1)`` returns or raises, all begun from one barrier."""
    barrier, found = threading.Barrier(threads), [None] * threads

    def run(number: int) -> None:
        barrier.wait()
        try:
            found[number] = work(number)
        except Exception as error:  # noqa: BLE001 - the test looks at each
            found[number] = error

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return found


class Handler(BaseHTTPRequestHandler):
    """One that says nothing on the test's output."""

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


class Server(ThreadingHTTPServer):
    """On loopback, for many at once; ``port`` 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def handle_error(self, *_: object) -> None:
        """A client that left is part of the play."""

    def hang_up(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


@contextmanager
def serve(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server that is gone afterwards."""
    server = Server(handler)
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.hang_up()


class FakeProvider(abc.ABC):
    """A provider that answers as its public documentation says. Use as a context manager, with ``settings`` in force.

    ``calls`` is what it was asked: the verb and what came with it.
    """

    name: ClassVar[str]
    url_setting: ClassVar[str]
    currency: ClassVar[str]
    more_settings: ClassVar[dict[str, Any]] = {}

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.line: Fault | None = None
        self.lock = threading.RLock()
        self._closing = threading.Event()
        self._patience = override_settings(PAYMENT_READ_SECONDS=CUT_SECONDS)
        self._port = 0
        self._listen()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def settings(self) -> dict[str, Any]:
        """What must be in force so that the adapter speaks to this server and no other provider is offered."""
        return {
            "PAYMENT_PROVIDERS": [self.name],
            "PAYMENT_READ_SECONDS": READ_SECONDS,
            self.url_setting: self.url,
            **self.more_settings,
        }

    def adapter(self) -> Provider:
        return get_provider(self.name)

    def put(self, fault: Fault, provider_reference: str) -> None:
        """The buyer of a payment that was just created does what she does, and ``fault`` is there from now on."""
        if fault == Fault.NOT_PAID:
            self.decline(provider_reference)
        elif fault != Fault.CALLBACK_FIRST:
            self.pay(provider_reference)
        act: dict[Fault, Callable[[str], None]] = {
            Fault.WRONG_AMOUNT: self.spoil_amount,
            Fault.WRONG_CURRENCY: self.spoil_currency,
            Fault.UNKNOWN_REFERENCE: self.forget,
            Fault.REVERSED: self.reverse,
            Fault.ALREADY_VERIFIED: self.claim,
        }
        act.get(fault, lambda _reference: None)(provider_reference)
        if fault in ON_THE_LINE:
            self.cut(fault)

    def lift(self, fault: Fault, provider_reference: str) -> None:
        """Mends the line; whoever had not paid yet because she was early pays now."""
        self.mend()
        if fault == Fault.CALLBACK_FIRST:
            self.pay(provider_reference)

    def cut(self, fault: Fault) -> None:
        self.line = fault
        if fault == Fault.TIMEOUT:
            self._patience.enable()
        elif fault == Fault.CONNECTION_REFUSED:
            self._server.hang_up()

    def mend(self) -> None:
        if self.line == Fault.TIMEOUT:
            self._patience.disable()
        if self.line == Fault.CONNECTION_REFUSED:
            self._listen()
        self.line = None

    # --- what a provider's page and back office do; each fake says how
    @abc.abstractmethod
    def pay(self, provider_reference: str) -> None: ...

    @abc.abstractmethod
    def decline(self, provider_reference: str) -> None: ...

    @abc.abstractmethod
    def reverse(self, provider_reference: str) -> None: ...

    @abc.abstractmethod
    def forget(self, provider_reference: str) -> None: ...

    @abc.abstractmethod
    def spoil_amount(self, provider_reference: str) -> None: ...

    @abc.abstractmethod
    def spoil_currency(self, provider_reference: str) -> None: ...

    def claim(self, provider_reference: str) -> None:  # noqa: B027 - to most providers that is nothing
        """Another process of ours has verified it."""

    @abc.abstractmethod
    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> Answer:
        """Status and JSON of one request."""

    # --- the line
    def __enter__(self) -> "FakeProvider":
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self.mend()
        self._server.hang_up()

    def _listen(self) -> None:
        self._server = Server(_handler(self), self._port)
        self._port = self._server.server_port

    def respond(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """One answer, or what the cut line makes of it."""
        with self.lock:
            status, answer = self.answer(handler, body)
        content, kind, promised = json.dumps(answer).encode(), "application/json", 0
        if self.line == Fault.TIMEOUT:
            self._closing.wait(10)
            return
        if self.line == Fault.SERVER_ERROR:
            status, content = 500, b"{}"
        elif self.line == Fault.MALFORMED:
            content = content[: len(content) // 2]
        elif self.line == Fault.HTML:
            content, kind = b"<!doctype html><title>Maintenance</title>", "text/html"
        elif self.line == Fault.TRUNCATED:
            promised = len(content) + 100
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(promised or len(content)))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(content)


def _handler(fake: FakeProvider) -> type[Handler]:
    class Bound(Handler):
        def do_POST(self) -> None:
            fake.respond(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        do_GET = do_POST

    return Bound
