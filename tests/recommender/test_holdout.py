"""People held out see what is popular; what becomes of them is compared with what becomes of the others."""

import datetime as dt
from math import exp, log, sqrt

import pytest
from django.utils import timezone

from chat.models import Conversation
from core.intervals import confidence_sequence
from recommender import selectors, services
from recommender.lookers import Arm, Looker
from recommender.models import Comparison, Impression, Interaction
from recommender.selectors import lift
from sellers.models import Product
from tests.factories import make_channel, make_product_post, make_user
from tests.recommender.market import look, make_market, make_table

pytestmark = pytest.mark.django_db


def looker_of(arm: str, person: int) -> Looker:
    """This person as one who fell into ``arm``."""
    numbers = (str(number) for number in range(1000))
    return next(each for name in numbers if (each := Looker(person, grouped_as=name)).arm == arm)


@pytest.fixture
def half(settings) -> None:
    settings.HOLDOUT_SHARE = 0.5


def test_nobody_is_held_out_unless_the_setting_says_so(settings):
    everybody = [Looker(person_id=number) for number in range(1, 200)]
    assert {looker.arm for looker in everybody} == {""}
    settings.HOLDOUT_SHARE = 0.1
    held_out = {looker for looker in everybody if looker.is_held_out}
    assert 10 < len(held_out) < 35
    assert {looker.arm for looker in everybody} == {Arm.PICKED, Arm.HELD_OUT}
    settings.HOLDOUT_SHARE = 0.2
    assert held_out < {looker for looker in everybody if looker.is_held_out}
    assert Looker().arm == ""


def test_a_persons_group_is_that_of_the_guest_she_was(half):
    for key in ("some", "guests", "of", "ours"):
        assert Looker(7, grouped_as=key).arm == Looker(guest=key).arm


def test_the_held_out_see_what_is_popular_by_the_same_rules(half, shopper):
    market = make_market()
    make_table()
    look(shopper, market.cups[0])
    for place, product in enumerate(market.products):
        Product.objects.filter(pk=product.pk).update(popularity=place)
    picked, held_out = looker_of(Arm.PICKED, shopper.pk), looker_of(Arm.HELD_OUT, shopper.pk)
    services.refuse(looker=held_out, product=market.pots[4])
    found = selectors.get_picks(held_out, "us", per_channel=24, explore=False)
    assert [pick.product_id for pick in found.rows[:3]] == [pot.pk for pot in market.pots[3:0:-1]]
    assert (found.because, found.titles, {pick.because for pick in found.rows}) == (None, {}, {None})
    assert market.cups[0].pk not in {pick.product_id for pick in found.rows}
    mine = selectors.get_picks(picked, "us", per_channel=24, explore=False)
    assert mine.rows[0].because == market.cups[0].pk


def test_the_group_is_logged_with_what_is_done_and_shown(half, shopper):
    product = make_product_post(make_channel(market="us")).product
    for arm in Arm:
        looker = looker_of(arm, shopper.pk)
        services.record(looker=looker, kind="view", product_id=product.pk)
        services.record_impressions(looker=looker, place="picks", shown=[services.Shown(product.pk, 0, 1)])
    services.record_impressions(looker=Looker(), place="picks", shown=[services.Shown(product.pk, 0, 1)])
    assert list(Interaction.objects.order_by("id").values_list("arm", flat=True)) == ["picked", "held_out"]
    assert list(Impression.objects.order_by("id").values_list("arm", flat=True)) == ["picked", "held_out", ""]


def _did(person: int, arm: str, kind: str, count: int = 1, days: float = 10, dwell_ms: int | None = None) -> None:
    at = timezone.now() - dt.timedelta(days=days)
    Interaction.objects.bulk_create(
        Interaction(at=at, person_id=person, product_id=1, kind=kind, arm=arm, dwell_ms=dwell_ms) for _ in range(count)
    )


