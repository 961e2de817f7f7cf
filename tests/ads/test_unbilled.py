"""What is not charged is kept with its reason, each of them tried; what comes again is counted and charged once."""

import pytest
from django.urls import reverse

from ads import tasks, tokens
from ads.models import Campaign, Event
from sellers.models import Product
from tests.ads.market import BROWSER, click, make_live
from tests.ads.money import make_campaign, open_line, spend
from tests.ads.test_serving import ad, click_address
from tests.factories import make_product_post

pytestmark = pytest.mark.django_db
SEEN_TOO = {"robot", "team", "staff", "late"}  # known at once; the others once a click is to be charged


@pytest.fixture
def product(channel) -> Product:
    return make_product_post(channel).product


@pytest.fixture
def campaign(product, channel) -> Campaign:
    """A click and its line would pay for one more at most."""
    open_line(channel, 20)
    return make_live(channel, product, bid_minor=10, daily_budget_minor=10)


def rows(who: str) -> list[tuple[str, str, int, int]]:
    events = Event.objects.filter(who=who).exclude(kind="served").order_by("kind")
    return list(events.values_list("kind", "reason", "cost_minor", "repeats"))


def token_of(html: str) -> str:
    return click_address(html).split("/")[-2]


@pytest.mark.parametrize("reason", Event.Reason.values)
def test_each_reason_is_kept_and_costs_nothing(
    reason, campaign, channel, shopper, shopper_client, seller_client, staff_client
):
    token, client, agent = token_of(ad(shopper_client)), shopper_client, BROWSER
    match reason:
        case "robot":
            agent = {"user-agent": "Googlebot/2.1"}
        case "team":
            client = seller_client
        case "staff":
            client = staff_client
        case "late":
            given = tokens.read(token)
            token = tokens.make(given._replace(at=given.at - tokens.SECONDS - 1))
        case "budget":
            click(campaign, "ga", price_minor=10)
            tasks.charge()
        case "money":
            spend(make_campaign(channel), 20)
        case _:
            pytest.fail(f"nobody tries {reason}")
    assert client.post(reverse("ads:seen", args=[token]), headers=agent).status_code == 204
    assert client.get(reverse("ads:click", args=[token]), headers=agent).status_code == 302
    tasks.charge()
    seen = reason if reason in SEEN_TOO else ""
    assert rows(f"p{shopper.pk}") == [("click", reason, 0, 0), ("impression", seen, 0, 0)]


def test_a_token_used_twice_and_one_more_of_the_hour_are_counted_and_charged_once(campaign, shopper, shopper_client):
    first, second = (token_of(ad(shopper_client)) for _ in range(2))
    for token in (first, first, second):
        shopper_client.post(reverse("ads:seen", args=[token]), headers=BROWSER)
        shopper_client.get(reverse("ads:click", args=[token]), headers=BROWSER)
        tasks.charge()
    assert rows(f"p{shopper.pk}") == [("click", "", 5, 2), ("impression", "", 0, 2)]
    campaign.refresh_from_db()
    assert campaign.spent_minor == 5
