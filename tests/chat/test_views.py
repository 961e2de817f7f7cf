"""Pages of conversations."""

import re
import socket
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils.html import escape

from chat import services as chat
from chat.models import Conversation, Message, Report
from chat.selectors.messages import MOST_NEWS
from chat.services import limits
from sellers.models import ChannelMember
from tests.chat.talks import say_many
from tests.conftest import signed_in
from tests.factories import make_channel, make_user

HTMX = {"HTTP_HX_REQUEST": "true"}


def test_asking_opens_the_conversation_with_its_first_word(shopper_client, product, shopper):
    url = reverse("chat:ask", args=[product.pk])
    page = shopper_client.get(url)
    assert (page.status_code, Conversation.objects.count()) == (200, 0)
    assert "Teal teapot" in page.content.decode()
    answer = shopper_client.post(url, {"text": "Is it glazed inside?", "client_id": "a1"})
    talk = Conversation.objects.get()
    assert answer["Location"] == f"/chats/{talk.pk}/#newest"
    assert (talk.shopper, talk.product, talk.channel_unread) == (shopper, product, 1)
    assert shopper_client.get(url)["Location"] == f"/chats/{talk.pk}/"


def test_guests_sign_in_and_come_back(client, product, channel):
    for url in (reverse("chat:ask", args=[product.pk]), reverse("chat:message", args=[channel.handle])):
        assert client.get(url)["Location"] == f"{reverse('account_login')}?next={quote(url)}"


def test_both_sides_see_the_thread_and_strangers_do_not(talk, shopper, shopper_client, seller_client, rival_client):
    chat.send_message(conversation=talk, author=shopper, text="Hello <b>there</b>")
    for client in (shopper_client, seller_client):
        html = client.get(f"/chats/{talk.pk}/").content.decode()
        assert "Hello &lt;b&gt;there&lt;/b&gt;" in html
    assert rival_client.get(f"/chats/{talk.pk}/").status_code == 404
    for url in ("/chats/", "/dashboard/saffron_clay/chats/", "/dashboard/saffron_clay/chats/settings/"):
        assert seller_client.get(url).status_code == 200
    assert rival_client.get("/dashboard/saffron_clay/chats/").status_code == 404


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("javascript:alert(1) JavaScript:x", []),
        ("data:text/html,<script>alert(1)</script>", []),
        ("vbscript:x file:///etc/passwd //evil.example/a", []),
        ("see http://a.example/b.", ['href="http://a.example/b" rel="nofollow noopener ugc" target="_blank"']),
        (
            'https://a.example/"onclick="x',
            ['href="https://a.example/" rel="nofollow noopener ugc" target="_blank"'],
        ),
    ],
)
def test_only_web_addresses_become_links_and_vouch_for_nothing(talk, shopper, seller_client, text, links):
    chat.send_message(conversation=talk, author=shopper, text=text)
    html = seller_client.get(f"/chats/{talk.pk}/").content.decode()
    said = re.search(r'<div class="said" dir="auto">(.*?)<time', html, re.DOTALL)
    assert said
    assert [f"{link} {rest}" for link, rest in re.findall(r'<a (href="[^"]*") (.*?) dir="ltr">', said[1])] == links
    assert said[1].count("<a") == len(links)


@pytest.mark.usefixtures("at_once")
def test_an_address_in_a_message_is_never_visited(
    talk, shopper_client, seller_client, django_capture_on_commit_callbacks
):
    with socket.create_server(("127.0.0.1", 0)) as place:
        place.setblocking(False)
        text = f"Look: http://127.0.0.1:{place.getsockname()[1]}/pot.jpg"
        with django_capture_on_commit_callbacks(execute=True):
            shopper_client.post(f"/chats/{talk.pk}/", {"text": text, "client_id": "c1"})
        assert text.removeprefix("Look: http://") in seller_client.get(f"/chats/{talk.pk}/").content.decode()
        with pytest.raises(BlockingIOError):
            place.accept()


