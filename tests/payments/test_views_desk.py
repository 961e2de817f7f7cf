"""The seller's money, one's own wallet and addresses: who gets in, what is refused, what the numbers say."""

import re
import uuid

import pytest
from django.test import Client

from payments import selectors
from payments import services as payments
from payments.forms.payouts import is_iban
from payments.models import Address, MoneyRequest, Payout
from tests.conftest import signed_in
from tests.factories import make_channel, make_product_post, make_user
from tests.payments.market import ask, bring_to, pay
from tests.payments.people import client_of, make_team

pytestmark = pytest.mark.django_db
DESK = "/dashboard/saffron_clay/money/"
HTMX = {"HX-Request": "true"}
WALLET_QUERIES = 4


@pytest.fixture
def people(channel, buyer):
    return make_team(channel) | {"buyer": buyer}


@pytest.fixture
def earned(request_):
    """The channel has 95.00 dollars."""
    return bring_to(request_, "released")


PAGES = {
    "": "viewer",
    "requests/": "viewer",
    "requests/new/": "agent",
    "slips/": "agent",
    "payouts/": "manager",
    "entries/": "manager",
    "statement/": "manager",
}
REACH = ["owner", "manager", "agent", "viewer"]


def test_who_gets_in_at_the_desk(people):
    for role in ("owner", "manager", "agent", "viewer", "stranger", "buyer"):
        client = client_of(role, people)
        for page, least in PAGES.items():
            may = role in REACH[: REACH.index(least) + 1]
            assert client.get(DESK + page).status_code == (200 if may else 404), (role, page)
    assert Client().get(DESK).status_code == 302


def test_the_overview_counts(people, earned, channel, buyer):
    pay(ask(channel, buyer, 30_00))
    ask(channel, buyer, 20_00)
    payout(client_of("owner", people), amount="40")
    money = client_of("viewer", people).get(DESK).context["money"]
    found = (money.payable_minor, money.held_minor, money.on_its_way_minor, money.earned_minor)
    assert found == (55_00, 30_00, 40_00, 95_00)
    assert (money.open_count, money.to_ship_count, money.held_count) == (1, 1, 1)
    assert money.earned_by_day[-1][1] == 95_00


# --- asking

LINES = {
    "lines": "1",
    "line0-title": "Two pots",
    "line0-quantity": "2",
    "line0-price": "۳۰",
    "delivery": "5",
    "discount": "3",
    "note": "",
    "version": "1",
}


def test_an_agent_asks_somebody_known(people, earned, buyer):
    client = client_of("agent", people)
    sent = LINES | {"key": str(uuid.uuid4()), "buyer": buyer.pk}
    first = client.post(f"{DESK}requests/new/", sent)
    assert first.headers["location"] == client.post(f"{DESK}requests/new/", sent).headers["location"]
    made = MoneyRequest.objects.latest("pk")
    assert (made.title, made.amount_minor, made.buyer) == ("Two pots", 62_00, buyer)


def test_a_draft_waits_at_the_desk_until_it_is_sent(people, earned, buyer):
    client = client_of("agent", people)
    sent = LINES | {"key": str(uuid.uuid4()), "buyer": buyer.pk, "as_draft": "1"}
    kept = client.post(f"{DESK}requests/new/", sent)
    draft = MoneyRequest.objects.latest("pk")
    assert (draft.state, kept.headers["location"]) == ("draft", f"/requests/{draft.token}/")
    assert draft.token in client.get(f"{DESK}requests/?state=open").content.decode()
    assert draft.token not in client_of("buyer", people).get("/purchases/").content.decode()


def test_strangers_are_not_asked(people, earned):
    sent = LINES | {"key": str(uuid.uuid4()), "buyer": people["stranger"].pk}
    response = client_of("agent", people).post(f"{DESK}requests/new/", sent, headers=HTMX)
    page = response.content.decode()
    assert (response.status_code, MoneyRequest.objects.count()) == (422, 1)
    assert ("Choose who is to pay." in page, 'value="Two pots"' in page) == (True, True)


def test_things_are_found_and_put_on_a_line_without_scripts(people, channel):
    post = make_product_post(channel, title="Teal teapot", price_minor=38_00)
    make_product_post(make_channel(), title="Teal teapot of others")
    client = client_of("agent", people)
    page = client.post(f"{DESK}requests/new/", LINES | {"do": "find", "words": "teapot"}).content.decode()
    assert re.findall(r'value="(add-[\d-]+)"', page) == [f"add-{post.product.pk}"]
    assert 'value="Two pots"' in page
    page = client.post(f"{DESK}requests/new/", LINES | {"do": f"add-{post.product.pk}"}).content.decode()
    assert f'name="line1-thing" value="{post.product.pk}"' in page
    assert ('value="Two pots"' in page, 'value="Teal teapot"' in page, 'value="38"' in page) == (True, True, True)
    two = LINES | {"lines": "2", "line1-title": "A lid", "line1-quantity": "1", "line1-price": "4"}
    page = client.post(f"{DESK}requests/new/", two | {"do": "remove-0"}).content.decode()
    assert ('value="A lid"' in page, "Two pots" in page) == (True, False)


