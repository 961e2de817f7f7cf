"""Who is told, once, by which ways, and when."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as letters
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.models import OutboxMessage
from news import hours, kinds, mail, services, tasks
from news.models import Choice, News, PushSubscription, Rhythm
from news.selectors import get_rhythm, get_ways
from tests.factories import make_user
from tests.news.conftest import deliver, waiting


@pytest.fixture
def verified(shopper) -> EmailAddress:
    return EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)


def make_subscription(person, name: str = "one") -> PushSubscription:
    return PushSubscription.objects.create(person=person, endpoint=f"https://fcm.googleapis.com/{name}", session="")


def choose(person, **fields) -> None:
    rhythm = {"digest": "off", "digest_hour": 9, "quiet_from": None, "quiet_until": None, "ways": {}}
    services.save_settings(person=person, **rhythm | fields)


def quiet_now(person) -> dict[str, int]:
    """Quiet hours of the person in which this moment falls."""
    hour = timezone.now().astimezone(hours.zone_of(person)).hour
    return {"quiet_from": hour, "quiet_until": (hour + 2) % 24}


def test_told_once_by_every_way(shopper, tell):
    make_subscription(shopper)
    make_subscription(shopper, "two")
    tell(key="a")
    tell(key="a")
    news = News.objects.get()
    assert (news.person, news.kind, news.url, news.is_read, news.in_digest) == (
        shopper,
        "asked",
        "/saved/",
        False,
        False,
    )
    assert waiting() == ["news.email", "news.push", "news.push"]


def test_two_people_may_be_told_under_one_key(shopper, seller, tell):
    tell(key="a")
    tell(key="a", person=seller)
    assert News.objects.count() == 2


def test_it_shares_the_fate_of_what_it_is_about(shopper, tell):
    with transaction.atomic():
        tell(key="a")
        transaction.set_rollback(True)
    assert (News.objects.count(), waiting()) == (0, [])


def test_when_it_happened(tell):
    at = timezone.now() - dt.timedelta(days=2)
    tell(at=at)
    assert News.objects.get().at == at


@pytest.mark.parametrize("url", ["https://other.example/", "//other.example/", "/\\other.example", "saved/", ""])
def test_it_leads_to_our_own_pages_only(tell, url):
    with pytest.raises(services.BadAddress):
        tell(url=url)


def test_words_that_cannot_be_made_are_refused_at_once(tell):
    with pytest.raises(kinds.BadParams):
        tell(params={})


def test_whoever_left_is_not_told(shopper, tell):
    shopper.is_active = False
    tell()
    assert News.objects.count() == 0


def test_ways_of_the_kind(shopper, tell):
    make_subscription(shopper)
    tell("seen")
    assert (News.objects.count(), waiting()) == (1, [])


@pytest.mark.parametrize(
    ("email", "push", "expected"),
    [
        (True, True, ["news.email", "news.push"]),
        (True, False, ["news.email"]),
        (False, True, ["news.push"]),
        (False, False, []),
    ],
)
def test_ways_the_person_chose(shopper, tell, email, push, expected):
    make_subscription(shopper)
    choose(shopper, ways={"messages": (email, push)})
    tell()
    assert waiting() == expected
    tell("paid")
    assert len(waiting()) == len(expected) + 2


def test_no_push_without_a_key(shopper, tell, settings):
    settings.VAPID_PRIVATE_KEY = ""
    make_subscription(shopper)
    tell()
    assert waiting() == ["news.email"]


def test_people_known_by_telephone_get_no_letter(tell, db):
    tell(person=make_user(email=None, phone="+12125550199"))
    assert waiting() == []


def test_quiet_hours_hold_back_what_can_wait(shopper, tell):
    make_subscription(shopper)
    choose(shopper, **quiet_now(shopper))
    tell()
    tell("held")
    now = timezone.now()
    due = [message.due_at > now for message in OutboxMessage.objects.order_by("pk")]
    assert due == [True, True, False, False]
    assert OutboxMessage.objects.order_by("pk")[0].due_at - now <= dt.timedelta(hours=2)


def test_quiet_hours_need_both_ends(shopper):
    with pytest.raises(IntegrityError):
        Rhythm.objects.create(person=shopper, quiet_from=3)


# --- letters
def test_a_letter_in_the_readers_language_and_hours(shopper, tell, verified):
    shopper.language, shopper.market = "fa", "ir"
    shopper.save()
    tell(
        "paid",
        params={
            "buyer": "علی",
            "amount": {"minor": 415000, "currency": "IRR"},
            "n": 3,
            "due_at": "2026-03-20T20:30:00+00:00",
        },
    )
    assert deliver() == 1
    letter = letters.outbox[0]
    (html, kind) = letter.alternatives[0]
    assert letter.to == ["shopper@example.com"]
    assert "۴۱٬۵۰۰ تومان" in letter.subject
    assert "۱ فروردین ۱۴۰۵" in letter.body
    assert kind == "text/html"
    assert '<html lang="fa" dir="rtl">' in html
    assert "style=" not in html
    assert f"http://127.0.0.1:8000/news/{News.objects.get().pk}/" in letter.body


def test_a_letter_carries_one_click_unsubscribe(shopper, tell, verified):
    tell()
    deliver()
    letter = letters.outbox[0]
    address = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert address.startswith("http://127.0.0.1:8000/")
    assert mail.read_token(address.strip("/").rpartition("/")[2]) == (shopper.pk, "messages")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"{address}\n" in letter.body


def test_names_cannot_write_headers_or_markup(tell, verified):
    tell(params={"buyer": "Ali\r\nBcc: all@example.com <b>"})
    deliver()
    letter = letters.outbox[0]
    assert letter.subject == "Ali Bcc: all@example.com <b> asked"
    assert letter.bcc == []
    assert "&lt;b&gt; asked" in letter.alternatives[0][0]


def test_only_verified_addresses_get_letters(shopper, tell):
    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=False, primary=True)
    tell()
    assert deliver() == 1
    assert letters.outbox == []


def test_what_was_read_already_is_not_sent(tell, verified):
    tell()
    services.open_news(news=News.objects.get())
    assert deliver() == 1
    assert letters.outbox == []


def test_what_is_no_longer_wanted_is_not_sent(shopper, tell, verified):
    tell()
    services.unsubscribe(person=shopper, group="messages")
    assert deliver() == 1
    assert letters.outbox == []


def test_a_mail_server_that_is_away_is_tried_again(tell, verified, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    tell()
    assert deliver() == 0
    message = OutboxMessage.objects.get()
    assert (message.state, message.attempts) == ("waiting", 1)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    OutboxMessage.objects.update(due_at=timezone.now())
    assert deliver() == 1
    assert len(letters.outbox) == 1


# --- digests
def test_a_digest_collects_what_can_wait(shopper, tell, verified):
    choose(shopper, digest="daily")
    for number in range(3):
        tell(params={"buyer": f"Ali {number}"})
    tell("held")
    assert waiting() == ["news.email"]
    assert deliver() == 1
    tasks.send_due_digests()
    assert waiting() == []
    Rhythm.objects.update(digest_at=timezone.now())
    tasks.send_due_digests()
    tasks.send_due_digests()
    assert deliver() == 1
    letter = letters.outbox[1]
    assert letter.subject == "3 pieces of news from Bisat"
    assert [letter.body.count(f"Ali {number} asked") for number in range(3)] == [1, 1, 1]
    assert News.objects.filter(in_digest=True).count() == 0
    assert get_rhythm(shopper).digest_at == hours.next_digest(shopper, weekly=False, hour=9, after=timezone.now())


def test_a_digest_leaves_out_what_was_read(shopper, tell, verified):
    choose(shopper, digest="weekly")
    tell()
    services.read_all(person=shopper, newest_pk=News.objects.get().pk)
    Rhythm.objects.update(digest_at=timezone.now())
    tasks.send_due_digests()
    assert deliver() == 1
    assert letters.outbox == []


def test_without_digest_what_waited_goes_out(shopper, tell, verified):
    choose(shopper, digest="daily")
    tell()
    choose(shopper, digest="off")
    tasks.send_due_digests()
    assert deliver() == 1
    assert letters.outbox[0].subject == "1 piece of news from Bisat"
    assert get_rhythm(shopper).digest_at is None


# --- unsubscribing
def test_unsubscribing_from_a_group_leaves_the_others(shopper, tell):
    choose(shopper, digest="daily", ways={"messages": (True, True)})
    tell()
    services.unsubscribe(person=shopper, group="messages")
    assert News.objects.filter(in_digest=True).count() == 0
    chosen = {way.group: (way.email, way.push) for way in get_ways(shopper)}
    assert chosen == {
        "messages": (False, True),
        "money": (True, True),
        "deadlines": (True, True),
        "channel": (True, True),
        "group": (True, True),
        "wishes": (True, True),
        "account": (True, True),
    }


def test_unsubscribing_from_everything(shopper):
    services.unsubscribe(person=shopper, group=mail.EVERYTHING)
    assert set(Choice.objects.values_list("email", "push")) == {(False, True)}
    assert Choice.objects.count() == len(kinds.Group)


# --- accounts
def test_a_changed_password_is_news(shopper_client, shopper):
    words = {"oldpassword": "bisat-pass-123", "password1": "four-cups-of-tea-9"}
    shopper_client.post("/accounts/password/change/", words)
    assert [news.kind for news in News.objects.filter(person=shopper)] == ["password_changed"]


# --- channels
def test_staffs_decisions_reach_the_owner(channel, seller, staff):
    from sellers import services as sellers

    told = [(news.kind, news.words.title) for news in News.objects.filter(person=seller).order_by("pk")]
    assert told == [("channel_approved", "Saffron & Clay is open")]
    sellers.start_holiday(channel=channel, by=seller)
    sellers.suspend_channel(channel=channel, by=staff, reason="Copied pictures")
    sellers.reopen_channel(channel=channel, by=staff)
    news = News.objects.filter(person=seller).order_by("pk")
    assert [each.kind for each in news] == ["channel_approved", "channel_suspended", "channel_reopened"]
    assert news[1].words.body == "Nobody sees it for now. Staff wrote: Copied pictures"
    assert news[1].url == "/dashboard/saffron_clay/"


# --- pruning
def test_read_news_goes_after_half_a_year_and_any_after_a_year(tell, at_once, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 2)
    now = timezone.now()
    ages = {"read": (179, 181, 182, 400), "unread": (181, 364, 366)}
    for state, days in ages.items():
        for age in days:
            tell(key=f"{state} {age}", at=now - dt.timedelta(days=age))
    News.objects.filter(key__startswith="read").update(read_at=now)
    assert services.prune(limit=1, now=now) == 1  # of four: the limit holds
    tasks.prune_news()
    assert list(News.objects.order_by("key").values_list("key", flat=True)) == ["read 179", "unread 181", "unread 364"]
