"""Each provider's fake in turn, and the real sandbox over HTTP."""

from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import Client

from payments.providers import Order
from tests.payments.providers.fakes import FAKES, FakeProvider, FakeStripe, FakeZarinpal, make_order
from tests.payments.providers.server import READ_SECONDS, Handler, serve


def _open(name: str, settings) -> Iterator[FakeProvider]:
    with FAKES[name]() as fake:
        for setting, value in fake.settings.items():
            setattr(settings, setting, value)
        yield fake


@pytest.fixture(params=FAKES)
def bank(request: pytest.FixtureRequest, settings) -> Iterator[FakeProvider]:
    yield from _open(request.param, settings)


@pytest.fixture
def zarinpal(settings) -> Iterator[FakeZarinpal]:
    yield from _open("zarinpal", settings)


@pytest.fixture
def stripe(settings) -> Iterator[FakeStripe]:
    yield from _open("stripe", settings)


@pytest.fixture
def order(bank: FakeProvider) -> Order:
    return make_order(bank)


@pytest.fixture
def sandbox_server(db: None, settings) -> Iterator[str]:
    """Our own program on loopback, on this test's database connection: what it writes is rolled back with the test."""
    shared = connections["default"]

    class Program(Handler):
        def do_POST(self) -> None:
            connections["default"] = shared
            body = self.rfile.read(int(self.headers["Content-Length"]))
            response = Client().generic("POST", self.path, body, headers=dict(self.headers))
            self.send_response(response.status_code)
            self.end_headers()
            self.wfile.write(response.content)

    shared.inc_thread_sharing()
    with serve(Program) as address:
        settings.SANDBOX_URL, settings.PAYMENT_READ_SECONDS = address, READ_SECONDS
        yield address
    shared.dec_thread_sharing()
