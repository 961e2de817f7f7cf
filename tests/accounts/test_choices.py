"""What is optional is asked, kept with its moment, and not done for who said no."""

import pytest

from accounts import services
from accounts.models import Consent, User
from core import personal_data
from insights.models import Visit
from recommender import buffer
from recommender import services as recommender
from recommender.lookers import Looker
from recommender.models import Interaction
from tests.accounts.conftest import mailed_code
from tests.factories import make_product_post

pytestmark = pytest.mark.django_db
NOTHING: dict[str, str] = {}


def test_a_persons_choices_are_kept_with_moment_and_version(shopper_client, shopper, django_assert_num_queries):
    shopper_client.post("/accounts/choices/", {"picks": "on"})
    rows = Consent.objects.order_by("pk").values_list("purpose", "is_given", "version")
    assert list(rows) == [("picks", True, 1), ("measuring", False, 1)]
    shopper_client.post("/accounts/choices/", {"picks": "on"})
    assert Consent.objects.count() == 2  # nothing new was said
    shopper_client.post("/accounts/choices/", {"picks": "on", "measuring": "on"})
    assert Consent.objects.count() == 3
    with django_assert_num_queries(2):  # session, what she said
        page = shopper_client.get("/accounts/choices/").content.decode()
    assert page.count("checked") == 2


def test_a_guests_choices_are_a_cookie(client):
    client.post("/accounts/choices/", {"measuring": "on"})
    assert client.cookies["choices"].value == "1:picks"
    assert client.get("/accounts/choices/").content.decode().count("checked") == 1


def test_a_guests_choices_become_hers(client):
    client.post("/accounts/choices/", {"measuring": "on"})
    client.post(
        "/accounts/signup/", {"contact": "new@example.com", "display_name": "New", "password1": "seven warm kilns"}
    )
    client.post("/accounts/confirm-email/", {"code": mailed_code()})
    person = User.objects.get(email="new@example.com")
    assert (person.declined, Consent.objects.filter(person=person, is_given=False).count()) == (["picks"], 1)


def test_who_declines_picks_is_not_logged_and_what_was_goes(shopper, django_capture_on_commit_callbacks):
    Interaction.objects.create(person=shopper, product_id=1, kind="view")
    with django_capture_on_commit_callbacks(execute=True):
        services.choose(person=shopper, declined=["picks"])
    assert Interaction.objects.count() == 0
    recommender.record(looker=Looker(shopper.pk, is_quiet=True), kind="view", product_id=1)
    buffer.interactions.flush()
    assert Interaction.objects.count() == 0


def test_a_page_tells_nothing_of_who_declined(shopper_client, shopper, channel):
    pk = make_product_post(channel).product.pk
    said = {"kind": "view", "product": pk}
    services.choose(person=shopper, declined=["picks", "measuring"])
    shopper_client.post("/did/", said)
    shopper_client.post("/visited/", {"path": "/", "visible_ms": 1000})
    buffer.interactions.flush()
    assert (Interaction.objects.count(), Visit.objects.count()) == (0, 0)


def test_where_consent_comes_first_nothing_is_done_unasked(client, settings):
    settings.CONSENT_FIRST = True
    assert client.get("/accounts/choices/").content.decode().count("checked") == 0
    client.post("/accounts/choices/", {"picks": "on", "measuring": "on"})
    assert client.get("/accounts/choices/").content.decode().count("checked") == 2


def test_the_privacy_page_says_what_the_settings_say(client, settings):
    settings.INTERACTION_DAYS, settings.ERASURE_DAYS = 123, 9
    settings.OPERATOR_NAME = "The Bazaar Ltd"
    page = client.get("/privacy/").content.decode()
    said = ("What you looked at and did", "123 days", "9 days later", "The Bazaar Ltd", "Purchases")
    assert [each for each in said if each not in page] == []
    assert page.count("<h3>") == len({each.room for each in personal_data.everything_kept()})


def test_terms_name_the_fee(client, settings):
    settings.PAYMENT_FEE_BASIS_POINTS = 700
    assert "Sellers pay 7% of what they get." in client.get("/terms/").content.decode()
