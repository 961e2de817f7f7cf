"""Paying: by wallet, by the sandbox as a real provider over HTTP, there and back, and what goes wrong on the way."""

import re
import uuid

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from payments import selectors
from payments import services as payments
from payments.machine import AttemptState, State
from payments.models import Entry, MoneyRequest, PaymentAttempt, Refund
from payments.providers.signals import provider_notice
from payments.sandbox import tasks as sandbox_tasks
from payments.sandbox.models import SandboxPayment
from payments.services import Outcome, gateways
from payments.tasks import sweep_attempts, sweep_refunds
from payments.webhooks.models import WebhookEvent
from tests.conftest import signed_in
from tests.factories import make_product_post, make_user
from tests.payments.market import ask, key, money, owner, pay
from tests.payments.providers.conftest import sandbox_server  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
HOME = {
    "name": "Sara",
    "phone": "(503) 555-0142",
    "country": "US",
    "lines": "12 Mill Street",
    "city": "Portland",
    "region": "OR",
    "postal_code": "97205",
}


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(key|version)" value="([^"]+)"', page))


def form(request: MoneyRequest, **words: object) -> dict[str, object]:
    return {"key": str(uuid.uuid4()), "version": request.version, **words}


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def fresh(request: MoneyRequest) -> MoneyRequest:
    return MoneyRequest.objects.get(pk=request.pk)


@pytest.fixture
def client(buyer):
    return signed_in(buyer)


@pytest.fixture
def thing(channel, buyer):
    """A request for a product: it has to be sent somewhere."""
    product = make_product_post(channel, price_minor=40_00, stock=2).product
    return ask(channel, buyer, lines=[payments.Line(product.title, 40_00, 1, product.pk)])


# --- by wallet


def test_the_page_says_first_who_holds_the_money(client, request_):
    page = client.get(f"/requests/{request_.token}/pay/").content.decode()
    text = "Bisat holds your $100. Saffron &amp; Clay gets it when it has arrived"
    assert 0 < page.index(text) < page.index('name="way"')
    assert "$500 in it" in page


def test_paying_by_wallet_twice_pays_once(client, request_, buyer):
    sent = form(request_, way="wallet")
    first = client.post(f"/requests/{request_.token}/pay/", sent)
    second = client.post(f"/requests/{request_.token}/pay/", sent)
    third = client.post(f"/requests/{request_.token}/pay/", form(request_, way="wallet"))  # another tab
    assert {first.headers["location"], second.headers["location"], third.headers["location"]} == {
        f"/requests/{request_.token}/"
    }
    assert said(first) == ["Paid. Bisat holds the money for you."]
    assert (fresh(request_).state, selectors.get_wallet_balance(buyer, "USD")) == (State.HELD, 400_00)


def test_a_short_wallet_is_shown_and_cannot_pay(client, channel, buyer):
    request = ask(channel, buyer, 900_00)
    page = client.get(f"/requests/{request.token}/pay/").content.decode()
    assert re.search(r'value="wallet" disabled', page)
    assert "$500 in it: not enough for this." in page
    response = client.post(f"/requests/{request.token}/pay/", form(request, way="wallet"))
    assert (response.status_code, fresh(request).state) == (422, State.REQUESTED)


def test_what_was_changed_meanwhile_is_not_paid(client, request_):
    seen = form(request_, way="wallet")
    lines = [payments.Line("A larger pot", 120_00)]
    payments.edit_request(request=request_, by=owner(request_.channel), version=1, lines=lines, key=key())
    response = client.post(f"/requests/{request_.token}/pay/", seen, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert ("The request was changed in the meantime." in page, "A larger pot" in page, "$120" in page) == (True,) * 3
    assert fresh(request_).state == State.REQUESTED
    again = client.post(f"/requests/{request_.token}/pay/", fields(page) | {"way": "wallet"})
    assert (again.status_code, fresh(request_).state) == (302, State.HELD)


@pytest.mark.parametrize("way", ["wallet", "sandbox"])
def test_whoever_is_of_the_team_by_now_is_told_so(client, request_, buyer, way):
    request_.channel.members.create(person=buyer, role="viewer")
    response = client.post(f"/requests/{request_.token}/pay/", form(request_, way=way))
    page = response.content.decode()
    assert (response.status_code, fresh(request_).state) == (422, State.REQUESTED)
    assert "You are in this channel’s team now, and nobody buys from her own channel." in page


@pytest.mark.parametrize("way", ["", "zarinpal", "cash", "wallet' OR 1=1"])
def test_only_offered_ways_are_taken(client, request_, way):
    response = client.post(f"/requests/{request_.token}/pay/", form(request_, way=way))
    assert (response.status_code, fresh(request_).state) == (422, State.REQUESTED)


def test_a_declined_request_is_not_paid(client, request_, buyer):
    payments.decline_request(request=request_, by=buyer, key=key())
    response = client.post(f"/requests/{request_.token}/pay/", form(request_, way="wallet"))
    assert (response.status_code, said(response)) == (302, ["This request cannot be paid any more."])


def test_nobody_pays_or_sees_what_is_somebody_elses(request_):
    stranger = signed_in(make_user())
    for place in ("", "card/", "receipt/", "pay/", "address/"):
        assert stranger.get(f"/requests/{request_.token}/{place}").status_code == 404
    assert stranger.post(f"/requests/{request_.token}/pay/", form(request_, way="wallet")).status_code == 404


# --- where to


def test_a_thing_needs_an_address(client, thing):
    response = client.post(f"/requests/{thing.token}/pay/", form(thing, way="wallet"))
    assert response.status_code == 422
    assert "Say where to send it." in response.content.decode()


def test_a_new_address_is_kept_and_given_once(client, thing, buyer):
    for _ in range(2):
        response = client.post(f"/requests/{thing.token}/address/", HOME)
        assert response.headers["location"] == f"/requests/{thing.token}/pay/"
    (saved,) = selectors.get_addresses(buyer)
    assert (saved.phone, saved.is_default, fresh(thing).address) == ("+15035550142", True, saved.as_json())
    assert client.post(f"/requests/{thing.token}/pay/", form(thing, way="wallet", address="kept")).status_code == 302
    assert fresh(thing).state == State.HELD
    late = client.post(f"/requests/{thing.token}/address/", HOME | {"city": "Salem"})
    assert (late.status_code, fresh(thing).address["city"]) == (302, "Portland")


def test_a_saved_address_is_chosen(client, thing, buyer):
    words = HOME | {"phone": "+15035550142"}
    first = payments.save_address(person=buyer, **words)
    second = payments.save_address(person=buyer, **words | {"city": "Salem"})
    page = client.get(f"/requests/{thing.token}/pay/").content.decode()
    assert f'value="{first.pk}" checked' in page
    client.post(f"/requests/{thing.token}/pay/", form(thing, way="wallet", address=second.pk))
    assert (fresh(thing).state, fresh(thing).address["city"]) == (State.HELD, "Salem")


def test_somebody_elses_address_is_not_taken(client, thing):
    theirs = payments.save_address(person=make_user(), **HOME)
    response = client.post(f"/requests/{thing.token}/pay/", form(thing, way="wallet", address=theirs.pk))
    assert (response.status_code, fresh(thing).address) == (422, None)


def test_the_seller_sees_the_address_once_it_is_paid(client, thing, seller_client):
    client.post(f"/requests/{thing.token}/address/", HOME)
    assert "12 Mill Street" in client.get(f"/requests/{thing.token}/").content.decode()
    assert "12 Mill Street" not in seller_client.get(f"/requests/{thing.token}/").content.decode()
    pay(fresh(thing))
    assert "12 Mill Street" in seller_client.get(f"/requests/{thing.token}/").content.decode()


# --- by a provider


def decide(client, attempt: PaymentAttempt, decision: str, *faults: str):
    return client.post(f"/sandbox/{attempt.token}/", {"decision": decision, "faults": faults})


def start(client, request: MoneyRequest) -> PaymentAttempt:
    response = client.post(f"/requests/{request.token}/pay/", form(request, way="sandbox"))
    assert response.status_code == 302
    return PaymentAttempt.objects.get(token=response.headers["location"].split("/")[2])


@pytest.fixture
def bank(sandbox_server, settings):  # noqa: F811 - the fixture
    settings.PAYMENT_PROVIDERS = ["sandbox"]
    return sandbox_server


def test_there_and_back(bank, client, request_):
    attempt = start(client, request_)
    assert attempt.state == AttemptState.REDIRECTED
    page = client.get(f"/attempts/{attempt.token}/").content.decode()
    assert f'href="{bank}/sandbox/{attempt.token}/"' in page
    assert "Continue to Sandbox (no real money)" in page
    decide(client, attempt, "pay")
    response = client.get(f"/attempts/{attempt.token}/return/")
    assert response.headers["location"] == f"/requests/{request_.token}/"
    assert said(response) == ["Paid. Bisat holds the money for you."]
    again = client.get(f"/attempts/{attempt.token}/return/?Status=OK")
    assert again.headers["location"] == f"/requests/{request_.token}/"
    assert (fresh(request_).state, fresh(request_).version) == (State.HELD, 2)


def test_a_return_proves_nothing(bank, client, request_):
    attempt = start(client, request_)
    response = client.get(f"/attempts/{attempt.token}/return/?Status=OK&amount=100")
    assert response.headers["location"] == f"/attempts/{attempt.token}/"
    page = client.get(f"/attempts/{attempt.token}/").content.decode()
    assert "It is safe to close this page" in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert 'hx-trigger="every 2s"' in page
    assert fresh(request_).state == State.REQUESTED


def test_declined_at_the_bank_may_be_tried_again(bank, client, request_):
    attempt = start(client, request_)
    decide(client, attempt, "decline")
    response = client.get(f"/attempts/{attempt.token}/return/", follow=True)
    assert "It was not paid" in response.content.decode()
    assert f'href="/requests/{request_.token}/pay/"' in response.content.decode()
    second = start(client, request_)
    decide(client, second, "pay")
    client.get(f"/attempts/{second.token}/return/")
    assert fresh(request_).state == State.HELD


def test_the_wrong_amount_pays_nothing(bank, client, request_, buyer):
    attempt = start(client, request_)
    decide(client, attempt, "pay", "wrong_amount")
    client.get(f"/attempts/{attempt.token}/return/")
    attempt.refresh_from_db()
    assert (attempt.state, fresh(request_).state) == (AttemptState.FAILED, State.REQUESTED)
    assert selectors.get_wallet_balance(buyer, "USD") == 500_00


def test_a_click_twice_makes_one_attempt(bank, client, request_):
    sent = form(request_, way="sandbox")
    first = client.post(f"/requests/{request_.token}/pay/", sent)
    second = client.post(f"/requests/{request_.token}/pay/", sent)
    assert first.headers["location"] == second.headers["location"]
    assert request_.attempts.count() == 1


def test_what_was_paid_late_stays_in_the_wallet(bank, client, request_, buyer):
    attempt = start(client, request_)
    decide(client, attempt, "pay")
    payments.cancel_request(request=request_, by=owner(request_.channel), key=key())
    response = client.get(f"/attempts/{attempt.token}/return/")
    assert said(response) == ["Your money came, but this request could not be paid any more. It is in your wallet."]
    assert selectors.get_wallet_balance(buyer, "USD") == 600_00


def test_an_attempt_is_nobody_elses(bank, client, request_):
    attempt = start(client, request_)
    for place in ("", "return/"):
        assert signed_in(owner(request_.channel)).get(f"/attempts/{attempt.token}/{place}").status_code == 404


def test_a_provider_that_is_away_is_tried_again(bank, client, request_, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:9"  # nobody listens there
    attempt = start(client, request_)
    page = client.get(f"/attempts/{attempt.token}/").content.decode()
    assert "Sandbox (no real money) does not answer" in page
    settings.SANDBOX_URL = bank
    client.post(f"/attempts/{attempt.token}/")
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.REDIRECTED


def test_a_waiting_page_asks_the_provider_now_and_then(bank, client, request_, settings):
    attempt = start(client, request_)
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    client.get(f"/attempts/{attempt.token}/return/")
    waiting = client.get(f"/attempts/{attempt.token}/", headers=HTMX)
    assert waiting.content.decode().lstrip().startswith('<section class="attempt"')
    settings.SANDBOX_URL = bank
    decide(client, attempt, "pay")
    assert client.get(f"/attempts/{attempt.token}/", headers=HTMX).status_code == 200  # asked a moment ago
    attempt.refresh_from_db()
    gateways.check_attempt(attempt)
    after = client.get(f"/attempts/{attempt.token}/", headers=HTMX)
    assert after.headers["HX-Redirect"] == f"/requests/{request_.token}/"


def test_the_sweeper_finds_what_nobody_came_back_for(bank, client, request_):
    attempt = start(client, request_)
    decide(client, attempt, "pay")
    attempt.refresh_from_db()
    PaymentAttempt.objects.filter(pk=attempt.pk).update(due_at=attempt.created_at)
    sweep_attempts()
    assert fresh(request_).state == State.HELD


def test_a_notice_is_a_reason_to_ask(bank, client, request_):
    attempt = start(client, request_)
    provider_notice.send(sender=None, provider="sandbox", reference=attempt.token)
    assert PaymentAttempt.objects.get(pk=attempt.pk).state == AttemptState.REDIRECTED
    decide(client, attempt, "pay")
    for _ in range(2):
        provider_notice.send(sender=None, provider="sandbox", reference=attempt.token)
    provider_notice.send(sender=None, provider="sandbox", reference="nobody")
    assert (fresh(request_).state, fresh(request_).version) == (State.HELD, 2)


@pytest.mark.parametrize(
    ("ends", "state", "wallet", "seller_has", "lost"),
    [("held", State.CHARGED_BACK, 500_00, 0, 0), ("released", State.RELEASED, 500_00, 0, -5_00)],
)
def test_what_the_bank_takes_back_is_charged_back_by_itself(
    bank, client, request_, buyer, settings, django_capture_on_commit_callbacks, ends, state, wallet, seller_has, lost
):
    """The sandbox says so when its time has come; nobody here asks on their own."""
    settings.SITE_URL = bank
    attempt = start(client, request_)
    decide(client, attempt, "pay", "reversed")
    client.get(f"/attempts/{attempt.token}/return/")
    if ends == "released":
        payments.release_request(request=fresh(request_), by=buyer, key=key())
    sandbox_tasks.tell_reversals()
    assert (fresh(request_).state, WebhookEvent.objects.count()) == (ends, 0)  # not before its time
    SandboxPayment.objects.update(reverses_at=timezone.now())
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            sandbox_tasks.tell_reversals()
    assert (fresh(request_).state, money(request_)[:3]) == (state, (wallet, 0, seller_has))
    assert selectors.get_platform_balance("chargeback_loss", "USD") == lost
    assert Entry.objects.filter(key=f"attempt:{attempt.pk}:charged_back").count() == 1
    event = WebhookEvent.objects.get()
    assert (event.kind, event.reference, event.handled_at is None) == ("reversed", attempt.token, False)
    assert payments.reconcile().drifts == {}


@pytest.mark.django_db(transaction=True)
def test_a_charge_back_is_not_forgotten_though_the_provider_says_nothing_at_first(bank, client, request_, settings):
    settings.SITE_URL = bank
    attempt = start(client, request_)
    decide(client, attempt, "pay", "reversed")
    client.get(f"/attempts/{attempt.token}/return/")
    SandboxPayment.objects.update(reverses_at=timezone.now())
    settings.SANDBOX_URL = "http://127.0.0.1:9"  # nobody listens there
    sandbox_tasks.tell_reversals()
    assert (fresh(request_).state, WebhookEvent.objects.get().handled_at) == (State.HELD, None)
    assert SandboxPayment.objects.get().reversal_told_at is None  # it was asked to come again
    settings.SANDBOX_URL = bank
    sandbox_tasks.tell_reversals()
    assert fresh(request_).state == State.CHARGED_BACK
    assert WebhookEvent.objects.get().handled_at is not None


def test_what_waits_long_keeps_nobody_from_being_asked_about(bank, client, request_, buyer):
    attempts = [
        payments.start_top_up(person=buyer, amount_minor=5, currency="USD", provider="sandbox", key=key())
        for _ in range(4)
    ]
    for attempt in attempts[1:]:
        gateways.open_attempt(attempt)
    PaymentAttempt.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    asked: list[int] = []

    def ask(attempt: PaymentAttempt) -> Outcome:
        asked.append(attempt.pk)
        if attempt == attempts[1]:
            raise OSError("no answer")
        return Outcome("unknown")

    for _ in range(4):
        payments.sweep_attempts(ask=ask, limit=1)
    assert asked == [attempt.pk for attempt in attempts[1:]]


def test_each_refund_has_its_turn(bank, client, buyer, request_):
    attempt = start(client, request_)
    decide(client, attempt, "pay")
    client.get(f"/attempts/{attempt.token}/return/")
    payments.refund_request_in_full(request=fresh(request_), by=owner(request_.channel), key=key())
    attempt.refresh_from_db()
    stuck = PaymentAttempt.objects.get(pk=attempt.pk)
    gone = payments.start_top_up(person=buyer, amount_minor=9, currency="USD", provider="closed", key=key())
    payments.settle_attempt(attempt=gone, outcome=Outcome("paid", 9, "USD"))
    gone.refresh_from_db()
    refunds = [
        payments.refund_to_card(attempt=one, by=buyer, amount_minor=amount, key=key())
        for one, amount in ((gone, 9), (stuck, 100_00))
    ]
    assert [gateways.sweep_refunds(limit=1) for _ in range(2)] == [0, 1]
    assert [Refund.objects.get(pk=refund.pk).state for refund in refunds] == ["created", "done"]


def test_a_refund_to_the_card_is_handed_over(bank, client, buyer, request_):
    attempt = start(client, request_)
    decide(client, attempt, "pay")
    client.get(f"/attempts/{attempt.token}/return/")
    payments.refund_request_in_full(request=fresh(request_), by=owner(request_.channel), key=key())
    attempt.refresh_from_db()
    refund = payments.refund_to_card(attempt=attempt, by=buyer, amount_minor=100_00, key=key())
    for _ in range(2):
        sweep_refunds()
    refund.refresh_from_db()
    assert (refund.state, refund.provider_reference != "") == ("done", True)
    assert payments.reconcile().drifts == {}


def test_money_is_put_into_the_wallet(bank, client, buyer):
    page = client.get("/wallet/top-up/?currency=USD").content.decode()
    sent = fields(page) | {"amount": "۲۵", "way": "sandbox"}
    first = client.post("/wallet/top-up/?currency=USD", sent)
    assert first.headers["location"] == client.post("/wallet/top-up/?currency=USD", sent).headers["location"]
    attempt = PaymentAttempt.objects.filter(request=None).latest("pk")
    decide(client, attempt, "pay")
    assert client.get(f"/attempts/{attempt.token}/return/").headers["location"] == "/wallet/"
    assert selectors.get_wallet_balance(buyer, "USD") == 525_00


@pytest.mark.parametrize("amount", ["", "0", "-5", "1e3", "NaN", "9" * 20])
def test_no_rubbish_is_put_in(settings, client, amount):
    settings.PAYMENT_PROVIDERS = ["sandbox"]
    sent = {"key": str(uuid.uuid4()), "amount": amount, "way": "sandbox"}
    before = PaymentAttempt.objects.count()
    assert client.post("/wallet/top-up/?currency=USD", sent).status_code == 422
    assert PaymentAttempt.objects.count() == before


def test_filling_needs_a_provider(client, settings):
    settings.PAYMENT_PROVIDERS = []
    assert "No way to pay in this currency" in client.get("/wallet/top-up/").content.decode()
