"""Days are counted once each, in order, again without harm, and on from where it stopped."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import DatabaseError, connection
from django.utils import timezone

from insights import services, tasks
from insights.models import ChannelDay, CohortDay, ShopDay, Shopper, ShopperDay
from insights.services import rollups
from recommender import services as recommender
from recommender.lookers import Looker
from recommender.models import Interaction
from tests.factories import make_product_post, make_user

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOON = dt.datetime(2026, 10, 20, 12, tzinfo=dt.UTC)
TODAY = NOON.date()
ROLLUPS = [
    model for model in apps.get_app_config("insights").get_models() if model.__module__ == "insights.models.rollups"
]


@pytest.fixture
def product(channel):
    return make_product_post(channel).product


def look(looker: Looker, product, at: dt.datetime) -> None:
    recommender.record(looker=looker, kind="view", product_id=product.pk, at=at)


def rows() -> dict[str, list[tuple]]:
    """All rollups, without the numbers of rows and when they were counted."""
    found = {}
    for model in ROLLUPS:
        names = [field.attname for field in model._meta.concrete_fields if field.name not in ("id", "rolled_at")]
        found[model.__name__] = sorted(model.objects.values_list(*names), key=repr)
    return found


def final_days() -> list[dt.date]:
    return list(ShopDay.objects.filter(is_final=True).order_by("day").values_list("day", flat=True))


def test_counting_again_changes_nothing(product, shopper):
    for days, looker in (
        (2, Looker(shopper.pk)),
        (1, Looker(guest="g")),
        (1, Looker(shopper.pk)),
        (0, Looker(shopper.pk)),
    ):
        look(looker, product, NOON - days * DAY)
    assert services.roll_up(now=NOON, since=TODAY - 2 * DAY) == 3
    before = rows()
    assert [len(before[name]) for name in ("ShopDay", "ShopperDay", "Shopper", "ChannelDay", "FunnelDay")] == [
        3,
        4,
        2,
        3,
        3,
    ]
    for day in (TODAY - 2 * DAY, TODAY - DAY):
        services.roll_up_day(day=day, is_final=True)
    assert services.roll_up(now=NOON) == 1  # today alone
    assert rows() == before


def test_today_is_counted_as_far_as_it_is_and_again_when_it_is_over(product):
    look(Looker(guest="a"), product, NOON)
    services.roll_up(now=NOON, since=TODAY)
    look(Looker(guest="b"), product, NOON + dt.timedelta(hours=6))
    assert (ShopDay.objects.get().shoppers, final_days()) == (1, [])
    midnight = dt.datetime.combine(TODAY + DAY, dt.time(), dt.UTC)
    services.roll_up(now=midnight + dt.timedelta(minutes=9))  # something may be on its way still
    assert (ShopDay.objects.get().shoppers, final_days()) == (2, [])
    services.roll_up(now=midnight + dt.timedelta(minutes=11))
    assert final_days() == [TODAY]


def refuse(day: dt.date) -> None:
    """The database takes no figures of this day."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE insights_shopday ADD CONSTRAINT broken CHECK (day <> %s) NOT VALID", [day])


def mend() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE insights_shopday DROP CONSTRAINT broken")


def test_missed_days_are_caught_up_and_what_failed_is_where_it_goes_on(product):
    for days in range(5):
        look(Looker(guest="g"), product, NOON - days * DAY)
    services.roll_up(now=NOON - 3 * DAY, since=TODAY - 4 * DAY)
    assert final_days() == [TODAY - 4 * DAY]
    refuse(TODAY - DAY)
    with pytest.raises(DatabaseError):
        services.roll_up(now=NOON)
    mend()
    assert final_days() == [TODAY - number * DAY for number in (4, 3, 2)]
    services.roll_up(now=NOON)
    assert final_days() == [TODAY - number * DAY for number in (4, 3, 2, 1)]
    assert set(CohortDay.objects.values_list("first_day", "after", "people")) == {
        (TODAY - 4 * DAY, 0, 1),
        (TODAY - 4 * DAY, 1, 1),
    }


def test_a_run_begins_no_further_day_once_its_time_is_over(product):
    assert services.roll_up(now=NOON, since=TODAY - 3 * DAY, patience=0) == 0
    assert ShopDay.objects.count() == 0


def test_a_day_fails_as_a_whole(product):
    """What the last statement writes is refused; nothing of those before it stays."""
    look(Looker(guest="g"), product, NOON)
    refuse(TODAY)
    with pytest.raises(DatabaseError):
        services.roll_up_day(day=TODAY, is_final=True)
    assert rows() == {model.__name__: [] for model in ROLLUPS}


def test_a_guest_who_signs_up_stays_the_same_shopper(product):
    look(Looker(guest="key"), product, NOON - DAY)
    services.roll_up_day(day=TODAY - DAY, is_final=True)
    person = make_user(grouped_as="key")
    look(Looker(person.pk), product, NOON)
    services.roll_up_day(day=TODAY, is_final=True)
    shopper = Shopper.objects.get()
    assert (shopper.first_day, shopper.person_id) == (TODAY - DAY, person.pk)
    assert ShopperDay.objects.filter(shopper=shopper).count() == 2


def test_without_any_day_it_begins_where_the_first_channel_did(product):
    tasks.roll_up()
    today = (timezone.now() - rollups.GRACE).astimezone(dt.UTC).date()
    assert list(ShopDay.objects.values_list("day", "is_final")) == [(today, False)]


def test_old_rollups_are_pruned(channel):
    today = timezone.now().astimezone(dt.UTC).date()
    for days in (401, 399):
        ChannelDay.objects.create(channel=channel, day=today - days * DAY)
    shopper = Shopper.objects.create(who=1, first_day=today - 50 * DAY)
    for days in (41, 39):
        ShopperDay.objects.create(shopper=shopper, day=today - days * DAY)
    tasks.prune()
    assert [row.day for row in ChannelDay.objects.all()] == [today - 399 * DAY]
    assert [row.day for row in ShopperDay.objects.all()] == [today - 39 * DAY]
    assert Shopper.objects.count() == 1
    assert Interaction.objects.count() == 0
