"""Coupons: what a code takes off, when it counts, who bears it, and when a use comes back."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from payments import selectors
from payments import services as payments
from payments.models import Coupon, CouponUse, Line, StateChange
from tests.conftest import signed_in
from tests.factories import make_product_post, make_user
from tests.payments.market import ask, bring_to, fresh, key, make_coupon, money, owner, pay, run_out

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ADDRESS = {
    "name": "Sara",
    "phone": "(503) 555-0142",
    "country": "US",
    "lines": "12 Mill Street",
    "city": "Portland",
    "region": "OR",
    "postal_code": "97205",
}


def put(request, code="SPRING"):
    return payments.apply_coupon(request=request, by=request.buyer, version=request.version, code=code, key=key())


def uses(coupon):
    """The counter, and the states of the uses it counts."""
    return fresh(coupon).use_count, sorted(coupon.uses.values_list("state", flat=True))


@pytest.mark.parametrize(
    ("terms", "off"),
    [
        ({"percent": 33}, 33_33),  # of 101.01, the crumb is the seller's
        ({"kind": "amount", "amount_minor": 20_00}, 20_00),
        ({"kind": "delivery"}, 7_00),
    ],
)
def test_what_a_code_takes_off(channel, buyer, terms, off):
    make_coupon(channel, **terms)
    request = ask(channel, buyer, 101_01, delivery_minor=7_00, coupon_code="spring")
    shown = selectors.get_terms(request)
    assert (request.amount_minor, shown.coupon_code, shown.coupon_minor) == (108_01 - off, "SPRING", off)


def test_the_seller_bears_it_and_the_fee_is_on_what_is_paid(channel, buyer):
    make_coupon(channel, percent=20)
    request = pay(ask(channel, buyer, 100_00, coupon_code="SPRING"))
    assert money(request) == (420_00, 80_00, 0, 0)
    payments.ship_request(request=request, by=owner(channel), tracking="1Z", key=key())
    request = payments.release_request(request=request, by=buyer, key=key())
    assert money(request) == (420_00, 0, 76_00, 4_00)
    assert payments.reconcile().is_clean


def test_the_sellers_own_discount_comes_first(channel, buyer):
    make_coupon(channel, percent=50)
    assert ask(channel, buyer, 100_00, discount_minor=20_00, coupon_code="SPRING").amount_minor == 40_00


@pytest.mark.parametrize("typed", ["نوروز۲۵", " نوروز 25", "نوروز٢٥"])
def test_a_code_reads_alike_in_any_digits_and_case(channel, buyer, typed):
    make_coupon(channel, code="نوروز۲۵")
    assert ask(channel, buyer, 100_00, coupon_code=typed).amount_minor == 90_00


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ({"code": "OTHER"}, "This channel has no such code."),
        ({"starts_at": timezone.now() + 2 * DAY}, "This code counts from "),
        ({"minimum_minor": 100_01}, "This code counts from $100.01 on, without delivery."),
        ({"kind": "delivery"}, "There is no delivery to pay here."),
        ({"kind": "amount", "amount_minor": 100_00}, "With this code nothing would be left to pay."),
    ],
)
def test_why_a_code_is_refused(channel, buyer, request_, terms, sentence):
    make_coupon(channel, **terms)
    with pytest.raises(payments.CouponRefused) as refused:
        put(request_)
    assert str(refused.value).startswith(sentence)
    assert (fresh(request_).version, CouponUse.objects.count()) == (1, 0)


def test_who_guesses_codes_has_to_wait(channel, buyer, request_):
    make_coupon(channel)
    for number in range(30):
        with pytest.raises(payments.CouponRefused, match="no such code"):
            payments.check_coupon(channel=channel, person=buyer, code=f"GUESS{number}", goods_minor=100_00)
    with pytest.raises(payments.CouponRefused, match="Too many"):
        payments.check_coupon(channel=channel, person=buyer, code="SPRING", goods_minor=100_00)
    with pytest.raises(payments.CouponRefused, match="Too many"):
        put(request_)


def test_a_code_is_its_channels_alone(channel, rival_channel, buyer, request_):
    make_coupon(rival_channel)
    with pytest.raises(payments.CouponRefused, match="no such code"):
        put(request_)


def test_a_code_that_is_over_does_not_count(channel, buyer):
    past = {"starts_at": timezone.now() - 3 * DAY, "ends_at": timezone.now() - DAY}
    Coupon.objects.create(channel=channel, code="SPRING", kind="percent", percent=10, currency=channel.currency, **past)
    with pytest.raises(payments.CouponRefused, match="This code counted until"):
        payments.check_coupon(channel=channel, person=buyer, code="SPRING", goods_minor=100_00)


def test_a_paused_code_does_not_count(channel, buyer, request_):
    coupon = make_coupon(channel, ends_at=timezone.now() + DAY)
    payments.pause_coupon(coupon=coupon, by=owner(channel))
    payments.pause_coupon(coupon=coupon, by=owner(channel))
    with pytest.raises(payments.CouponRefused, match="does not count now"):
        put(request_)
    payments.resume_coupon(coupon=coupon, by=owner(channel))
    changes = StateChange.objects.filter(machine="coupon", row_id=coupon.pk).order_by("pk")
    assert list(changes.values_list("from_state", "to_state")) == [("active", "paused"), ("paused", "active")]


def test_a_code_in_another_currency_than_the_channels_does_not_count(channel, buyer):
    make_coupon(channel, kind="amount", amount_minor=5_00)
    channel.market = "eu"
    channel.save()
    with pytest.raises(payments.CouponRefused, match="does not count now"):
        payments.check_coupon(channel=channel, person=buyer, code="SPRING", goods_minor=100_00)


def test_limits_hold_and_a_use_that_comes_back_is_free_again(channel, buyer, shopper):
    coupon = make_coupon(channel, total_limit=2)
    first = ask(channel, buyer, coupon_code="SPRING")
    with pytest.raises(payments.CouponRefused, match="One person"):
        ask(channel, buyer, coupon_code="SPRING")
    other = ask(channel, make_user(), coupon_code="SPRING")
    with pytest.raises(payments.CouponRefused, match="used up"):
        ask(channel, make_user(), coupon_code="SPRING")
    payments.decline_request(request=other, by=other.buyer, key=key())
    assert uses(coupon) == (1, ["reserved", "returned"])
    pay(first)
    assert uses(coupon) == (1, ["returned", "used"])


@pytest.mark.parametrize(
    ("state", "left"),
    [
        ("declined", (0, ["returned"])),
        ("cancelled", (0, ["returned"])),
        ("expired", (0, ["returned"])),
        ("refunded", (0, ["returned"])),
        ("released", (1, ["used"])),
        ("split", (1, ["used"])),
    ],
)
def test_where_a_use_ends(channel, buyer, state, left):
    coupon = make_coupon(channel)
    bring_to(ask(channel, buyer, coupon_code="SPRING"), state)
    assert uses(coupon) == left


def test_a_draft_that_is_dropped_gives_its_use_back(channel, buyer):
    coupon = make_coupon(channel)
    run_out(ask(channel, buyer, coupon_code="SPRING", as_draft=True))
    assert uses(coupon) == (0, ["returned"])


def test_the_buyer_puts_a_code_on_and_takes_it_off(channel, buyer, request_):
    coupon = make_coupon(channel)
    make_coupon(channel, code="MORE", percent=30)
    due_at = request_.due_at
    request = put(request_)
    assert (request.amount_minor, request.fee_minor, request.version) == (90_00, 4_50, 2)
    request = put(request, "more")
    assert (request.amount_minor, uses(coupon)) == (70_00, (0, ["returned"]))
    request = payments.remove_coupon(request=request, by=buyer, version=3, key=key())
    assert (request.amount_minor, request.fee_minor, request.due_at) == (100_00, 5_00, due_at)
    assert [row.verb for row in selectors.get_transitions(request)] == [
        "request", "apply_coupon", "apply_coupon", "remove_coupon",
    ]  # fmt: skip
    with pytest.raises(payments.StaleVersion):
        payments.apply_coupon(request=request, by=buyer, version=1, code="SPRING", key=key())
    with pytest.raises(payments.NotAllowed):
        payments.apply_coupon(request=request, by=owner(channel), version=4, code="SPRING", key=key())


def test_the_promises_stay_when_a_code_is_put_on(channel, buyer):
    channel.delivery = "In two days"
    channel.save()
    make_coupon(channel)
    request = ask(channel, buyer, note="As agreed")
    channel.delivery = "Perhaps"
    channel.save()
    terms = selectors.get_terms(put(request))
    assert (terms.delivery, terms.note) == ("In two days", "As agreed")


def test_an_open_payment_of_the_old_price_ends_in_the_wallet(channel, shopper):
    make_coupon(channel)
    request = ask(channel, shopper)
    attempt = payments.start_attempt(request=request, by=shopper, version=1, provider="sandbox", key=key())
    put(request)
    payments.settle_attempt(attempt=attempt, outcome=payments.Outcome("paid", 100_00, "USD"))
    assert money(fresh(request)) == (100_00, 0, 0, 0)


def test_an_edit_counts_the_code_anew_or_leaves_it_off(channel, seller, buyer):
    coupon = make_coupon(channel, minimum_minor=50_00)
    request = ask(channel, buyer, coupon_code="SPRING")
    words = {"by": seller, "lines": [Line("Pot", 60_00)], "coupon_code": "SPRING"}
    request = payments.edit_request(request=request, version=1, key=key(), **words)
    assert (request.amount_minor, uses(coupon)) == (54_00, (1, ["reserved", "returned"]))
    with pytest.raises(payments.CouponRefused):
        payments.edit_request(request=request, version=2, key=key(), **words | {"lines": [Line("Cup", 9_00)]})
    request = payments.edit_request(request=request, version=2, key=key(), by=seller, lines=[Line("Cup", 9_00)])
    assert (request.amount_minor, uses(coupon)) == (9_00, (0, ["returned", "returned"]))


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"code": "ab"}, "code"),
        ({"code": "a<b>c"}, "code"),
        ({"percent": 0}, "percent"),
        ({"percent": 100}, "percent"),
        ({"kind": "amount", "amount_minor": 0}, "amount"),
        ({"minimum_minor": -1}, "minimum"),
        ({"ends_at": timezone.now() - DAY}, "ends"),
        ({"starts_at": timezone.now() + 3 * DAY, "ends_at": timezone.now() + DAY}, "ends"),
        ({"person_limit": 0}, "person_limit"),
        ({"total_limit": 0}, "total_limit"),
    ],
)
def test_a_coupon_that_makes_no_sense_is_not_made(channel, terms, field):
    with pytest.raises(payments.BadRequest) as refused:
        make_coupon(channel, **terms)
    assert (refused.value.field, Coupon.objects.count()) == (field, 0)


def test_a_code_is_there_once_a_channel(channel, rival_channel):
    make_coupon(channel)
    make_coupon(rival_channel)
    with pytest.raises(payments.BadRequest, match="has this code already"):
        make_coupon(channel, code="spring")


@pytest.mark.parametrize("columns", [{"percent": 50}, {"code": "OTHER"}, {"total_limit": 9}, {"use_count": 3}])
def test_the_database_keeps_a_coupon_as_it_was_made(channel, columns):
    make_coupon(channel, total_limit=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Coupon.objects.update(**columns)


def test_the_nightly_proof_counts_uses_again(channel, buyer):
    make_coupon(channel)
    ask(channel, buyer, coupon_code="SPRING")
    assert payments.reconcile().is_clean
    Coupon.objects.update(use_count=2)
    (name,) = payments.reconcile().drifts
    assert name == "coupons count the uses that requests keep"
    Coupon.objects.update(use_count=1)
    CouponUse.objects.update(state="used")
    assert payments.reconcile().drifts[name][0].endswith("is used, its request requested")


# --- pages


def test_the_desk_makes_lists_and_pauses(channel, seller, seller_client, buyer, rival_client):
    where = f"/dashboard/{channel.handle}/money/coupons/"
    words = {"code": "autumn", "kind": "percent", "percent": "۲۰", "person_limit": "1", "ends": "2030-01-31"}
    assert rival_client.post(f"{where}new/", words).status_code == 404
    assert seller_client.post(f"{where}new/", words | {"percent": ""}).status_code == 422
    assert seller_client.post(f"{where}new/", words)["Location"] == where
    coupon = Coupon.objects.get()
    assert (coupon.code, coupon.percent, coupon.ends_at.isoformat()) == ("AUTUMN", 20, "2030-02-01T05:00:00+00:00")
    pay(ask(channel, buyer, coupon_code="autumn"))
    page = seller_client.get(where).content.decode()
    assert ["−20%" in page, "until January 31, 2030" in page, "1 used" in page, "$20 given" in page] == [True] * 4
    assert rival_client.post(f"{where}{coupon.pk}/state/", {"to": "paused"}).status_code == 404
    seller_client.post(f"{where}{coupon.pk}/state/", {"to": "paused"})
    assert fresh(coupon).state == "paused"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(channel, seller_client, count, django_assert_num_queries):
    for number in range(count):
        make_coupon(channel, code=f"CODE-{number}")
    with django_assert_num_queries(3):
        assert seller_client.get(f"/dashboard/{channel.handle}/money/coupons/").status_code == 200


def test_a_viewer_looks_and_an_agent_makes_none(channel):
    for role in ("viewer", "agent"):
        person = make_user()
        channel.members.create(person=person, role=role)
        client = signed_in(person)
        found = [client.get(f"/dashboard/{channel.handle}/money/coupons/{path}").status_code for path in ("", "new/")]
        assert found == [200, 404]
        with pytest.raises(payments.NotAllowed):
            payments.make_coupon(channel=channel, by=person, code="SPRING", kind="delivery")


def test_the_card_offers_a_code_and_names_it_in_a_line(channel, buyer, request_):
    make_coupon(channel)
    client, url = signed_in(buyer), f"/requests/{request_.token}/"
    assert f'href="{url}apply-coupon/"' in client.get(f"{url}pay/").content.decode()
    refused = client.post(f"{url}apply-coupon/", {"key": str(uuid.uuid4()), "version": 1, "code": "nothing"})
    assert (refused.status_code, "This channel has no such code." in refused.content.decode()) == (422, True)
    client.post(f"{url}apply-coupon/", {"key": str(uuid.uuid4()), "version": 1, "code": "spring"})
    page = client.get(url).content.decode()
    assert 'Coupon <bdi class="code">SPRING</bdi></dt><dd>−$10</dd>' in page
    assert f'href="{url}remove-coupon/"' in page


def test_buying_with_a_code(channel, buyer):
    make_coupon(channel, minimum_minor=50_00)
    product = make_product_post(channel, price_minor=40_00, stock=9).product
    client, url = signed_in(buyer), f"/p/{product.pk}/buy/"
    words = {"key": str(uuid.uuid4()), "thing": str(product.pk), "quantity": "1", "coupon": "spring", "address": "new"}
    words |= {f"to-{name}": value for name, value in ADDRESS.items()}
    summed = client.post(f"{url}?total", words, headers={"HX-Request": "true"}).content.decode()
    assert "This code counts from $50 on, without delivery." in summed
    refused = client.post(url, words)
    assert (refused.status_code, "This code counts from $50 on" in refused.content.decode()) == (422, True)
    summed = client.post(f"{url}?total", words | {"quantity": "2"}, headers={"HX-Request": "true"}).content.decode()
    assert ["−$8</dd>" in summed, "$72</dd>" in summed] == [True, True]
    client.post(url, words | {"quantity": "2"})
    assert buyer.money_requests.get().amount_minor == 72_00
