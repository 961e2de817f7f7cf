"""Pages of the group: who sees them, what they do with and without scripts, and what they cost."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from community import services as community
from community.models import Idea, Reply, ReplyPicture, ReplyReport, Topic
from community.services import limits
from core import outbox
from core.pictures import make_widths
from core.templatetags.bisat import picture_url
from news.models import News
from sellers import services as sellers
from tests.factories import make_picture
from tests.insights.test_smoke_views import photo

HTMX = {"HTTP_HX_REQUEST": "true"}
POLL = {"question": "Which day?", "option_1": "Monday", "option_2": "Friday", "closes_in": "7"}
NEW = {"title": "Pick up", "text": "When do they come?", "board": "money", "client_id": "n1"}


@pytest.fixture
def said(topic, rival, rival_checked):
    return community.reply(topic=topic, by=rival, text="Print labels from the request")


@pytest.fixture
def idea(said, staff):
    return community.make_idea(reply=said, by=staff, title="Labels from a request")


def addresses(idea: Idea) -> dict[str, list[str]]:
    topic, reply = idea.reply.topic_id, idea.reply_id
    return {
        "member": [
            *("/group/", "/group/?show=following", "/group/?show=waiting", "/group/?board=money", "/group/new/"),
            *(f"/group/topics/{topic}/", f"/group/topics/{topic}/?at={reply}", f"/group/replies/{reply}/report/"),
            *("/group/ideas/", "/group/ideas/?status=planned", f"/group/ideas/{idea.pk}/"),
            *("/group/search/", "/group/search/?q=labels", "/group/search/?q=nothing", "/group/digest/2026/3/"),
        ],
        "team": [
            *(f"/group/topics/{topic}/{step}/" for step in ("close", "reopen", "hide", "show", "move", "settle")),
            *(f"/group/replies/{reply}/hide/", f"/group/ideas/{idea.pk}/status/"),
            f"/group/replies/{idea.reply.topic.replies.get(is_opening=True).pk}/idea/",
        ],
    }


def test_who_may_see_what(client, idea, seller_client, shopper_client, staff_client, checked, staff, bare_404):
    pages = addresses(idea)
    for url in pages["member"] + pages["team"]:
        is_members = url in pages["member"]
        for who, expected in ((client, 302), (shopper_client, 404), (seller_client, 200 if is_members else 404)):
            assert (url, who.get(url).status_code) == (url, expected)
        assert is_members or (url, staff_client.get(url).status_code) == (url, 200)
    sellers.unverify_channel(channel=checked, by=staff)
    assert [seller_client.get(url).status_code for url in pages["member"]] == [200] * 4 + [404] * 11


def test_a_seller_who_is_no_member_reads_how_to_become_one(channel, seller_client):
    html = seller_client.get("/group/").content.decode()
    assert "There is nothing to join" in html
    assert seller_client.get("/group/unread/").status_code == 204


def test_a_topic_with_a_poll_is_opened_and_a_bad_form_keeps_the_words(checked, seller_client):
    refused = seller_client.post("/group/new/", NEW | POLL | {"title": "", "option_2": ""})
    html = refused.content.decode()
    assert (refused.status_code, "When do they come?" in html, "Which day?" in html) == (422, True, True)
    refused = seller_client.post("/group/new/", NEW | POLL | {"option_2": ""})
    assert (refused.status_code, "two to six options" in refused.content.decode()) == (422, True)
    assert Topic.objects.count() == 0
    answer = seller_client.post("/group/new/", NEW | POLL)
    topic = Topic.objects.get()
    assert (answer["Location"], topic.board, topic.poll.options.count()) == (topic.get_absolute_url(), "money", 2)
    assert seller_client.post("/group/new/", NEW | POLL)["Location"] == topic.get_absolute_url()
    assert seller_client.post("/group/new/", NEW | {"board": "news"}).status_code == 422


def test_a_reply_by_htmx_comes_with_what_others_said_and_an_empty_form(topic, staff, seller_client):
    url, typed = topic.get_absolute_url(), {"text": "One <b>more</b>", "client_id": "r1"}
    after = seller_client.get(url).context["after"]
    community.reply(topic=topic, by=staff, text="Meanwhile")
    html = seller_client.post(url, typed | {"after": after}, **HTMX).content.decode()
    assert ("One &lt;b&gt;more" in html, html.count('<li class="said'), "Meanwhile" in html) == (True, 2, True)
    assert 'hx-swap-oob="beforeend"' in html
    away = seller_client.post(url, typed | {"client_id": "r0", "after": "0"}, **HTMX)
    assert away["HX-Redirect"] == Reply.objects.latest("pk").get_absolute_url()
    refused = seller_client.post(url, {"text": "y" * 6001, "client_id": "r2"}, **HTMX)
    assert (refused.status_code, "y" * 6001 in refused.content.decode()) == (422, True)
    assert "<html" not in refused.content.decode()
    refused = seller_client.post(url, {"text": " ", "client_id": "r2"})
    assert (refused.status_code, "Write something first." in refused.content.decode()) == (422, True)
    answer = seller_client.post(url, {"text": "Plain", "client_id": "r3"})
    assert answer["Location"] == Reply.objects.latest("pk").get_absolute_url()
    assert Reply.objects.filter(is_opening=False).count() == 4


def test_pictures_come_with_words_or_alone_and_are_encoded_again(checked, seller, seller_client):
    opened = seller_client.post("/group/new/", NEW | {"photo_files": photo()})
    topic = Topic.objects.get()
    url = topic.get_absolute_url()
    alone = seller_client.post(url, {"text": "", "client_id": "p1", "photo_files": [photo(), photo()]})
    assert (opened["Location"], alone.status_code) == (url, 302)
    kept = [row.picture for row in ReplyPicture.objects.order_by("reply", "position")]
    assert [row.reply.is_opening for row in ReplyPicture.objects.order_by("reply", "position")] == [True, False, False]
    for picture in kept:
        with picture.storage.open(picture.master_name) as file:
            assert Image.open(file).format == "WEBP"
        make_widths(picture)  # what a worker does
    page = seller_client.get(url).content.decode()
    assert [f'src="{picture_url(picture)}"' in page for picture in kept] == [True] * 3
    assert re.findall(r'alt="(Picture \d of \d)"', page) == ["Picture 1 of 1", "Picture 1 of 2", "Picture 2 of 2"]


@pytest.mark.parametrize("url", ["/group/new/", "/group/topics/{topic}/"])
@pytest.mark.parametrize(
    ("files", "said"),
    [
        (lambda: [photo() for _ in range(5)], "shop.png: a {what} has at most 4 pictures."),
        (lambda: [SimpleUploadedFile("a.png", b"<svg/>")], "a.png: This is not a picture we can read."),
    ],
)
def test_what_is_no_picture_or_one_too_many_is_named_and_the_words_stay(url, files, said, topic, seller_client):
    answer = seller_client.post(url.format(topic=topic.pk), NEW | {"photo_files": files()})
    page, what = answer.content.decode(), "topic" if url == "/group/new/" else "reply"
    assert (answer.status_code, said.format(what=what) in page, NEW["text"] in page) == (422, True, True)
    assert Reply.objects.count() == 1


def test_the_teams_words_carry_a_badge_and_others_do_not(topic, rival, rival_checked, staff, seller_client):
    community.reply(topic=topic, by=rival, text="I wonder too")
    community.reply(topic=topic, by=staff, text="From May on")
    page = seller_client.get(topic.get_absolute_url()).content.decode()
    badges = {
        words: 'class="badge team"' in said and "Bisat team" in said
        for said in page.split('<li class="said')[1:]
        for words in ("I wonder too", "From May on")
        if words in said
    }
    assert badges == {"I wonder too": False, "From May on": True}
    assert 'class="badge team"' not in page.split('<li class="said')[0]  # the seller asked it


def test_a_closed_topic_keeps_what_was_typed(topic, staff, seller_client):
    community.moderate_topic(topic=topic, by=staff, step="close", reason="Done")
    refused = seller_client.post(topic.get_absolute_url(), {"text": "Too late", "client_id": "c"})
    assert (refused.status_code, "This topic is closed" in refused.content.decode()) == (422, True)


def test_looking_marks_as_read_and_the_badge_counts(topic, rival, rival_checked, seller_client):
    said = community.reply(topic=topic, by=rival, text="one")
    badge = "/group/unread/"
    assert 'data-count="1"' in seller_client.get(badge).content.decode()
    assert "1 new" in seller_client.get("/group/").content.decode()
    seller_client.get(said.get_absolute_url())
    assert [seller_client.get(badge).content.decode().strip(), "1 new" in seller_client.get("/group/").content.decode()] == [
        "", False,
    ]  # fmt: skip


def test_following_and_voting_work_by_form_and_by_htmx(idea, seller, seller_client, rival_client, rival):
    topic = idea.reply.topic
    for url, data in (
        (reverse("community:follow", args=[topic.pk]), {"on": "0"}),
        (reverse("community:idea_vote", args=[idea.pk]), {"on": "1"}),
    ):
        assert seller_client.post(url, data).status_code == 302
        assert "<html" not in seller_client.post(url, data, **HTMX).content.decode()
    idea.refresh_from_db()
    assert (idea.vote_count, topic.marks.get(person=seller).is_following) == (1, False)
    poll = community.NewPoll("Q", ["a", "b"], timezone.now() + dt.timedelta(days=1))
    asked = community.open_topic(by=seller, title="T", text="t", poll=poll)
    url = reverse("community:poll_vote", args=[asked.pk])
    html = rival_client.post(url, {"option": asked.poll.options.get(position=1).pk}, **HTMX).content.decode()
    assert ("Change my vote" in html, "1 vote" in html) == (True, True)
    assert [rival_client.post(url, {"option": "0"}, **HTMX).status_code, rival_client.post(url).status_code] == [
        422,
        302,
    ]
    asked.poll.refresh_from_db()
    assert asked.poll.vote_count == 1


def test_the_team_makes_ideas_moves_them_and_keeps_order(said, topic, staff_client):
    answer = staff_client.post(f"/group/replies/{said.pk}/idea/", {"title": "Labels", "text": ""})
    idea = Idea.objects.get()
    assert answer["Location"] == f"/group/ideas/{idea.pk}/"
    url = f"/group/ideas/{idea.pk}/status/"
    assert staff_client.post(url, {"to": "declined", "reason": ""}).status_code == 422
    assert staff_client.post(url, {"to": "planned", "reason": "In May"}).status_code == 302
    steps = f"/group/topics/{topic.pk}/"
    assert staff_client.post(f"{steps}close/", {"reason": ""}).status_code == 422
    assert staff_client.post(f"{steps}move/", {"reason": "Fits", "board": "selling"}).status_code == 302
    assert staff_client.post(f"/group/replies/{said.pk}/hide/", {"reason": "Rude"}).status_code == 302
    topic.refresh_from_db()
    idea.refresh_from_db()
    assert (idea.status, idea.why, topic.board, topic.reply_count) == ("planned", "In May", "selling", 0)


def test_a_member_reports_and_staff_decide_in_the_admin(said, seller_client, staff_client):
    url = f"/group/replies/{said.pk}/report/"
    assert seller_client.post(url, {"reason": "x"}).status_code == 422
    assert seller_client.post(url, {"reason": "spam", "text": "An advert"}).status_code == 302
    report = ReplyReport.objects.get()
    assert "1" in staff_client.get("/admin/").content.decode()
    data = {"action": "act", "_selected_action": [report.pk], "reason": "It is one"}
    staff_client.post("/admin/community/replyreport/", data)
    report.refresh_from_db()
    said.refresh_from_db()
    assert (report.state, said.is_hidden) == ("acted", True)


def test_who_reported_much_waits_and_keeps_her_words(said, topic, seller, seller_client):
    opening = topic.replies.get(is_opening=True)
    for _ in range(limits.REPORTS_A_DAY):
        community.report_reply(reply=opening, reporter=seller, reason="spam", text="")
    answer = seller_client.post(f"/group/replies/{said.pk}/report/", {"reason": "abuse", "text": "That was rude"})
    html = answer.content.decode()
    assert (answer.status_code, "Try again in 24 hours" in html, "That was rude</textarea>" in html) == (
        422,
        True,
        True,
    )
    assert not ReplyReport.objects.filter(reply=said).exists()


def test_hidden_topics_are_gone_for_members(topic, staff, seller_client, staff_client, bare_404):
    community.moderate_topic(topic=topic, by=staff, step="hide", reason="Private")
    assert [one.get(topic.get_absolute_url()).status_code for one in (seller_client, staff_client)] == [404, 200]
    assert topic.title not in seller_client.get("/group/search/?q=labels").content.decode()


# --- the admin
def test_the_inbox_has_the_longest_wait_on_top_and_says_how_soon_the_team_answers(
    checked, seller, staff, staff_client, seller_client
):
    now = timezone.now()
    asked = {}
    for title, hours, answered in (("Asked late", 5, 0), ("Answered", 90, 3), ("Asked early", 50, 0), ("Quick", 2, 1)):
        begun = now - dt.timedelta(hours=hours)
        asked[title] = community.open_topic(by=seller, title=title, text="t", at=begun)
        if answered:
            community.reply(topic=asked[title], by=staff, text="a", at=begun + dt.timedelta(hours=answered))
    inbox = staff_client.get("/admin/community/topic/")
    assert [row.title for row in inbox.context["cl"].result_list] == ["Asked early", "Asked late", "Quick", "Answered"]
    page = inbox.content.decode()
    assert re.findall(r'field-waits">(?:<strong>)?([^<]+)', page) == ["2 days", "5 hours", "–", "–"]
    assert re.findall(r'field-reply_time">([^<]+)', page) == ["–", "–", "1 hour", "3 hours"]
    assert "Half of 3 topics of the last 90 days had their first answer within 3 hours" in page
    waiting = staff_client.get("/admin/community/topic/?waits=1").context["cl"].result_list
    assert list(waiting) == [asked["Asked early"], asked["Asked late"]]
    for url in ("/group/", asked["Quick"].get_absolute_url(), "/group/new/"):
        assert "The team usually answers within a few hours" in seller_client.get(url).content.decode()


def test_an_idea_is_declined_with_a_why_and_shipped_to_the_joy_of_who_voted(idea, seller, seller_client, staff_client):
    seller_client.post(reverse("community:idea_vote", args=[idea.pk]), {"on": "1"})
    community.unfollow_topic(topic=idea.reply.topic, person=seller)

    def step(action: str, reason: str = "") -> tuple[str, list[str]]:
        data = {"action": action, "_selected_action": [idea.pk], "reason": reason}
        staff_client.post("/admin/community/idea/", data)
        outbox.deliver_due(seconds=5)
        idea.refresh_from_db()
        told = News.objects.filter(person=seller, kind__startswith="group_idea").order_by("pk")
        return idea.status, [f"{news.words.title} {news.words.body}" for news in told]

    assert step("decline") == ("heard", [])
    declined = "An idea was declined: Labels from a request Why: Too few"
    assert step("decline", "Too few") == ("declined", [declined])
    assert step("hear")[0] == "heard"
    status, told = step("ship", "Since today")
    assert (status, told[-1]) == ("shipped", "An idea is there: Labels from a request Since today")
    page = seller_client.get(f"/group/ideas/{idea.pk}/").content.decode()
    assert [words in page for words in ("Too few", "Since today")] == [True, True]


def test_the_inbox_of_the_admin_answers(topic, seller, staff_client):
    listed = staff_client.get("/admin/community/topic/?state__exact=open").content.decode()
    assert (topic.title in listed, "opics that wait for the team" in staff_client.get("/admin/").content.decode()) == (
        True, True,
    )  # fmt: skip
    url = f"/admin/community/topic/{topic.pk}/change/"
    assert "Can I print them here?" in staff_client.get(url).content.decode()
    assert staff_client.post(url, {"text": " ", "client_id": "a"}).status_code == 422
    assert staff_client.post(url, {"text": "From May on", "client_id": "a"}).status_code == 302
    topic.refresh_from_db()
    assert (topic.waiting_since, topic.reply_count) == (None, 1)
    assert "opics that wait for the team" not in staff_client.get("/admin/").content.decode()


def test_actions_of_the_admin_need_a_reason_and_move_ideas(topic, idea, staff_client):
    for reason, state in (("", "open"), ("Done", "closed")):
        data = {"action": "close", "_selected_action": [topic.pk], "reason": reason}
        staff_client.post("/admin/community/topic/", data)
        topic.refresh_from_db()
        assert topic.state == state
    staff_client.post("/admin/community/idea/", {"action": "plan", "_selected_action": [idea.pk], "reason": "May"})
    idea.refresh_from_db()
    assert idea.status == "planned"
    assert staff_client.get(f"/admin/community/idea/{idea.pk}/change/").status_code == 200


# --- what pages cost
@pytest.fixture
def three(idea, seller, rival, staff):
    """What stands besides the one topic with its reply and idea."""

    def make() -> None:
        for number in range(2):
            poll = community.NewPoll("Q", ["a", "b"], timezone.now() + dt.timedelta(days=1))
            topic = community.open_topic(by=rival, title=f"Labels {number}", text="t", poll=poll)
            said = community.reply(topic=idea.reply.topic, by=rival, text="labels", pictures=[make_picture()])
            made = community.make_idea(reply=said, by=staff, title=f"I {number}")
            community.move_idea(idea=idea, by=staff, to="planned" if number == 0 else "building")
            community.vote_for_idea(idea=made, by=seller)
            community.reply(topic=topic, by=staff, text="a")

    return make


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/group/", 5),
        ("/group/?show=waiting", 5),
        ("/group/topics/{topic}/", 7),
        ("/group/ideas/", 3),
        ("/group/ideas/{idea}/", 4),
        ("/group/search/?q=labels", 3),
        ("/group/unread/", 3),
    ],
)
def test_pages_cost_the_same_for_one_and_for_three(
    address, queries, idea, three, said, seller, seller_client, django_assert_num_queries
):
    url = address.format(topic=idea.reply.topic_id, idea=idea.pk)
    community.reply(topic=idea.reply.topic, by=seller, text="labels", pictures=[make_picture()])
    seller_client.get(url)
    with django_assert_num_queries(queries):
        seller_client.get(url)
    three()
    seller_client.get(url)
    with django_assert_num_queries(queries):
        seller_client.get(url)


def test_lists_go_on_where_they_ended(checked, seller, seller_client, staff):
    now = timezone.now()
    for number in range(23):
        topic = community.open_topic(by=staff, title=f"T {number}", text="word", at=now - dt.timedelta(minutes=number))
        community.make_idea(reply=topic.replies.get(), by=staff, title=f"I {number}")
    for url, seen in (("/group/", "T 22"), ("/group/ideas/", "I 0"), ("/group/search/?q=wor", "T 0")):
        first = seller_client.get(url)
        assert (url, len(first.context["page"].rows), seen + "<" in first.content.decode()) == (url, 20, False)
        join = "&" if "?" in url else "?"
        rest = seller_client.get(f"{url}{join}after={first.context['page'].next_cursor}", **HTMX)
        assert (url, len(rest.context["page"].rows), seen + "<" in rest.content.decode()) == (url, 3, True)
        assert seller_client.get(f"{url}{join}after=x").status_code == 404


def test_a_long_topic_is_read_by_pages(topic, rival, rival_checked, staff, staff_client):
    said = [community.reply(topic=topic, by=staff, text=f"R {number}") for number in range(33)]
    url = topic.get_absolute_url()
    thread = staff_client.get(url).context["thread"]
    assert (thread.opening.is_opening, list(thread.page.rows)) == (True, said[:30])
    rest = staff_client.get(f"{url}?after={thread.page.next_cursor}", **HTMX).context["thread"]
    assert (rest.opening, list(rest.page.rows), rest.page.next_cursor) == (None, said[30:], "")
    late = staff_client.get(said[31].get_absolute_url()).context["thread"]
    assert (late.opening.is_opening, list(late.page.rows), late.earlier) == (True, said[31:], True)
