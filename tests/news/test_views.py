"""The list, the bell, the settings, and the door for mail programs."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.pages import encode_cursor
from news import mail, selectors, services
from news.models import Choice, News, PushSubscription, Rhythm
from tests.news.test_services import make_subscription

LIST = "/news/"
FCM = {"endpoint": "https://fcm.googleapis.com/fcm/send/abc", "p256dh": "B" * 87, "auth": "A" * 22}


def titles(html: str) -> list[str]:
    return re.findall(r'<h3 class="name"><a [^>]*>([^<]+)</a>', html)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(shopper_client, tell, django_assert_num_queries, count):
    for number in range(count):
        tell(params={"buyer": f"Ali {number}"})
    with django_assert_num_queries(3):  # session and person, news, unread
        page = shopper_client.get(LIST)
    assert titles(page.content.decode()) == [f"Ali {number} asked" for number in reversed(range(count))]


def test_an_empty_list_says_so(shopper_client):
    page = shopper_client.get(LIST).content.decode()
    assert "Nothing new yet" in page
    assert "Mark all read" not in page


def test_others_news_is_not_shown(rival_client, tell):
    tell()
    assert "Nothing new yet" in rival_client.get(LIST).content.decode()
    assert rival_client.get(News.objects.get().get_absolute_url()).status_code == 404
    assert not News.objects.get().is_read


def test_guests_sign_in_first(client, tell):
    tell()
    for path in (LIST, "/news/settings/", News.objects.get().get_absolute_url()):
        assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
    assert client.get("/news/badge/").content == b""


def test_opening_marks_it_read_and_leads_there(shopper_client, tell):
    tell()
    news = News.objects.get()
    answer = shopper_client.get(news.get_absolute_url())
    assert (answer.status_code, answer["Location"]) == (302, "/saved/")
    news.refresh_from_db()
    first = news.read_at
    assert news.is_read
    shopper_client.get(news.get_absolute_url())
    news.refresh_from_db()
    assert news.read_at == first


def test_mark_all_read_leaves_what_came_since(shopper_client, shopper, tell):
    tell()
    tell()
    newest = re.search(r'name="newest" value="(\d+)"', shopper_client.get(LIST).content.decode())
    tell()
    shopper_client.post("/news/read/", {"newest": newest[1]})
    assert selectors.count_unread(shopper) == 1
    shopper_client.post("/news/read/", {"newest": "nonsense"})
    assert selectors.count_unread(shopper) == 1


def test_pages_follow_without_gap_or_repeat(shopper_client, tell, monkeypatch):
    monkeypatch.setattr(selectors, "PAGE", 2)
    at = timezone.now() - dt.timedelta(minutes=9)
    for number in range(5):
        tell(params={"buyer": f"Ali {number}"}, at=at)
    path, seen, days = LIST, [], []
    while path:
        html = shopper_client.get(path, headers={"HX-Request": "true"}).content.decode()
        seen += titles(html)
        days += re.findall(r"<h2>([^<]+)</h2>", html)
        more = re.search(r'href="(/news/\?after=[^"]+)"', html)
        path = more[1] if more else ""
    assert seen == [f"Ali {number} asked" for number in (4, 3, 2, 1, 0)]
    assert len(days) == 1  # the day is not said again on the next page


def test_days_are_those_of_the_persons_clocks(shopper_client, shopper, tell):
    shopper.market = "ir"
    shopper.save()
    tell(at=dt.datetime(2026, 1, 14, 20, 29, tzinfo=dt.UTC))
    tell(at=dt.datetime(2026, 1, 14, 20, 31, tzinfo=dt.UTC))
    html = shopper_client.get(LIST).content.decode()
    assert re.findall(r"<h2>([^<]+)</h2>", html) == ["January 15, 2026", "January 14, 2026"]


@pytest.mark.parametrize("cursor", ["x", "1", "1.2.3", encode_cursor(2**62, 1)])
def test_a_cursor_we_did_not_make_is_no_page(shopper_client, cursor):
    assert shopper_client.get(LIST, {"after": cursor}).status_code == 404


def test_kinds_this_release_does_not_know_are_left_out(shopper, shopper_client, tell):
    tell()
    News.objects.update(kind="gone")
    assert "Nothing new yet" in shopper_client.get(LIST).content.decode()
    assert selectors.count_unread(shopper) == 0


@pytest.mark.parametrize(
    ("count", "shown", "spoken"), [(0, "", "News"), (1, "1", "News, 1 unread"), (3, "3", "News, 3 unread")]
)
def test_the_bell_counts(shopper_client, tell, count, shown, spoken, django_assert_num_queries):
    for _ in range(count):
        tell()
    with django_assert_num_queries(2):
        html = shopper_client.get("/news/badge/").content.decode()
    assert re.findall(r'<span class="count"[^>]*>([^<]*)<', html) == ([shown] if shown else [])
    assert re.search(r'aria-label="([^"]*)"', html)[1] == spoken


def test_the_bell_stops_at_99(shopper, shopper_client):
    News.objects.bulk_create(
        News(person=shopper, kind="asked", params={"buyer": "Ali"}, url="/", key=f"{number}") for number in range(120)
    )
    assert '<span class="count" aria-hidden="true">99+</span>' in shopper_client.get("/news/badge/").content.decode()


def test_only_people_have_a_bell(client, shopper_client):
    assert 'id="bell"' not in client.get("/").content.decode()
    assert 'id="bell"' in shopper_client.get("/").content.decode()


# --- settings
def settings_data(**fields: str) -> dict[str, str]:
    return {"digest": "off", "digest_hour": "9", "quiet_from": "", "quiet_until": ""} | fields


def test_settings_are_kept(shopper_client, shopper):
    answer = shopper_client.post(
        "/news/settings/",
        settings_data(
            email_messages="on", push_money="on", digest="weekly", digest_hour="7", quiet_from="22", quiet_until="8"
        ),
    )
    assert answer["Location"] == "/news/settings/"
    rhythm = Rhythm.objects.get(person=shopper)
    assert (rhythm.digest, rhythm.digest_hour, rhythm.quiet_from, rhythm.quiet_until) == ("weekly", 7, 22, 8)
    chosen = {choice.group: (choice.email, choice.push) for choice in Choice.objects.filter(person=shopper)}
    assert (chosen["messages"], chosen["money"], chosen["account"]) == ((True, False), (False, True), (False, False))
    html = shopper_client.get("/news/settings/").content.decode()
    assert re.findall(r'<input type="checkbox" name="(\w+)"[^>]* checked', html) == ["email_messages", "push_money"]


def test_usually_every_way_is_open(shopper_client):
    html = shopper_client.get("/news/settings/").content.decode()
    assert len(re.findall(r'<input type="checkbox" name="\w+"[^>]* checked', html)) == 14


@pytest.mark.parametrize(("start", "end"), [("22", ""), ("", "8"), ("5", "5"), ("25", "8")])
def test_quiet_hours_that_are_none(shopper_client, start, end):
    answer = shopper_client.post("/news/settings/", settings_data(quiet_from=start, quiet_until=end, digest="daily"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in html
    assert re.search(r'<option value="daily" selected', html)
    assert Rhythm.objects.count() == 0


def test_settings_cost(shopper_client, django_assert_num_queries):
    with django_assert_num_queries(3):  # session and person, ways, rhythm
        shopper_client.get("/news/settings/")


# --- unsubscribing without signing in
def test_a_mail_program_unsubscribes_by_one_post(shopper):
    path = mail.unsubscribe_url(shopper, "messages").removeprefix("http://127.0.0.1:8000")
    program = Client(enforce_csrf_checks=True)
    assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert [(choice.group, choice.email) for choice in Choice.objects.filter(person=shopper)] == [("messages", False)]


def test_a_person_is_asked_first(client, shopper):
    path = mail.unsubscribe_url(shopper, "messages").removeprefix("http://127.0.0.1:8000")
    assert "No more of these e-mails?" in client.get(path).content.decode()
    assert Choice.objects.count() == 0
    assert "You are unsubscribed" in client.post(path).content.decode()
    assert Choice.objects.get().email is False


def test_the_page_speaks_the_persons_language(client, shopper):
    shopper.language = "fa"
    shopper.save()
    path = mail.unsubscribe_url(shopper, mail.EVERYTHING).removeprefix("http://127.0.0.1:8000")
    assert '<html lang="fa" dir="rtl">' in client.get(path).content.decode()


def test_a_link_we_did_not_sign_is_no_page(client, shopper):
    path = mail.unsubscribe_url(shopper, "messages").removeprefix("http://127.0.0.1:8000")
    assert client.get(path[:-3] + "x/").status_code == 404
    assert client.get(reverse("news:unsubscribe", args=["nothing"])).status_code == 404
    shopper.delete()
    assert client.get(path).status_code == 404


# --- browsers
def test_a_browser_is_told_once_it_asks(shopper_client, shopper):
    assert shopper_client.post("/news/push/", FCM, headers={"User-Agent": "Phone"}).status_code == 204
    assert shopper_client.post("/news/push/", FCM, headers={"User-Agent": "Phone 2"}).status_code == 204
    made = PushSubscription.objects.get()
    assert (made.person, made.endpoint, made.user_agent) == (shopper, FCM["endpoint"], "Phone 2")
    shopper_client.post("/news/push/end/", {"endpoint": FCM["endpoint"]})
    assert PushSubscription.objects.count() == 0


def test_a_browser_belongs_to_who_used_it_last(shopper_client, rival_client, rival):
    shopper_client.post("/news/push/", FCM)
    rival_client.post("/news/push/", FCM)
    assert PushSubscription.objects.get().person == rival
    shopper_client.post("/news/push/end/", {"endpoint": FCM["endpoint"]})
    assert PushSubscription.objects.count() == 1


def test_signing_out_ends_it(shopper_client):
    shopper_client.post("/news/push/", FCM)
    shopper_client.post("/accounts/logout/")
    assert PushSubscription.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://intranet.example/"},
        {"endpoint": "http://fcm.googleapis.com/x"},
        {"endpoint": "https://fcm.googleapis.com.evil.example/x"},
        {"endpoint": "https://user@fcm.googleapis.com/x"},
        {"endpoint": "https://fcm.googleapis.com:8443/x"},
        {"endpoint": "file:///etc/passwd"},
        {"endpoint": "http://169.254.169.254/latest"},
        {"p256dh": "short"},
        {"auth": ""},
    ],
)
def test_addresses_that_are_no_push_service_are_refused(shopper_client, wrong):
    assert shopper_client.post("/news/push/", FCM | wrong).status_code == 422
    assert PushSubscription.objects.count() == 0


def test_without_a_key_push_is_not_offered(shopper_client, settings):
    settings.VAPID_PRIVATE_KEY = ""
    assert shopper_client.post("/news/push/", FCM).status_code == 404
    assert "data-push" not in shopper_client.get("/news/settings/").content.decode()


def test_the_oldest_browser_gives_way(shopper):
    for number in range(PushSubscription.MOST):
        make_subscription(shopper, str(number))
    services.subscribe(person=shopper, **FCM, user_agent="", session_key="s")
    assert PushSubscription.objects.count() == PushSubscription.MOST
    assert not PushSubscription.objects.filter(endpoint__endswith="/0").exists()