def test_a_foreign_thing_is_not_put_on_a_line(people):
    theirs = make_product_post(make_channel()).product
    page = client_of("agent", people).post(f"{DESK}requests/new/", LINES | {"do": f"add-{theirs.pk}"}).content.decode()
    assert theirs.title not in page


def test_the_sum_follows_what_is_typed(people):
    client = client_of("agent", people)
    page = client.post(f"{DESK}requests/fields/", LINES, headers=HTMX).content.decode()
    assert re.findall(r"<dd>([^<]+)</dd>", page) == ["$62", "−$3.10", "$58.90"]
    page = client.post(f"{DESK}requests/fields/", LINES | {"line0-price": "1e3"}, headers=HTMX).content.decode()
    assert re.findall(r"<dd>([^<]+)</dd>", page) == []
    assert client_of("viewer", people).post(f"{DESK}requests/fields/", LINES).status_code == 404


# --- payouts


def payout(client: Client, **words: str):
    sent = {"key": str(uuid.uuid4()), "holder": "Mina R.", "account": "021000021 123456789", "amount": "40"}
    return client.post(f"{DESK}payouts/", sent | words)


def test_only_the_owner_takes_money_out(people, earned, channel):
    for role, status in (("manager", 404), ("agent", 404), ("viewer", 404), ("stranger", 404), ("owner", 302)):
        assert payout(client_of(role, people)).status_code == status, role
    taken = Payout.objects.get()
    assert (taken.amount_minor, taken.destination) == (40_00, {"holder": "Mina R.", "account": "021000021 123456789"})
    assert selectors.get_payable_balance(channel) == 55_00


def test_a_payout_twice_is_one(people, earned):
    client, once = client_of("owner", people), str(uuid.uuid4())
    for _ in range(2):
        assert payout(client, key=once).status_code == 302
    assert Payout.objects.count() == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"amount": "95.01"}, {"amount": "0"}, {"amount": "-1"}, {"amount": "1e1"}, {"amount": "NaN"}, {"amount": ""},
        {"account": "021000022 123456789"}, {"account": "12"}, {"account": "=1+1"}, {"holder": ""}, {"key": ""},
    ],
    ids=str,
)  # fmt: skip
def test_no_rubbish_is_paid_out(people, earned, bad):
    assert payout(client_of("owner", people), **bad).status_code == 422
    assert Payout.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "is_good"),
    [
        ("DE89370400440532013000", True), ("GR1601101250000000012300695", True), ("IR062960000000100324200001", True),
        ("DE89370400440532013001", False), ("DE8937040044053201300", False), ("XX89370400440532013000", False),
        ("", False), ("DE89 3704", False),
    ],
)  # fmt: skip
def test_ibans_are_checked(text, is_good):
    assert is_iban(text) == is_good