def test_scripts_get_the_new_lines_and_the_problem_only(talk, shopper, shopper_client):
    first = chat.send_message(conversation=talk, author=shopper, text="one")
    data = {"text": "two", "client_id": "c2", "after": first.pk}
    html = shopper_client.post(f"/chats/{talk.pk}/", data, **HTMX).content.decode()
    assert (html.count("data-id="), "two" in html, "one" in html) == (1, True, False)
    refused = shopper_client.post(f"/chats/{talk.pk}/", {"text": " ", "client_id": "c3"}, **HTMX)
    assert (refused.status_code, "Write something or add a picture." in refused.content.decode()) == (422, True)
    assert "<html" not in refused.content.decode()


def test_without_scripts_a_refused_text_comes_back(talk, shopper_client, seller):
    chat.block(conversation=talk, by=seller)
    chat.unblock(conversation=talk, by=seller)
    page = shopper_client.post(f"/chats/{talk.pk}/", {"text": "y" * 4001, "client_id": "c"})
    assert (page.status_code, "y" * 4001 in page.content.decode()) == (422, True)


def test_without_scripts_a_frame_counts_what_is_new(talk, shopper, seller, shopper_client, rival_client):
    chat.send_message(conversation=talk, author=shopper, text="one")
    page = shopper_client.get(f"/chats/{talk.pk}/")
    address = re.search(r'<iframe class="newer" src="([^"]*)"', page.content.decode())[1]
    assert "frame-src 'self'" in page["Content-Security-Policy"]

    def said() -> list[str]:
        frame = shopper_client.get(address)
        assert (frame["X-Frame-Options"], "frame-ancestors 'self'" in frame["Content-Security-Policy"]) == (
            "SAMEORIGIN",
            True,
        )
        return re.findall(r'class="count">(\d+)<', frame.content.decode())

    assert said() == []
    for text in ("two", "three"):
        chat.send_message(conversation=talk, author=seller, text=text)
    assert said() == ["2"]
    talk.refresh_from_db()
    assert talk.shopper_unread == 2  # to be told is not to have read
    assert rival_client.get(address).status_code == 404


def test_looking_marks_as_read_and_only_a_seen_fetch_does(talk, shopper, shopper_client, seller, seller_client):
    said = chat.send_message(conversation=talk, author=shopper, text="one")
    url = f"/chats/{talk.pk}/"
    seller_client.get(f"{url}?after=0", **HTMX)
    talk.refresh_from_db()
    assert talk.channel_unread == 1
    seller_client.get(f"{url}?after=0&seen", **HTMX)
    talk.refresh_from_db()
    assert (talk.channel_unread, talk.channel_read_id) == (0, said.pk)
    assert 'class="bubble mine read"' in shopper_client.get(url).content.decode()


def test_a_page_that_missed_very_much_asks_until_nothing_is_left(talk, seller_client):
    said, got, answers = say_many(talk, 2 * MOST_NEWS + 1), [0], []
    more = True
    while more:
        answer = seller_client.get(f"/chats/{talk.pk}/?after={got[-1]}&seen", **HTMX)
        lines = re.findall(r'data-id="(\d+)"', answer.content.decode())
        got += map(int, lines)
        answers.append(len(lines))
        more = "More" in answer
    assert (got[1:], answers) == (said, [MOST_NEWS, MOST_NEWS, 1])
    talk.refresh_from_db()
    assert talk.channel_read_id == said[-1]


def test_a_full_answer_with_nothing_behind_it_is_the_last(talk, seller_client):
    said = say_many(talk, MOST_NEWS)
    assert "More" not in seller_client.get(f"/chats/{talk.pk}/?after={said[0] - 1}", **HTMX)


def test_the_badge(talk, shopper, seller, shopper_client, client):
    assert shopper_client.get("/chats/unread/").content.decode().strip() == ""
    chat.send_message(conversation=talk, author=seller, text="one")
    assert 'data-count="1"' in shopper_client.get("/chats/unread/").content.decode()
    assert client.get("/chats/unread/").status_code == 204


def test_a_seller_is_told_why_she_cannot_ask(seller_client, product, channel):
    for url in (reverse("chat:ask", args=[product.pk]), reverse("chat:message", args=[channel.handle])):
        assert "This is your own channel" in seller_client.get(url).content.decode()
    assert seller_client.post(url, {"text": "x", "client_id": "a"}).status_code == 200
    assert Message.objects.count() == 0


