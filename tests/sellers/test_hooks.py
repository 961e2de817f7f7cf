"""Webhooks: signed, tried again, logged; only to the open internet."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.utils import timezone

from chat import services as chat
from core import outbox, outgoing
from core.models import AuditEntry
from news.models import News
from sellers import services as sellers
from sellers.models import Delivery, Hook
from tests.factories import make_product_post
from tests.payments.market import ask, bring_to, fill_wallet, fresh

pytestmark = pytest.mark.django_db


class Ear(BaseHTTPRequestHandler):
    """Keeps what it hears and answers as it is told."""

    heard: list[tuple[dict[str, str], bytes]] = []
    status, answer = 200, b"thanks"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.status)
        if 300 <= self.status < 400:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_args: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def ear() -> Iterator[tuple[type[Ear], str]]:
    class Own(Ear):
        heard = []

    server = HTTPServer(("127.0.0.1", 0), Own)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield Own, f"http://127.0.0.1:{server.server_port}/hook?a=1"
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(ear, channel, seller) -> tuple[Hook, str]:
    return sellers.add_hook(channel=channel, by=seller, url=ear[1], events=list(Hook.Event.values))


def emit(channel, key: str = "1") -> None:
    sellers.emit(channel_id=channel.pk, event=Hook.Event.STOCK, key=key, data={"stock": 2})


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver checks it, by the words of the standard."""
    told = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    good = "v1," + base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()
    return good in headers["webhook-signature"].split(" ")


def test_a_message_is_signed_and_logged(ear, hook, channel):
    emit(channel)
    assert sellers.deliver_hooks(limit=5) == 1
    headers, body = ear[0].heard[0]
    assert is_signed(hook[1], headers, body)
    assert not is_signed(hook[1], headers, body + b" ")
    assert json.loads(body)["data"] == {"stock": 2}
    kept = Delivery.objects.get()
    assert (kept.state, kept.status, kept.answer, kept.message_id) == (
        "delivered",
        200,
        "thanks",
        headers["webhook-id"],
    )
    assert hook[1] not in hook[0].secret  # sealed


def test_the_same_twice_is_one_message(hook, channel):
    emit(channel)
    emit(channel)
    assert Delivery.objects.count() == 1


def test_who_has_no_hooks_costs_one_query(channel, django_assert_num_queries):
    with django_assert_num_queries(1):
        emit(channel)


def test_failures_wait_longer_each_time_and_end(ear, hook, channel):
    ear[0].status = 500
    emit(channel)
    waits = []
    while (kept := Delivery.objects.get()).state == "waiting":
        Delivery.objects.update(due_at=timezone.now())
        sellers.deliver_hooks(limit=1)
        kept = Delivery.objects.get()
        if kept.due_at:
            waits.append(round((kept.due_at - kept.tried_at).total_seconds()))
    assert waits == [5, 60, 300, 1800, 7200, 18_000, 36_000, 64_800]
    assert (kept.state, kept.attempts, kept.status) == ("failed", 9, 500)
    assert len({headers["webhook-id"] for headers, _body in ear[0].heard}) == 1


def test_redirects_are_not_followed(ear, hook, channel):
    ear[0].status = 302
    emit(channel)
    sellers.deliver_hooks(limit=1)
    assert (Delivery.objects.get().status, len(ear[0].heard)) == (302, 1)


def test_after_days_of_failure_it_is_stopped_with_a_word(ear, hook, channel, seller):
    ear[0].status = 500
    emit(channel)
    Hook.objects.update(failing_since=timezone.now() - dt.timedelta(days=3, minutes=1))
    sellers.deliver_hooks(limit=1)
    assert fresh(hook[0]).state == "disabled"
    assert News.objects.filter(person=seller, kind="webhook_stopped").count() == 1
    emit(channel, "2")
    assert Delivery.objects.filter(key="2").count() == 0


def test_one_good_answer_ends_the_count(ear, hook, channel):
    Hook.objects.update(failing_since=timezone.now() - dt.timedelta(days=2))
    emit(channel)
    sellers.deliver_hooks(limit=1)
    assert fresh(hook[0]).failing_since is None


def test_both_secrets_sign_for_a_day_after_a_new_one(ear, hook, channel, seller):
    new = sellers.rotate_secret(hook=hook[0], by=seller)
    emit(channel)
    sellers.deliver_hooks(limit=1)
    assert [is_signed(secret, *ear[0].heard[0]) for secret in (hook[1], new)] == [True, True]
    Hook.objects.update(old_until=timezone.now())
    emit(channel, "2")
    sellers.deliver_hooks(limit=1)
    assert [is_signed(secret, *ear[0].heard[1]) for secret in (hook[1], new)] == [False, True]


def test_a_closed_door_is_a_failure_not_a_fault(channel, seller):
    sellers.add_hook(channel=channel, by=seller, url="http://127.0.0.1:1024/", events=[Hook.Event.STOCK])
    emit(channel)
    sellers.deliver_hooks(limit=1)
    assert Delivery.objects.values_list("status", "answer").get() == (None, "no connection")


# --- what they hear
def types() -> list[tuple[str, dict]]:
    return [(each.event, each.payload["data"]) for each in Delivery.objects.order_by("pk")]


