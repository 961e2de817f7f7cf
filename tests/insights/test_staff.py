"""Staff's pages: behind the admin's permission, drawn, and given away as CSV that no spreadsheet runs."""

import csv
import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from insights.models import (
    AdMoneyDay,
    CohortDay,
    Feedback,
    FunnelDay,
    SearchDay,
    SearchTerm,
    ShopDay,
    StoreWeek,
)
from insights.reports import PAGES
from recommender.models import Comparison
from recommender.selectors import lift
from tests.factories import make_category

DAY = dt.timedelta(days=1)
HOME = reverse("admin:insights_shopday_changelist")


def page_of(slug: str) -> str:
    return reverse("admin:insights_page", args=[slug])


def count_days(days: int, channel) -> dt.date:
    """Rollups of so many days; the last of them is returned."""
    last = dt.date(2026, 11, 22)
    for number in range(days):
        day = last - number * DAY
        facts = {"paid": 20, "disputed": 1, "talks": 4, "answered": 3, "reply_median": 600, "reply_p90": 7200}
        ShopDay.objects.create(
            day=day,
            is_final=True,
            shoppers=40 + number,
            week_shoppers=90,
            month_shoppers=200,
            timed_shoppers=2,
            seconds=500,
            median_seconds=240,
            open_stores=3,
            active_stores=1,
            **facts,
        )
        CohortDay.objects.create(first_day=day - 7 * DAY, after=0, people=8)
        CohortDay.objects.create(first_day=day - 7 * DAY, after=7, people=2)
        FunnelDay.objects.create(day=day, category=make_category(), seen=50, asked=9, requested=4, paid=3, released=2)
        SearchDay.objects.create(day=day, market="us", language="en", searches=10, found=8, clicked=5)
        told = Feedback.objects.create(mood=2, side="seller", language="en")
        Feedback.objects.filter(pk=told.pk).update(created_at=dt.datetime.combine(day, dt.time(12), dt.UTC))
        SearchTerm.objects.create(day=day, market="us", words=f'=HYPERLINK("{number}")', searches=2)
        AdMoneyDay.objects.create(day=day, currency="USD", income_minor=12_50, lent_minor=10_00, repaid_minor=5_00)
        StoreWeek.objects.get_or_create(week=day - day.weekday() * DAY, channel=channel)
    return last


@pytest.mark.parametrize("slug", PAGES)
def test_before_the_first_day_a_page_says_so(staff_client: Client, slug: str):
    page = staff_client.get(page_of(slug))
    assert (page.status_code, "Nothing is counted yet" in page.content.decode()) == (200, True)


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_queries_for_few_and_many(
    staff_client: Client, channel, count: int, django_assert_num_queries
):
    # four of the frame: session and person, second factor twice, the last day
    queries = {
        "shoppers": 5,
        "retention": 5,
        "time": 5,
        "stores": 6,
        "funnel": 5,
        "service": 6,
        "ads": 6,
        "searches": 6,
        "feedback": 5,
    }
    count_days(count, channel)
    staff_client.get(page_of("funnel"))  # the tree of categories is kept
    for slug, number in queries.items():
        with django_assert_num_queries(number):
            assert staff_client.get(page_of(slug)).status_code == 200
    assert queries.keys() == PAGES.keys()


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("shoppers", ["Daily shoppers: 42 on Nov 20, 40 on Nov 22.", "20%"]),
        ("retention", ["25%"]),
        ("time", ["4 min", "Seconds of a shopper"]),
        ("stores", ["0 of 1", "Active stores by week: 1 on Nov 16, 1 on Nov 16."]),
        ("funnel", ["Seen 150; Asked 27; Requested 12; Paid 9; Released 6."]),
        ("service", ["10 min", "2 h", "75%", "5%"]),
        ("ads", ["$37.50", "$15 / $30"]),
        ("searches", ["50%", "20%", "=HYPERLINK(&quot;0&quot;)"]),
        ("feedback", ["Moods by week: Awful 0; Bad 3; So-so 0; Good 0; Great 0.", "0%"]),
    ],
)
def test_pages_say_and_draw_what_is_counted(staff_client: Client, channel, slug: str, said: list[str]):
    count_days(3, channel)
    page = staff_client.get(page_of(slug)).content.decode()
    assert [words for words in said if words not in page] == []
    assert page.count("<h1>") == 1