def test_both_see_the_warning_and_the_message(talk, seller, shopper_client, seller_client):
    chat.send_message(conversation=talk, author=seller, text="Pay me outside Bisat: 4111 1111 1111 1111")
    for client in (shopper_client, seller_client):
        html = client.get(f"/chats/{talk.pk}/").content.decode()
        assert ("4111 1111 1111 1111" in html, "pay through Bisat only" in html) == (True, True)


def test_the_team_hands_over_labels_and_archives(talk, seller_client, seller, channel):
    label = chat.add_label(channel=channel, name="Urgent", hue=1)
    home = f"/dashboard/{channel.handle}/chats/{talk.pk}"
    for path, data in (("assign", {"to": seller.pk}), ("labels", {"label": [label.pk]}), ("archive", {"on": "1"})):
        assert seller_client.post(f"{home}/{path}/", data).status_code == 302
    talk.refresh_from_db()
    assert (talk.assignee, list(talk.labels.all()), talk.is_archived) == (seller, [label], True)


def test_what_is_the_teams_is_closed_to_others(talk, shopper_client, rival_client, channel, rival_channel):
    for client in (shopper_client, rival_client):
        assert client.post(f"/dashboard/{channel.handle}/chats/{talk.pk}/archive/", {"on": "1"}).status_code == 404
    # her own channel's address opens no door to another channel's conversation
    assert rival_client.post(f"/dashboard/{rival_channel.handle}/chats/{talk.pk}/archive/").status_code == 404
    assert shopper_client.get(f"/chats/{talk.pk}/products/").status_code == 404


def test_a_teams_settings(seller_client, channel):
    home = f"/dashboard/{channel.handle}/chats/settings/"
    assert seller_client.post(f"{home}labels/", {"label-name": "Urgent", "label-hue": "3"}).status_code == 302
    assert seller_client.post(f"{home}labels/", {"label-name": "urgent", "label-hue": "3"}).status_code == 422
    assert seller_client.post(f"{home}replies/", {"reply-title": "Hi", "reply-text": "Hello"}).status_code == 302
    hours = {"is_on": "on", "days": ["0", "6"], "opens_at": "09:00", "closes_at": "17:30", "text": ""}
    assert seller_client.post(f"{home}hours/", hours).status_code == 422
    assert seller_client.post(f"{home}hours/", hours | {"text": "Tomorrow"}).status_code == 302
    channel.office_hours.refresh_from_db()
    assert (channel.office_hours.days, channel.saved_replies.get().title) == ([0, 6], "Hi")
    html = seller_client.get(home).content.decode()
    assert ("Urgent" in html, "Tomorrow" in html) == (True, True)


def test_colleagues_see_who_is_answering(talk, seller, seller_client, channel):
    agent = make_user(display_name="Ali")
    ChannelMember.objects.create(channel=channel, person=agent, role="agent")
    assert seller_client.post(f"/chats/{talk.pk}/typing/").status_code == 204
    assert "Mina is answering" in signed_in(agent).get(f"/chats/{talk.pk}/answering/", **HTMX).content.decode()
    assert "Mina is answering" not in seller_client.get(f"/chats/{talk.pk}/answering/", **HTMX).content.decode()


def test_reports_reach_staff_with_the_message_that_was_shown(talk, seller, shopper_client, staff_client, channel):
    said = chat.send_message(conversation=talk, author=seller, text="You fool")
    hidden = chat.send_message(conversation=talk, author=seller, text="Our secret")
    data = {"reason": "abuse", "text": "Look", "message": said.pk}
    assert shopper_client.post(f"/chats/{talk.pk}/report/", data).status_code == 302
    assert shopper_client.post(f"/@{channel.handle}/report/", {"reason": "spam"}).status_code == 302
    assert shopper_client.post(f"/@{channel.handle}/report/", {}).status_code == 422
    report = Report.objects.get(message=said)
    html = staff_client.get(f"/admin/chat/report/{report.pk}/change/").content.decode()
    assert (said.text in html, hidden.text in html) == (True, False)
    act = {"action": "act", "_selected_action": [report.pk], "reason": "Warned the seller"}
    staff_client.post("/admin/chat/report/", act)
    report.refresh_from_db()
    assert (report.state, report.transitions.get().reason) == ("acted", "Warned the seller")


