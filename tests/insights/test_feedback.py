"""What people tell us, and what they hear."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import services as chat
from core import outbox
from insights import services
from insights.models import Feedback
from insights.selectors import feedback as selectors
from insights.services.feedback import LETTER
from news.models import News
from tests.factories import make_product_post

TELL = "/tell-us/"
LIST = reverse("admin:insights_feedback_changelist")


def make_feedback(**fields) -> Feedback:
    given = {
        "mood": 4,
        "words": "Nice",
        "page": "/",
        "contact": "",
        "person": None,
        "is_seller": False,
        "language": "en",
    }
    return services.tell_us(**given | fields)


def test_a_page_of_its_own_without_scripts():
    guest = Client()
    page = guest.get(TELL, headers={"Referer": "http://testserver/search/?q=private"}).content.decode()
    assert re.search(r'name="page" value="([^"]*)"', page)[1] == "/search/"
    assert (page.count('type="radio"'), 'name="contact"' in page) == (5, True)


def test_every_kind_of_page_leads_there(client, shopper, shopper_client, seller_client, channel):
    product = make_product_post(channel).product
    talk = chat.open_conversation(shopper=shopper, channel=channel)
    chat.send_message(conversation=talk, author=shopper, text="Hello")
    thread = talk.get_absolute_url()
    public = ["/", "/newest/", "/search/?q=cup", "/channels/", product.get_absolute_url(), channel.get_absolute_url()]
    hers = ["/feed/", "/me/", "/chats/", thread, reverse("chat:ask", args=[product.pk]), "/wallet/", "/news/"]
    desk = [f"/dashboard/{channel.handle}/{room}" for room in ("", "posts/", "chats/", "money/", "ads/", "settings/")]
    for visitor, pages in ((client, public), (shopper_client, [*public, *hers]), (seller_client, [*desk, thread])):
        for page in pages:
            assert 'href="/tell-us/"' in visitor.get(page).content.decode(), page


@pytest.mark.django_db
def test_guests_tell_with_a_way_to_reach_them():
    told = {"mood": "2", "words": "Slow", "page": "/search/", "contact": "nora@example.com"}
    answer = Client().post(TELL, told)
    assert (answer.status_code, answer["Location"]) == (302, "/search/")
    kept = Feedback.objects.get()
    assert (kept.mood, kept.words, kept.page, kept.contact, kept.side, kept.person) == (
        2, "Slow", "/search/", "nora@example.com", "shopper", None,
    )  # fmt: skip


def test_in_a_dialog(seller_client, seller):
    form = seller_client.get(f"{TELL}?page=/dashboard/x/", headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in form, 'name="contact"' in form, 'value="/dashboard/x/"' in form) == (False, False, True)
    bad = seller_client.post(TELL, {"words": "x"}, headers={"HX-Request": "true"})
    assert (bad.status_code, 'id="id_mood_error"' in bad.content.decode()) == (422, True)
    done = seller_client.post(TELL, {"mood": "5", "page": "/dashboard/x/"}, headers={"HX-Request": "true"})
    assert "Our team reads every word." in done.content.decode()
    kept = Feedback.objects.get()
    assert (kept.person, kept.side) == (seller, "seller")


@pytest.mark.parametrize("page", ["https://evil.example/x", "//evil.example", "javascript:x", "/tell-us/"])
def test_nobody_is_led_elsewhere(db, page):
    answer = Client().post(TELL, {"mood": "5", "page": page})
    assert answer["Location"] in ("/", "/x")


def test_not_without_end(shopper_client):
    answers = [shopper_client.post(TELL, {"mood": "5"}).status_code for _ in range(7)]
    assert (answers, Feedback.objects.count()) == ([302] * 6 + [429], 6)


def test_the_link_stands_on_pages_that_guests_share(db):
    page = Client().get("/channels/").content.decode()
    assert ('href="/tell-us/"' in page, "csrfmiddlewaretoken" in page) == (True, False)


def test_a_person_hears_by_news_and_a_guest_by_letter(staff, shopper):
    hers = make_feedback(person=shopper)
    services.answer(feedback=hers, by=staff, words="Thanks")
    told = News.objects.get(person=shopper, kind="feedback_answered")
    assert (told.words.title, told.words.body) == ("Our answer to what you told us", "Thanks")
    guests = make_feedback(contact="nora@example.com", language="fa")
    services.answer(feedback=guests, by=staff, words="Faster now")
    assert outbox.deliver_due(topic=LETTER) == 1
    assert (mail.outbox[0].to, "Faster now" in mail.outbox[0].body) == (["nora@example.com"], True)
    with pytest.raises(services.WrongState):
        services.answer(feedback=hers, by=staff, words="Again")
    with pytest.raises(services.Unreachable):
        services.answer(feedback=make_feedback(), by=staff, words="Hello?")
    with pytest.raises(services.NeedsWords):
        services.answer(feedback=make_feedback(person=shopper), by=staff, words=" ")
    with pytest.raises(services.NotAllowed):
        services.set_aside(feedback=make_feedback(), by=shopper)


def test_moods_by_week(db):
    for mood, days in ((1, 0), (5, 0), (5, 0), (3, 7), (3, 100)):
        row = make_feedback(mood=mood)
        Feedback.objects.filter(pk=row.pk).update(created_at=timezone.now() - dt.timedelta(days=days))
    weeks = selectors.get_moods_by_week(timezone.now().date())
    assert (len(weeks), [counts for _day, counts in weeks[-2:]]) == (12, [[0, 0, 1, 0, 0], [1, 0, 0, 0, 2]])
    assert sum(sum(counts) for _day, counts in weeks) == 4


@pytest.mark.parametrize("count", [1, 3])
def test_staff_see_the_queue_and_the_moods(staff_client, shopper, count, django_assert_num_queries):
    rows = [make_feedback(person=shopper) for _ in range(count)]
    staff_client.get(LIST)
    with django_assert_num_queries(7):
        page = staff_client.get(LIST).content.decode()
    assert (page.count('class="field-mood"'), page.count('class="chart stack"')) == (count, 1)
    assert "People who told us something" in staff_client.get("/admin/").content.decode()
    address = reverse("admin:insights_feedback_answer", args=[rows[0].pk])
    assert staff_client.post(address, {"words": ""}).status_code == 422
    assert staff_client.post(address, {"words": "Thanks"})["Location"] == f"{LIST}?state__exact=waiting"
    act = {"action": "put_aside", "_selected_action": [row.pk for row in rows]}
    staff_client.post(LIST, act)
    assert set(Feedback.objects.values_list("state", flat=True)) == {"answered", "set_aside"} - (
        {"set_aside"} if count == 1 else set()
    )
