"""A holiday begins and ends by the clock, and nothing is bought meanwhile."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from chat import services as chat
from payments import services as payments
from payments.models import Line
from sellers import services as sellers
from sellers.models import Channel, Product
from tests.factories import make_product_post

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LINES = [Line(title="Teapot", unit_minor=1000, quantity=1)]


@pytest.fixture
def product(channel) -> Product:
    return make_product_post(channel, title="Teapot").product


def plan(channel: Channel, *, begins: float, ends: float | None) -> None:
    """A holiday from so many days from now to so many, to the moment."""
    now = timezone.now()
    until = None if ends is None else now + ends * DAY
    Channel.objects.filter(pk=channel.pk).update(
        state="holiday", holiday_from=now + begins * DAY, holiday_until=until, holiday_message="At the sea"
    )
    channel.refresh_from_db()


@pytest.mark.parametrize(
    ("begins", "ends", "away"), [(-1, 1, True), (-1, None, True), (1, 2, False), (-2, -0.001, False)]
)
def test_the_clock_says_who_is_away(client, channel, product, begins, ends, away):
    plan(channel, begins=begins, ends=ends)
    assert channel.is_away is away
    html = client.get(reverse("shop:newest")).content.decode()
    assert re.findall(r'<span class="badge">([^<]*)</span>', html) == (["On holiday"] if away else [])
    page = client.get(product.get_absolute_url()).content.decode()
    assert [words in page for words in ("At the sea", reverse("chat:buy", args=[product.pk]))] == [away, not away]
    assert ("At the sea" in client.get(channel.get_absolute_url()).content.decode()) is away


def test_no_purchase_begins_and_both_sides_read_until_when(channel, product, shopper, seller):
    terms = {"channel": channel, "buyer": shopper, "by": seller, "lines": LINES}
    draft = payments.request_money(**terms, key="draft", as_draft=True)
    asked = payments.request_money(**terms, key="asked")
    back_on = timezone.now().date() + 9 * DAY
    sellers.plan_holiday(channel=channel, by=seller, back_on=back_on)
    product = Product.objects.select_related("channel").get(pk=product.pk)
    day = rf"{back_on:%B} {back_on.day}, {back_on.year}|{back_on.day} {back_on:%B} {back_on.year}|{back_on.day}"
    with pytest.raises(payments.NotAllowed, match=day):
        payments.buy(buyer=shopper, product=product, key="buy")
    with pytest.raises(chat.NotAllowed, match=day):
        chat.check_may_buy(shopper, product)
    with pytest.raises(payments.NotAllowed, match=day):
        payments.request_money(**terms, key="ask")
    with pytest.raises(payments.NotAllowed, match=day):
        payments.send_request(request=draft, by=seller, key="send")
    assert payments.give_address(request=asked, by=shopper, address={}, key="address").state == "requested"
    assert chat.open_conversation(shopper=shopper, channel=channel, product=product).pk


def test_the_form_plans_changes_and_ends(seller_client, channel):
    url = reverse("dashboard:holiday", args=[channel.handle])
    first, back = (timezone.now().date() + days * DAY for days in (3, 10))
    sent = {"away": "1", "away_on": f"{first}", "back_on": f"{back}", "message": "At the sea"}
    assert seller_client.post(url, sent)["Location"] == reverse("dashboard:settings", args=[channel.handle])
    channel.refresh_from_db()
    assert (channel.away_on, channel.back_on, channel.is_away) == (first, back, False)
    assert f'value="{back}"' in seller_client.get(url).content.decode()
    wrong = seller_client.post(url, sent | {"back_on": f"{first}"})
    assert (wrong.status_code, wrong.context["form"].errors) == (422, {"back_on": ["Come back after you left."]})
    seller_client.post(url, sent | {"away_on": ""})
    channel.refresh_from_db()
    assert (channel.holiday_from, channel.is_away) == (None, True)
    seller_client.post(url, {"away": ""})
    channel.refresh_from_db()
    assert (channel.state, channel.holiday_until, channel.holiday_message) == ("open", None, "")


def test_days_are_those_of_the_market(channel, seller):
    Channel.objects.update(market="ir")
    back_on = timezone.now().date() + 9 * DAY
    planned = sellers.plan_holiday(channel=channel, by=seller, back_on=back_on)
    assert planned.holiday_until.astimezone(dt.UTC).time() == dt.time(20, 30)  # midnight in Tehran
    assert planned.back_on == back_on


def test_the_state_follows_what_is_over_and_nothing_else(channel, rival_channel):
    plan(channel, begins=-2, ends=-0.01)
    plan(rival_channel, begins=-2, ends=1)
    assert sellers.end_past_holidays() == 1
    channel.refresh_from_db()
    rival_channel.refresh_from_db()
    assert (channel.state, channel.holiday_until, rival_channel.state) == ("open", None, "holiday")
    last = channel.transitions.order_by("-pk").first()
    assert (last.from_state, last.to_state, last.by) == ("holiday", "open", None)
    assert sellers.end_past_holidays() == 0
