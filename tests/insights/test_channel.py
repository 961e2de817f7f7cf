"""A seller sees her own channel's figures, and nobody else does."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from insights.models import ChannelDay, ChannelSource, ShopDay
from sellers import services as sellers
from sellers.models import Role

DAY = dt.timedelta(days=1)
LAST = dt.date(2026, 11, 22)


def page_of(channel) -> str:
    return reverse("insights:channel", args=[channel.handle])


def count_days(channel, days: int, *, first: int = 0) -> None:
    ShopDay.objects.get_or_create(day=LAST, is_final=True)
    for number in range(first, first + days):
        hours = [0] * 24
        hours[13] = 7  # 8 in New York, where clocks are five hours behind
        day = LAST - number * 7 * DAY
        ChannelDay.objects.create(channel=channel, day=day, shown=90, seen=7, saved=2, asked=1, followed=1, hours=hours)
        ChannelSource.objects.create(channel=channel, day=day, place="search", visits=5)
        ChannelSource.objects.create(channel=channel, day=day, place="feed", visits=2)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_six_queries(seller_client: Client, channel, count: int, django_assert_num_queries):
    count_days(channel, count)
    seller_client.get(page_of(channel))
    with django_assert_num_queries(5):  # session and person, channel, last day, days, sources
        page = seller_client.get(page_of(channel))
    assert page.status_code == 200


def test_it_says_what_became_of_the_channel(seller_client: Client, channel, rival_channel):
    count_days(channel, 3)
    count_days(channel, 1, first=5)
    count_days(rival_channel, 2)
    answer = seller_client.get(page_of(channel))
    assert [(now, before) for _what, now, before in answer.context["counts"]] == [
        (270, 90), (21, 7), (6, 2), (3, 1), (0, 0), (0, 0), (3, 1)
    ]  # fmt: skip
    page = answer.content.decode()
    assert "Visits by where people came from: search 15; feed 6." in page
    assert "Most is seen on Sunday from 8:00 on." in page
    assert (page.count("8:00, 21 seen"), page.count("9:00, 7 seen")) == (1, 1)  # clocks changed in between
    assert page.count('<svg class="chart"') == 3  # nobody paid
    assert 'aria-current="page"' in page


def test_before_anything_happened_it_says_what_will_be_there(seller_client: Client, channel):
    assert "Nobody was here yet" in seller_client.get(page_of(channel)).content.decode()
    ShopDay.objects.create(day=LAST, is_final=True)
    page = seller_client.get(page_of(channel)).content.decode()
    assert ("Nobody was here yet" in page, "format=csv" in page) == (True, False)


def test_days_are_given_away(seller_client: Client, channel):
    count_days(channel, 2)
    answer = seller_client.get(page_of(channel), {"format": "csv"})
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert lines[:2] == [
        "Day,Shown in lists,Seen,Saved,Asked,Money asked for,Paid,New followers",
        "2026-11-22,90,7,2,1,0,0,1",
    ]
    assert (len(lines), lines[8][:13]) == (29, "2026-11-15,90")


def test_strangers_and_agents_find_nothing(client: Client, rival, rival_client: Client, seller, channel, bare_404):
    count_days(channel, 1)
    assert client.get(page_of(channel)).status_code == 302
    assert rival_client.get(page_of(channel)).status_code == 404
    member = sellers.add_member(channel=channel, by=seller, contact=rival.email, role=Role.AGENT)
    assert rival_client.get(page_of(channel)).status_code == 404
    assert "insights" not in rival_client.get(reverse("dashboard:channel", args=[channel.handle])).content.decode()
    sellers.change_role(member=member, by=seller, role=Role.MANAGER)
    assert rival_client.get(page_of(channel)).status_code == 200
    assert page_of(channel) in rival_client.get(reverse("dashboard:channel", args=[channel.handle])).content.decode()
