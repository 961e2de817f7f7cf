"""Staff see how tables do, start, stop and resume them."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recommender import services, tasks
from recommender.models import Comparison, Exposure, Run
from recommender.selectors import lift
from tests.recommender.market import make_market, make_table

LIST = reverse("admin:recommender_run_changelist")
START = reverse("admin:recommender_run_start")


def _act(client: Client, action: str, run: Run) -> str:
    return client.post(LIST, {"action": action, "_selected_action": [run.pk]}, follow=True).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_shows_figures_and_a_graph(staff_client: Client, count: int, django_assert_max_num_queries):
    make_market(people=12)
    runs = [make_table() for _ in range(count)]
    with django_assert_max_num_queries(10):
        page = staff_client.get(LIST).content.decode()
    assert page.count('<svg class="chart"') == 1
    assert f"{runs[-1].figures['ndcg']:.4f}" in page
    assert page.count("2 of 2 blocks") == count
    assert "events of 12 people with 10 things" in page


def test_starting_stopping_and_going_on(staff_client: Client, at_once):
    make_market()
    run = services.start_run()
    assert "A table is in the making already." in staff_client.post(START, follow=True).content.decode()
    _act(staff_client, "stop", run)
    assert "It is not in the making." in _act(staff_client, "stop", run)
    _act(staff_client, "go_on", run)
    run.refresh_from_db()
    assert run.state == "live"
    assert "Workers read what people did" in staff_client.get(START).content.decode()
    staff_client.post(START)
    assert list(Run.objects.order_by("pk").values_list("state", flat=True)) == ["past", "live"]


def test_a_table_in_the_making_says_how_far_it_is(staff_client: Client):
    make_market()
    run = services.start_run()
    tasks.make_block(run.blocks.get(number=0).pk)
    page = staff_client.get(LIST).content.decode()
    assert "1 of 2 blocks are made" in page
    assert ('value="1" max="2"' in page, "Make a new table" in page) == (True, False)
    detail = staff_client.get(reverse("admin:recommender_run_change", args=[run.pk])).content.decode()
    assert "entry power" in detail


def test_a_refused_table_waits_for_staff_until_a_better_one_is_live(staff_client: Client):
    make_market()
    make_table()
    refused = Run.objects.create(state="refused", settings={}, figures={"ndcg": 0.1})
    index = reverse("admin:index")
    assert "Tables that were worse than the live one" in staff_client.get(index).content.decode()
    make_table()
    assert "Tables that were worse than the live one" not in staff_client.get(index).content.decode()
    assert refused.pk < Run.objects.get(state="live").pk


def test_who_may_only_look_does_not_start(staff, staff_client: Client):
    from django.contrib.auth.models import Permission

    staff.is_superuser = False
    staff.save()
    staff.user_permissions.add(Permission.objects.get(codename="view_run"))
    assert "Make a new table" not in staff_client.get(LIST).content.decode()
    assert staff_client.post(START).status_code == 403
    assert Run.objects.count() == 0


def test_the_least_shown_channels_come_first(staff_client: Client, channel, rival_channel):
    Exposure.objects.create(channel=channel, market="us", shown=7)
    Exposure.objects.create(channel=rival_channel, market="us", shown=2)
    page = staff_client.get(reverse("admin:recommender_exposure_changelist")).content.decode()
    assert page.index("Rival House") < page.index("Saffron")


def test_a_new_shop_does_not_wait_for_the_night(db, at_once):
    tasks.go_on()
    assert Run.objects.get().state == "live"
    tasks.go_on()
    assert Run.objects.count() == 1


def test_staff_see_what_picking_is_good_for(staff_client: Client):
    page = reverse("admin:recommender_comparison_changelist")
    assert "Nothing to compare yet" in staff_client.get(page).content.decode()
    told = {name: [80, 0.2, 0.16] for name in lift.MEASURES}
    picked = {"people": 400, **told, "saves": [120, 0.3, 0.21]}
    since = timezone.now() - dt.timedelta(days=20)
    Comparison.objects.create(since=since, figures={"picked": picked})
    assert "too few to say" in staff_client.get(page).content.decode()
    Comparison.objects.create(since=since, figures={"picked": picked, "held_out": {"people": 100, **told}})
    answer = staff_client.get(page)
    assert [row["lift"] for row in answer.context["rows"]][:2] == ["0% (−58% to +137%)", "+50% (−34% to +242%)"]
    html = answer.content.decode()
    assert html.count('<svg class="chart ranges"') == 1
    assert html.count("no difference shown yet") == 4
    assert "However often one looks" in html
    assert "Saves +50% (−34% to +242%)" in html
    assert "<strong>0.3</strong>" in html