@pytest.mark.parametrize(
    ("market", "typed", "kept"),
    [
        ("eu", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("eu", "IR062960000000100324200001", ""),
        ("ir", "۰۶۲۹۶۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱", "IR062960000000100324200001"),
        ("ir", "062960000000100324200002", ""),
        ("tw", "004-1234 5678 9012", "004 123456789012"),
        ("tw", "004 12", ""),
    ],
)
def test_accounts_are_read_as_each_market_writes_them(market, typed, kept):
    from payments.forms import PayoutForm

    channel = make_channel(market=market)
    sent = {"key": str(uuid.uuid4()), "holder": "Mina", "account": typed, "amount": "10"}
    form = PayoutForm(sent, channel=channel)
    assert (form.cleaned_data["account"] if form.is_valid() else "") == kept


# --- statements


def test_a_statement_of_the_channel(people, earned):
    client = client_of("manager", people)
    payout(client_of("owner", people))
    page = client.get(f"{DESK}statement/?first=2020-01-01&last=2020-12-31").content.decode()
    assert page.count("$0") == 2
    period = f"first={earned.created_at.year}-01-01&last={earned.created_at.year}-12-31"
    page = client.get(f"{DESK}statement/?{period}").content.decode()
    assert ("+$95" in page, "−$40" in page, "$55" in page) == (True, True, True)
    response = client.get(f"{DESK}statement/?{period}&format=csv")
    rows = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert [row.split(",")[2:5] for row in rows] == [
        ["What", "Amount", "Currency"],
        ["Released: A clay pot", "95", "USD"],
        ["Payout", "-40", "USD"],
    ]


@pytest.mark.parametrize(
    "period",
    ["first=2026-01-01&last=2027-01-02", "first=2026-02-01&last=2026-01-01", "first=x&last=2026-01-01", "first=&last="],
)
def test_a_statement_covers_a_year_at_most(people, period):
    for path in (f"{DESK}statement/", "/wallet/statement/"):
        client = client_of("owner", people)
        assert client.get(f"{path}?{period}&format=csv").status_code == 422


def test_titles_are_no_formulas_in_a_csv(people, channel, buyer):
    pay(ask(channel, buyer, 10_00, lines=[payments.Line("=HYPERLINK(1)", 10_00)]))
    response = signed_in(buyer).get("/wallet/statement/?currency=USD&first=2026-01-01&last=2026-12-31&format=csv")
    rows = b"".join(response.streaming_content).decode()
    assert "Held: =HYPERLINK(1)" in rows
    assert not re.search(r"(?m)(^|,)=", rows)


# --- wallet


@pytest.mark.parametrize("count", [1, 3])
def test_the_wallet_costs_the_same_for_one_and_three(people, channel, buyer, count, django_assert_num_queries):
    for _ in range(count):
        pay(ask(channel, buyer, 10_00))
    client = signed_in(buyer)
    with django_assert_num_queries(WALLET_QUERIES):
        page = client.get("/wallet/?currency=USD").content.decode()
    assert page.count("−$10") == count
    assert f"${count * 10} held by Bisat" in page


def test_the_wallet_goes_on_by_links(people, channel, buyer):
    for _ in range(31):
        pay(ask(channel, buyer, 1_00))
    client = signed_in(buyer)
    first = client.get("/wallet/?currency=USD")
    second = client.get("/wallet/", {"currency": "USD", "after": first.context["page"].next_cursor}, headers=HTMX)
    amounts = [row.amount_minor for page in (first, second) for row in page.context["page"].rows]
    assert amounts == [-1_00] * 31 + [500_00]
    assert client.get("/wallet/?after=zz").status_code == 404


# --- addresses

HOME = {"name": "Sara", "phone": "5035550142", "country": "US", "lines": "12 Mill St", "city": "Portland",
        "region": "OR", "postal_code": "97205"}  # fmt: skip


def test_addresses_are_kept_changed_and_deleted(shopper, shopper_client):
    for _ in range(2):
        assert shopper_client.post("/addresses/new/", HOME).status_code == 302
    kept = Address.objects.get()
    page = shopper_client.get(f"/addresses/{kept.pk}/").content.decode()
    assert 'value="+15035550142"' in page
    shopper_client.post(f"/addresses/{kept.pk}/", HOME | {"city": "Salem"})
    assert "Salem" in shopper_client.get("/addresses/").content.decode()
    for _ in range(2):
        assert shopper_client.post(f"/addresses/{kept.pk}/delete/").status_code == 302
    assert Address.objects.count() == 0


def test_addresses_are_nobody_elses(shopper, rival_client):
    kept = payments.save_address(person=shopper, **HOME)
    assert rival_client.get(f"/addresses/{kept.pk}/").status_code == 404
    assert rival_client.post(f"/addresses/{kept.pk}/", HOME | {"city": "Salem"}).status_code == 404
    rival_client.post(f"/addresses/{kept.pk}/delete/")
    assert Address.objects.get().city == "Portland"


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"postal_code": "9720"}, "postal_code"), ({"postal_code": ""}, "postal_code"), ({"phone": "12"}, "phone"),
        ({"phone": ""}, "phone"), ({"country": "XX"}, "country"), ({"name": ""}, "name"), ({"city": " "}, "city"),
        ({"country": "IR", "phone": "09121234567", "postal_code": "123"}, "postal_code"),
    ],
    ids=str,
)  # fmt: skip
def test_an_address_is_checked_as_its_country_writes_it(shopper_client, bad, field):
    response = shopper_client.post("/addresses/new/", HOME | bad, headers=HTMX)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_a_persian_address_is_taken(shopper_client):
    words = {"name": "سارا", "phone": "۰۹۱۲۱۲۳۴۵۶۷", "country": "IR", "lines": "خیابان ولی‌عصر", "city": "تهران",
             "region": "", "postal_code": "۱۹۶۸۷۱۴۳۱۱"}  # fmt: skip
    assert shopper_client.post("/addresses/new/", words).status_code == 302
    kept = Address.objects.get()
    assert (kept.phone, kept.postal_code) == ("+989121234567", "1968714311")


def test_own_pages_want_a_person():
    for path in ("/wallet/", "/wallet/top-up/", "/wallet/statement/", "/addresses/", "/purchases/"):
        assert Client().get(path).status_code == 302
    assert signed_in(make_user()).get("/purchases/").status_code == 200