def test_both_groups_are_counted_with_seven_days_of_each_person(channel):
    people = [make_user().pk for _ in range(6)]
    for number, saves in enumerate((4, 2, 0)):
        _did(people[number], "picked", "save", saves)
        _did(people[number], "picked", "view", dwell_ms=30_000)
    _did(people[3], "held_out", "save", 2)
    _did(people[3], "held_out", "pay")
    now = timezone.now()
    Impression.objects.create(
        person_id=people[4],
        product_id=1,
        place="picks",
        slot=0,
        probability=1,
        arm="held_out",
        at=now - dt.timedelta(8),
    )
    _did(people[5], "held_out", "save")  # signed in elsewhere meanwhile
    _did(people[5], "picked", "save")
    _did(people[0], "picked", "save", days=15)  # before the start
    _did(people[0], "picked", "save", days=2)  # her seven days are over
    _did(people[4], "picked", "save", days=0.5)
    _did(make_user().pk, "picked", "save", days=6)  # hers are not
    _did(people[5], "", "save")
    Conversation.objects.create(shopper_id=people[3], channel=channel)
    Conversation.objects.update(opened_at=now - dt.timedelta(days=9))

    def count(nights: int = 0) -> dict[str, lift.ArmFigures]:
        return lift.get_arms(now - dt.timedelta(days=14), now + dt.timedelta(days=nights))

    arms = count()
    assert {arm: figures.people for arm, figures in arms.items()} == {"picked": 3, "held_out": 2}
    assert arms["picked"].measures["saves"] == (6, 2, 4)
    assert arms["picked"].measures["dwell"] == (90, 30, 0)
    assert arms["held_out"].measures["saves"] == (2, 1, 2)
    assert [arms["held_out"].measures[name].total for name in ("asks", "paid", "dwell")] == [1, 1, 0]
    later = count(nights=3)  # one more came in, and nobody's figures have changed
    assert (later["picked"].people, later["picked"].measures["saves"].total) == (4, 7)
    assert later["held_out"] == arms["held_out"]
    Conversation.objects.update(opened_at=now - dt.timedelta(days=2))
    assert count()["held_out"].measures["asks"].total == 0


def test_limits_are_those_of_a_confidence_sequence():
    arms = {
        "picked": lift.ArmFigures(400, {"saves": lift.Measure(480, 1.2, 1.0)}),
        "held_out": lift.ArmFigures(100, {"saves": lift.Measure(100, 1.0, 0.5)}),
    }
    of_mean = confidence_sequence(1.2, 1 / 20, 500, lift.PLANNED)
    assert arms["picked"].measures["saves"].limits(400, 500) == pytest.approx(of_mean)
    low, high = confidence_sequence(log(1.2), sqrt(1.0 / (400 * 1.44) + 0.5 / 100), 500, lift.PLANNED)
    assert lift.get_lift(arms, "saves") == pytest.approx((0.2, exp(low) - 1, exp(high) - 1))
    assert lift.from_json(lift.to_json({})) == {}


@pytest.mark.parametrize(
    ("mean", "verdict"), [(2.5, lift.Verdict.MORE), (1.2, lift.Verdict.OPEN), (0.4, lift.Verdict.FEWER)]
)
def test_limits_on_one_side_of_zero_are_a_verdict(mean, verdict):
    arms = {
        "picked": lift.ArmFigures(400, {"saves": lift.Measure(400 * mean, mean, 1.0)}),
        "held_out": lift.ArmFigures(100, {"saves": lift.Measure(100, 1.0, 0.5)}),
    }
    assert lift.get_lift(arms, "saves").verdict == verdict


@pytest.mark.parametrize(
    "held_out",
    [None, (1, lift.Measure(3, 3.0, None)), (5, lift.Measure(0, 0.0, 0.0)), (5, lift.Measure(1, 0.2, 0.2))],
    ids=["none", "one", "nothing", "hardly anything"],
)
def test_no_lift_is_said_where_nothing_can_be(held_out):
    arms = {"picked": lift.ArmFigures(400, {"saves": lift.Measure(480, 1.2, 1.0)})}
    if held_out:
        arms["held_out"] = lift.ArmFigures(held_out[0], {"saves": held_out[1]})
    assert lift.get_lift(arms, "saves") is None


def test_a_comparison_is_kept_at_night_as_far_as_anybody_can_be_counted():
    assert services.keep_comparison() is None
    start = lift.get_start(timezone.now() - dt.timedelta(days=9))
    now = start + dt.timedelta(days=9)
    person, ago = make_user().pk, (timezone.now() - now) / dt.timedelta(days=1)
    _did(person, "picked", "save", days=ago + 6)
    assert services.keep_comparison(now) is None  # her days are not over
    _did(person, "picked", "save", days=ago + 8)
    kept = services.keep_comparison(now)
    assert (Comparison.objects.get(), kept.since) == (kept, start)
    picked = lift.from_json(Comparison.objects.get().figures)["picked"]
    assert (picked.people, picked.measures["saves"]) == (1, (2, 2, None))
