"""Staff see how tables do, start, stop and resume them."""

import pytest
from django.test import Client
from django.urls import reverse

from recommender import services, tasks
from recommender.models import Exposure, Run
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
    assert "2 / 2" in page


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