@pytest.mark.parametrize("what", ["post", "person"])
def test_a_post_or_a_person_waits_in_staffs_queue_until_it_is_decided(
    talk, product, shopper, shopper_client, seller_client, staff_client, what
):
    client, address, subject = {
        "post": (shopper_client, f"{product.post.get_absolute_url()}report/", product.post),
        "person": (seller_client, f"/chats/{talk.pk}/report/", shopper),
    }[what]
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "forbidden", "text": "Not what it seems"}).status_code == 302
    report = Report.objects.get()
    assert (report.subject, report.state) == (subject, "open")
    queue, chosen = "/admin/chat/report/?state__exact=open", {"action": "keep", "_selected_action": [report.pk]}
    html = staff_client.get(queue).content.decode()
    assert ("Not what it seems" in html, escape(str(subject)) in html) == (True, True)
    refused = staff_client.post(queue, chosen | {"reason": " "}, follow=True).content.decode()
    assert ("Say why" in refused, "Not what it seems" in refused) == (True, True)
    staff_client.post(queue, chosen | {"reason": "It is as it was said"})
    assert "Not what it seems" not in staff_client.get(queue).content.decode()
    decided = report.transitions.get()
    assert (decided.from_state, decided.to_state, decided.reason) == ("open", "kept", "It is as it was said")


WAIT = "Try again in 24 hours; your words are kept."


@pytest.mark.parametrize("page", ["ask", "message"])
def test_who_began_many_conversations_waits_and_keeps_her_words(shopper, shopper_client, product, channel, page):
    for _ in range(limits.CONVERSATIONS_A_DAY_WHEN_NEW):
        known = chat.open_conversation(shopper=shopper, channel=make_channel())
    url = reverse(f"chat:{page}", args=[product.pk if page == "ask" else channel.handle])
    typed = {"text": "Is it glazed inside?", "client_id": "c1"}
    whole, part = shopper_client.post(url, typed), shopper_client.post(url, typed, **HTMX)
    assert (whole.status_code, part.status_code) == (422, 422)
    html = whole.content.decode()
    assert (WAIT in html, f">{typed['text']}</textarea>" in html) == (True, True)
    assert WAIT in part.content.decode()
    assert not Conversation.objects.filter(channel=channel).exists()
    assert shopper_client.post(known.get_absolute_url(), typed).status_code == 302  # what is open goes on


def test_who_reported_much_waits_and_keeps_her_words(shopper, shopper_client, channel, rival_channel):
    for _ in range(limits.REPORTS_A_DAY):
        chat.report(reporter=shopper, reason="spam", channel=rival_channel)
    answer = shopper_client.post(f"/@{channel.handle}/report/", {"reason": "fraud", "text": "The pot is a cup"})
    html = answer.content.decode()
    assert (answer.status_code, WAIT in html, "The pot is a cup</textarea>" in html) == (422, True, True)
    assert re.search(r'value="fraud"[^>]*(checked|selected)', html)
    assert not Report.objects.filter(channel=channel).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_staffs_queue_asks_a_constant_number_of_queries(staff_client, channel, count, django_assert_num_queries):
    for _ in range(count):
        chat.report(reporter=make_user(), reason="spam", channel=channel)
    staff_client.get("/admin/chat/report/")
    with django_assert_num_queries(5):
        assert staff_client.get("/admin/chat/report/").content.decode().count("field-reason") == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_conversations_page_asks_a_constant_number_of_queries(
    talk, shopper, seller_client, count, django_assert_num_queries
):
    for n in range(count):
        chat.send_message(conversation=talk, author=shopper, text=str(n), at=talk.opened_at)
    seller_client.get(f"/chats/{talk.pk}/")
    with django_assert_num_queries(16):
        assert seller_client.get(f"/chats/{talk.pk}/").status_code == 200
