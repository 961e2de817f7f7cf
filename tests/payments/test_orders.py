"""A channel's orders as a table."""

import csv
import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.markets import MARKETS
from core.spreadsheets import safe_cell
from payments.models import MoneyRequest
from sellers import services as sellers
from tests.conftest import signed_in
from tests.factories import make_user
from tests.payments.market import ask, bring_to, fill_wallet, fresh

pytestmark = pytest.mark.django_db
PLACE = {"name": "@Sara", "lines": "=1 Road", "city": "Portland", "country": "US"}


def table(client, first: dt.date, last: dt.date) -> list[dict[str, str]]:
    response = client.get("/dashboard/saffron_clay/money/orders/", {"first": first, "last": last})
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


@pytest.fixture
def orders(channel, shopper):
    fill_wallet(shopper, 100_00)
    asked = ask(channel, shopper, 100_00)
    MoneyRequest.objects.filter(pk=asked.pk).update(address=PLACE, title="=HYPERLINK(1)")
    paid = bring_to(fresh(asked), "held")
    unpaid = ask(channel, shopper, 20_00)
    MoneyRequest.objects.filter(pk=unpaid.pk).update(address=PLACE)
    return paid, unpaid


def test_orders_of_some_days_without_formulas(seller_client, channel, orders):
    today = timezone.localdate(timezone=ZoneInfo(MARKETS[channel.market].time_zone))  # the desk's day
    paid, unpaid = table(seller_client, today, today)
    assert (paid["Number"], paid["What"], paid["Amount"]) == (orders[0].token, "'=HYPERLINK(1)", "100")
    assert (paid["Name"], paid["Address"], paid["City"]) == ("'@Sara", "'=1 Road", "Portland")
    assert (unpaid["State"], unpaid["Name"], unpaid["Address"]) == ("Requested", "", "")
    yesterday = today - dt.timedelta(days=1)
    assert table(seller_client, yesterday, yesterday) == []


def test_who_only_looks_and_strangers_get_none(seller, channel, rival_client):
    viewer = make_user(email="viewer@example.com")
    sellers.add_member(channel=channel, by=seller, contact=viewer.email, role="viewer")
    page = "/dashboard/saffron_clay/money/orders/"
    assert [client.get(page).status_code for client in (signed_in(viewer), rival_client)] == [404, 404]


def test_a_period_the_wrong_way_round_is_said(seller_client, channel):
    page = seller_client.get("/dashboard/saffron_clay/money/orders/", {"first": "2026-02-02", "last": "2026-02-01"})
    assert (page.status_code, "The last day comes before the first." in page.content.decode()) == (422, True)


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\n=1", "＝1", "＠a"])
def test_no_cell_is_a_formula(cell):
    assert safe_cell(cell) == f"'{cell}"
