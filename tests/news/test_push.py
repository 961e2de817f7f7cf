"""Push against a service of our own on loopback: real HTTP, decrypted with the browser's key."""

import base64
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import jwt

from core.models import OutboxMessage
from news import push, services
from news.models import News, PushSubscription
from tests.news.conftest import deliver


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Service(ThreadingHTTPServer):
    """Takes messages as a push service does and keeps them; answers with ``status``."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.status, self.moved_to = 201, ""
        self.got: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Desk(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        if self.server.moved_to:
            self.send_header("Location", self.server.moved_to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def service(monkeypatch) -> Iterator[Service]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Service() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


class Phone:
    """A browser with its keys."""

    def __init__(self, service: Service) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.endpoint = f"{service.address}/phone"

    def subscribe(self, person) -> PushSubscription:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": b64(point), "auth": b64(self.secret)}
        services.subscribe(person=person, endpoint=self.endpoint, **keys, user_agent="Phone", session_key="s")
        return PushSubscription.objects.get(endpoint=self.endpoint)

    def read(self, body: bytes) -> dict[str, str]:
        return json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"))


@pytest.fixture
def phone(service, shopper) -> Phone:
    services.unsubscribe(person=shopper, group="")
    made = Phone(service)
    made.subscribe(shopper)
    return made


def test_only_the_phone_can_read_it(service, phone, tell):
    tell("paid")
    assert deliver() == 1
    [(path, headers, body)] = service.got
    news = News.objects.get()
    assert path == "/phone"
    assert phone.read(body) == {
        "title": "Ali paid $41.50",
        "body": "For 3 things, due March 20, 2026, 16:30",
        "url": f"/news/{news.pk}/",
        "tag": f"news-{news.pk}",
    }
    assert b"Ali" not in body
    assert (headers["ttl"], headers["urgency"], headers["content-encoding"]) == ("86400", "normal", "aes128gcm")


def test_it_is_signed_with_our_key(service, phone, tell):
    tell("held")
    deliver()
    headers = service.got[0][1]
    token, key = (part.split("=", 1)[1] for part in headers["authorization"].removeprefix("vapid ").split(","))
    assert key == push.public_key()
    claims = jwt.decode(token, key)
    assert claims["aud"] == service.address
    assert claims["sub"] == "mailto:hello@localhost.localdomain"
    assert headers["urgency"] == "high"


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_deleted(service, phone, tell, status):
    service.status = status
    tell()
    assert deliver() == 1
    assert PushSubscription.objects.count() == 0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_tried_again(service, phone, tell, status):
    service.status = status
    tell()
    assert deliver() == 0
    assert OutboxMessage.objects.get().last_error == f"NotTaken: status {status}"
    assert PushSubscription.objects.get().failures == 0


def test_a_service_that_is_away_is_tried_again(service, phone, tell):
    PushSubscription.objects.update(endpoint="http://127.0.0.1:1/phone")
    tell()
    assert deliver() == 0
    assert OutboxMessage.objects.get().state == "waiting"


def test_refusals_are_counted_until_it_is_given_up(service, phone, tell):
    service.status = 403
    for _ in range(push.MOST_REFUSALS - 1):
        tell()
    assert deliver() == push.MOST_REFUSALS - 1
    assert PushSubscription.objects.get().failures == push.MOST_REFUSALS - 1
    tell()
    deliver()
    assert PushSubscription.objects.count() == 0


def test_a_taken_message_forgives_refusals(service, phone, tell):
    PushSubscription.objects.update(failures=3)
    tell()
    deliver()
    assert PushSubscription.objects.get().failures == 0


def test_a_service_cannot_send_us_elsewhere(service, phone, tell):
    service.status, service.moved_to = 302, f"{service.address}/secret"
    tell()
    assert deliver() == 0
    assert [path for path, _headers, _body in service.got] == ["/phone"]


def test_loopback_is_for_development(service, phone, tell, settings):
    settings.PUSH_HOSTS = ["fcm.googleapis.com"]
    tell()
    deliver()
    assert service.got == []


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://web.push.apple.com/x", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", True),
        ("https://notify.windows.com/", False),
        ("https://evilnotify.windows.com/", False),
        ("https://127.0.0.1/", False),
        ("http://127.0.0.1:9/", True),
        ("http://localhost:9/", False),
        ("https://fcm.googleapis.com\\@evil.example/", False),
        ("https://fcm.googleapis.com /", False),
        ("https://[::1", False),
    ],
)
def test_known_services(endpoint, allowed):
    assert push.is_allowed(endpoint) is allowed