def test_they_hear_of_money(hook, channel, shopper):
    fill_wallet(shopper, 100_00)
    request = bring_to(ask(channel, shopper, 100_00), "held")
    outbox.deliver_due()
    told = [(data["from"], data["to"]) for event, data in types() if event == "money_request.changed"]
    assert told == [("", "requested"), ("requested", "held")]
    assert types()[0][1]["request"] == request.token


def test_they_hear_what_shoppers_say_and_not_themselves(hook, channel, shopper, seller):
    talk = chat.open_conversation(shopper=shopper, channel=channel, product=None)
    chat.send_message(conversation=talk, author=shopper, text="Is it teal?", client_id="1")
    chat.send_message(conversation=talk, author=seller, text="It is", client_id="2")
    assert [data["text"] for _event, data in types()] == ["Is it teal?"]


def test_they_hear_once_when_stock_falls_low(hook, channel):
    product = make_product_post(channel, stock=5).product
    for _ in range(3):
        sellers.take_units(product_id=product.pk, quantity=1)
    outbox.deliver_due()
    assert [(data["product"], data["stock"]) for _event, data in types()] == [(product.pk, 3)]


# --- where to
@pytest.mark.parametrize(
    "url",
    ["https://user:pw@example.com/", "ftp://example.com/", "https://example.com:22/", "https:///x", "https://[::1"],
)
def test_addresses_of_a_bad_form_are_refused(channel, seller, url):
    with pytest.raises(sellers.BadHook):
        sellers.add_hook(channel=channel, by=seller, url=url, events=[Hook.Event.STOCK])


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254", "192.168.1.1", "[fd00::1]", "[::ffff:10.0.0.1]",
     "100.64.0.1", "2130706433", "224.0.0.1"],
)  # fmt: skip
def test_nothing_inside_is_spoken_to(settings, host):
    settings.OUTGOING_TO_LOOPBACK = False
    with pytest.raises(outgoing.BadAddress):
        outgoing.post(f"https://{host}/", b"{}", {})


def test_without_https_only_to_this_machine(settings):
    settings.OUTGOING_TO_LOOPBACK = False
    with pytest.raises(outgoing.BadAddress):
        outgoing.check("http://example.com/")


def test_a_long_answer_is_cut(ear, hook, channel):
    ear[0].answer = b"x" * 10_000
    emit(channel)
    sellers.deliver_hooks(limit=1)
    assert Delivery.objects.get().answer == "x" * 500


# --- pages
def test_the_secret_is_shown_once(seller_client, channel, ear):
    page = seller_client.post("/dashboard/saffron_clay/webhooks/", {"url": ear[1], "events": ["stock.low"]})
    assert "whsec_" in seller_client.get(page.url).content.decode()
    assert "whsec_" not in seller_client.get(page.url).content.decode()
    assert AuditEntry.objects.filter(verb="added_webhook").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_log_costs_the_same_however_long(seller_client, hook, channel, count, django_assert_num_queries):
    for number in range(count):
        emit(channel, str(number))
    with django_assert_num_queries(4):  # session, channel, hook, log
        page = seller_client.get(f"/dashboard/saffron_clay/webhooks/{hook[0].pk}/").content.decode()
    assert page.count("Stock is low") == count + 1


def test_one_is_sent_again_under_its_id(seller_client, hook, channel, ear):
    emit(channel)
    sellers.deliver_hooks(limit=1)
    seller_client.post(f"/dashboard/saffron_clay/webhooks/messages/{Delivery.objects.get().pk}/resend/")
    sellers.deliver_hooks(limit=1)
    ids = [headers["webhook-id"] for headers, _body in ear[0].heard]
    assert (len(ids), len(set(ids))) == (2, 1)


def test_paused_ones_wait_and_removed_ones_are_gone(seller_client, hook, channel):
    address = f"/dashboard/saffron_clay/webhooks/{hook[0].pk}/change/"
    emit(channel)
    seller_client.post(address, {"what": "pause"})
    assert sellers.deliver_hooks(limit=1) == 0
    seller_client.post(address, {"what": "go_on"})
    assert sellers.deliver_hooks(limit=1) == 1
    seller_client.post(address, {"what": "remove"})
    assert Hook.objects.count() == 0


def test_strangers_find_nothing(rival_client, hook, channel):
    pages = ("", f"{hook[0].pk}/")
    assert [rival_client.get(f"/dashboard/saffron_clay/webhooks/{page}").status_code for page in pages] == [404, 404]


def test_five_are_enough(channel, seller, ear):
    for _ in range(5):
        sellers.add_hook(channel=channel, by=seller, url=ear[1], events=[Hook.Event.STOCK])
    with pytest.raises(sellers.BadHook):
        sellers.add_hook(channel=channel, by=seller, url=ear[1], events=[Hook.Event.STOCK])


def test_the_log_is_pruned(hook, channel, settings):
    emit(channel)
    assert sellers.prune_deliveries(limit=5) == 0
    Delivery.objects.update(at=timezone.now() - dt.timedelta(days=settings.HOOK_LOG_DAYS, minutes=1))
    assert sellers.prune_deliveries(limit=5) == 1