def test_terms_in_csv_are_no_formulas(staff_client: Client, channel):
    last = count_days(2, channel)
    answer = staff_client.get(page_of("searches"), {"format": "csv"})
    assert answer["Content-Disposition"] == f'attachment; filename="searches-{last}.csv"'
    rows = list(csv.reader(answer.getvalue().decode("utf-8-sig").splitlines()))
    assert rows == [["Words", "Market", "Searches"], ['\'=HYPERLINK("0")', "us", "2"], ['\'=HYPERLINK("1")', "us", "2"]]


def test_csv_reads_the_same_in_any_language(staff_client: Client, channel):
    count_days(1, channel)
    translation.activate("fa")
    staff_client.cookies["language"] = staff_client.cookies["django_language"] = "fa"
    lines = [
        staff_client.get(page_of(slug), {"format": "csv"}).getvalue().decode("utf-8-sig").splitlines()[1]
        for slug in ("shoppers", "service", "ads", "retention")
    ]
    assert lines == [
        "2026-11-22,40,90,200",
        "2026-11-22,4,3,600,7200,20,1,0.0500",
        "2026-11-22,USD,12.5,10,5",
        "2026-11-09,8,0.0000,0.2500,",
    ]


def test_what_picking_is_good_for_leaves_as_csv_too(staff, staff_client: Client):
    told, since = {name: [80, 0.2, 0.16] for name in lift.MEASURES}, timezone.now() - dt.timedelta(days=20)
    alone = Comparison.objects.create(since=since, figures={"picked": {"people": 400, **told}})
    arms = {"picked": {"people": 400, **told, "saves": [120, 0.3, 0.21]}, "held_out": {"people": 100, **told}}
    both = Comparison.objects.create(since=since, figures=arms)
    addresses = [reverse("admin:recommender_comparison_csv", args=[row.pk]) for row in (alone, both)]
    page = staff_client.get(reverse("admin:recommender_comparison_changelist")).content.decode()
    assert [page.count(f'href="{address}"') for address in addresses] == [1, 1]
    answer = staff_client.get(addresses[1])
    assert answer["Content-Disposition"] == f'attachment; filename="comparison-{both.at:%Y-%m-%d}.csv"'
    heads, *lines = csv.reader(answer.getvalue().decode("utf-8-sig").splitlines())
    assert (heads[:2], heads[6], heads[-3:]) == (
        ["What", "picked for: people"], "held out: people", ["Difference", "Difference: from", "Difference: to"],
    )  # fmt: skip
    assert [line[0] for line in lines] == ["Seconds in shop", "Saves", "Questions", "Payments"]
    assert lines[1] == [
        *("Saves", "400", "120", "0.3000", "0.2117", "0.3883"),
        *("100", "80", "0.2000", "0.0458", "0.3542"),
        *("0.5000", "-0.3429", "2.4239"),
    ]
    lonely = list(csv.reader(staff_client.get(addresses[0]).getvalue().decode("utf-8-sig").splitlines()))
    assert lonely[1][6:] == [""] * 8  # nobody to compare with
    staff.is_superuser = False
    staff.save()
    assert staff_client.get(addresses[1]).status_code == 403


def test_who_may_not_see_insights_does_not(staff, staff_client: Client, shopper_client: Client, channel):
    assert shopper_client.get(HOME).status_code == 302
    staff.is_superuser = False
    staff.save()
    assert [staff_client.get(page).status_code for page in (HOME, page_of("ads"))] == [403, 403]
    staff.user_permissions.add(Permission.objects.get(codename="view_shopday"))
    page = staff_client.get(HOME)
    assert (page.status_code, "What picking" in page.content.decode()) == (200, False)
    assert staff_client.get(page_of("moons")).status_code == 404
    assert staff_client.get(reverse("admin:index")).content.decode().count(HOME) >= 1
