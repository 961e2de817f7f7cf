"""Whom a campaign is for: the form counts the same people to whom the auction gives the ad; a crowd, never a few."""

import pytest

from accounts.models import User
from ads import services as ads
from ads.models import Campaign, LookAlike
from ads.selectors.audience import Audience, get_audience_size
from ads.selectors.live import live
from payments.models import Address
from recommender import services as recommender
from recommender.lookers import Looker
from sellers import services as sellers
from sellers.models import Product
from tests.ads.market import campaign_data
from tests.ads.money import open_line
from tests.ads.test_serving import ad
from tests.factories import make_category, make_channel, make_product_post, make_user

pytestmark = pytest.mark.django_db
WAYS = ["category", "city", "language", "followers", "look_alikes"]


@pytest.fixture
def product(channel) -> Product:
    return make_product_post(channel, title="Teapot", category=make_category(slug="teapots")).product


def make_kettle() -> Product:
    """Somebody else's thing of another category."""
    return make_product_post(make_channel(), category=make_category(slug="kettles")).product


def look(person: User, product: Product) -> None:
    recommender.record(looker=Looker(person.pk), kind="view", product_id=product.pk)


def join(way: str, person: User, product: Product) -> dict[str, object]:
    """Makes the person one of an audience; what a campaign for it says."""
    match way:
        case "category":
            kettle = Product.objects.filter(category__slug="kettles").first() or make_kettle()
            look(person, kettle)
            return {"category_ids": [kettle.category_id]}
        case "city":
            Address.objects.create(person=person, name="Sara", lines="1 Road", city="Austin", country="US")
            return {"city": "austin"}
        case "language":
            User.objects.filter(pk=person.pk).update(language="fa")
            return {"language": "fa"}
        case "followers":
            sellers.follow(person=person, channel=product.channel)
            return {"people": "followers"}
        case "look_alikes":
            look(person, product)
            return {"people": "look_alikes"}
    raise ValueError(way)


def run(product: Product, seller: User, staff: User, **said: object) -> Campaign:
    """A campaign that staff accepted and that there is money for."""
    open_line(product.channel)
    campaign = ads.create_campaign(channel=product.channel, by=seller, data=campaign_data(product, **said))
    ads.submit_campaign(campaign=campaign, by=seller)
    ads.accept_creative(creative=campaign.creatives.get(), by=staff)
    live.forget()
    return campaign


@pytest.mark.parametrize("way", WAYS)
def test_who_is_counted_is_given_the_ad_and_nobody_else(
    way, product, seller, staff, shopper, rival, shopper_client, rival_client, client, settings
):
    settings.ADS_LEAST_AUDIENCE = 1
    look(rival, make_product_post(make_channel()).product)  # cares for something else
    said = join(way, shopper, product)
    assert get_audience_size(product.channel, campaign_data(product, **said).audience) == 1
    campaign = run(product, seller, staff, **said)
    assert [">Teapot</a>" in ad(one) for one in (shopper_client, rival_client, client)] == [True, False, False]
    like = list(LookAlike.objects.filter(campaign=campaign).values_list("person", flat=True))
    assert like == ([shopper.pk] if way == "look_alikes" else [])


def test_the_conditions_hold_together(product, seller, staff, shopper, rival, shopper_client, rival_client, settings):
    settings.ADS_LEAST_AUDIENCE = 1
    said = join("city", shopper, product) | join("followers", shopper, product)
    join("city", rival, product)
    assert get_audience_size(product.channel, campaign_data(product, **said).audience) == 1
    run(product, seller, staff, **said)
    assert [bool(ad(one)) for one in (shopper_client, rival_client)] == [True, False]


def test_who_counts_is_of_the_market_and_not_of_the_team(channel, seller, shopper):
    assert get_audience_size(channel, Audience()) == 1
    User.objects.filter(pk=shopper.pk).update(market="eu")
    assert get_audience_size(channel, Audience()) == 0


@pytest.mark.parametrize("way", WAYS)
def test_an_audience_of_fewer_than_fifty_is_refused_and_of_fifty_is_not(way, product, seller, settings):
    settings.ADS_LEAST_AUDIENCE = 50
    crowd = [make_user() for _ in range(50)]
    said = [join(way, person, product) for person in crowd[:49]][-1]
    wide = ads.create_campaign(channel=product.channel, by=seller, data=campaign_data(product))
    narrow = campaign_data(product, **said)
    for refused in (
        lambda: ads.create_campaign(channel=product.channel, by=seller, data=narrow),
        lambda: ads.edit_campaign(campaign=wide, by=seller, data=narrow),
    ):
        with pytest.raises(ads.AudienceTooSmall) as refusal:
            refused()
        assert (refusal.value.field, str(refusal.value)) == (
            "people",
            "Only 49 people are in this audience; at least 50 are needed, so that nobody is singled out. Choose fewer"
            " conditions.",
        )
    join(way, crowd[49], product)
    assert ads.edit_campaign(campaign=wide, by=seller, data=narrow).people == narrow.people
