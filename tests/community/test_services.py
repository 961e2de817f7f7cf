"""Topics, polls, ideas and what the team does about words."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from community import selectors
from community import services as community
from community.models import Idea, IdeaTransition, Poll, PollVote, Reply, Topic, TopicMark
from core import limits as core_limits
from core import outbox
from core.models import AuditEntry
from news.models import News
from sellers import services as sellers
from tests.factories import make_channel, make_picture, make_user

DAY = dt.timedelta(days=1)


def told(person) -> list[str]:
    """Kinds of what the person was told, oldest first, once all that waits is delivered."""
    outbox.deliver_due(seconds=5)
    return list(
        News.objects.filter(person=person, kind__startswith="group").order_by("pk").values_list("kind", flat=True)
    )


def make_poll(by, *, days: int = 7, **fields) -> Poll:
    poll = community.NewPoll("Which day?", ["Monday", "Friday", "Never"], timezone.now() + dt.timedelta(days=days))
    return community.open_topic(by=by, title="Pick up", text="When?", poll=poll, **fields).poll


# --- who belongs to it
def test_membership_follows_the_check_the_state_and_the_role(channel, seller, staff, shopper):
    assert selectors.get_standing(seller).is_member is False
    sellers.verify_channel(channel=channel, by=staff)
    assert selectors.get_standing(seller).channel == channel
    assert [list(selectors.get_members()), selectors.get_standing(shopper).is_member] == [[seller], False]
    sellers.add_member(channel=channel, by=seller, contact=shopper.email, role="agent")
    assert selectors.get_standing(shopper).is_member is False
    sellers.change_role(member=channel.members.get(person=shopper), by=seller, role="manager")
    assert selectors.get_standing(shopper).is_member is True
    sellers.suspend_channel(channel=channel, by=staff, reason="because")
    assert selectors.get_standing(seller).is_member is False
    sellers.reopen_channel(channel=channel, by=staff)
    sellers.unverify_channel(channel=channel, by=staff)
    assert [selectors.get_standing(one).is_member for one in (seller, shopper)] == [False, False]


def test_the_team_has_a_second_factor_and_the_permission(staff, db):
    assert selectors.get_standing(staff).is_team is True
    assert selectors.is_team(make_user(is_staff=True, is_superuser=True)) is False
    staff.is_superuser = False
    staff.save()
    assert selectors.is_team(staff) is False


def test_who_has_left_writes_nothing(topic, checked, seller, staff):
    sellers.unverify_channel(channel=checked, by=staff)
    for write in (
        lambda: community.reply(topic=topic, by=seller, text="Still me"),
        lambda: community.open_topic(by=seller, title="A", text="B"),
        lambda: community.follow_topic(topic=topic, person=seller),
    ):
        with pytest.raises(community.NotAllowed):
            write()


# --- words
def test_the_team_answers_and_the_author_asks_again(topic, seller, rival, rival_checked, staff):
    assert topic.waiting_since == topic.created_at
    community.reply(topic=topic, by=rival, text="I wonder too")
    topic.refresh_from_db()
    assert (topic.waiting_since, topic.first_answer_at) == (topic.created_at, None)
    answer = community.reply(topic=topic, by=staff, text="Next month")
    topic.refresh_from_db()
    assert (topic.waiting_since, topic.first_answer_at) == (None, answer.created_at)
    again = community.reply(topic=topic, by=seller, text="Which format?")
    community.reply(topic=topic, by=seller, text="And paper?")
    topic.refresh_from_db()
    assert (topic.waiting_since, topic.first_answer_at) == (again.created_at, answer.created_at)
    assert (topic.reply_count, topic.active_at) == (4, Reply.objects.latest("pk").created_at)


def test_the_same_send_twice_is_one(checked, seller):
    one, two = (community.open_topic(by=seller, title="A", text="B", client_id="x") for _ in range(2))
    said = [community.reply(topic=one, by=seller, text="C", client_id="y") for _ in range(2)]
    assert (one, said[0], Reply.objects.count()) == (two, said[1], 2)


def test_words_are_refused_with_their_field(topic, seller, staff):
    closes = timezone.now() + DAY
    bad = [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"text": " "}, "text"),
        ({"text": "x" * 6001}, "text"),
        ({"poll": community.NewPoll("", ["a", "b"], closes)}, "question"),
        ({"poll": community.NewPoll("q", ["a"], closes)}, "options"),
        ({"poll": community.NewPoll("q", ["ي", "ی"], closes)}, "options"),
        ({"poll": community.NewPoll("q", ["a", "b"], closes + 60 * DAY)}, "closes_in"),
    ]
    for changes, field in bad:
        with pytest.raises(community.BadWords) as refusal:
            community.open_topic(**{"by": seller, "title": "T", "text": "t"} | changes)
        assert refusal.value.field == field
    with pytest.raises(community.NotAllowed):
        community.open_topic(by=seller, title="T", text="t", board="news")
    with pytest.raises(IntegrityError), transaction.atomic():
        Topic.objects.filter(pk=topic.pk).update(board="news")
    assert community.open_topic(by=staff, title="T", text="t", board="news").waiting_since is None
    assert Topic.objects.count() == 2


def test_pictures_stand_with_the_words(topic, seller):
    pictures = [make_picture() for _ in range(5)]
    said = community.reply(topic=topic, by=seller, text="", pictures=pictures[:4])
    assert [kept.picture for kept in said.pictures.order_by("position")] == pictures[:4]
    with pytest.raises(community.BadWords):
        community.reply(topic=topic, by=seller, text="", pictures=pictures)


def test_there_is_an_end_to_topics_a_day_but_not_for_the_team(checked, seller, staff):
    core_limits.take(f"group:topic:{seller.pk}", limit=1, seconds=60)
    for number in range(7):
        community.open_topic(by=seller, title=f"T {number}", text="t")
    with pytest.raises(community.TooMuch):
        community.open_topic(by=seller, title="One more", text="t")
    for number in range(9):
        community.open_topic(by=staff, title=f"S {number}", text="t")


# --- followers
def test_followers_hear_once_until_they_read_and_unread_is_counted(topic, seller, rival, rival_checked, staff):
    community.reply(topic=topic, by=rival, text="one")
    said = community.reply(topic=topic, by=rival, text="two")
    assert (told(seller), told(rival)) == (["group_reply"], [])
    assert selectors.count_unread(selectors.get_standing(seller)) == 1
    community.mark_read(topic=topic, person=seller, up_to=said.pk)
    community.mark_read(topic=topic, person=seller, up_to=1)  # never back
    assert selectors.count_unread(selectors.get_standing(seller)) == 0
    community.reply(topic=topic, by=staff, text="three")
    assert (told(seller), told(rival)) == (["group_reply", "group_answer"], ["group_answer"])
    community.unfollow_topic(topic=topic, person=rival)
    assert selectors.count_unread(selectors.get_standing(rival)) == 0
    assert TopicMark.objects.get(person=rival).read_up_to == said.pk


def test_who_lost_the_check_is_told_nothing(topic, checked, seller, rival, rival_checked, staff):
    community.reply(topic=topic, by=rival, text="one")
    sellers.unverify_channel(channel=checked, by=staff)
    assert told(seller) == []


def test_news_of_the_team_reaches_who_reads_its_language(checked, seller, rival, rival_checked, staff):
    rival.language = "fa"
    rival.save()
    community.open_topic(by=staff, title="Fees fall", text="From May.", board="news", language="en")
    assert (told(seller), told(rival)) == (["group_news"], [])


# --- polls
def test_a_vote_may_be_moved_until_the_poll_closes(checked, seller, rival, rival_checked):
    poll = make_poll(seller)
    first, second, _third = poll.options.order_by("position")
    for option, who in ((first, rival), (second, rival), (second, rival), (second, seller)):
        community.vote_in_poll(option=option, by=who)
    poll.refresh_from_db()
    assert (poll.vote_count, list(poll.options.order_by("position").values_list("vote_count", flat=True))) == (
        2,
        [0, 2, 0],
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        PollVote.objects.create(poll=poll, option=first, person=rival)
    Poll.objects.update(closes_at=timezone.now())
    with pytest.raises(community.NotAllowed):
        community.vote_in_poll(option=first, by=rival)


def test_the_result_is_told_once_after_the_end(checked, seller, rival, rival_checked):
    poll = make_poll(seller)
    community.vote_in_poll(option=poll.options.get(position=1), by=rival)
    assert community.tell_closed_polls() == 0
    Poll.objects.update(closes_at=timezone.now())
    assert [community.tell_closed_polls(), community.tell_closed_polls()] == [1, 0]
    assert [told(seller), told(rival)] == [["group_poll"], ["group_poll"]]
    assert News.objects.get(person=rival, kind="group_poll").words.body == "Most votes: Friday (1 of 1)"


def test_counts_are_shown_to_who_has_voted(checked, seller, rival, rival_checked, staff):
    poll = make_poll(seller)
    community.vote_in_poll(option=poll.options.get(position=0), by=rival)
    standing = {who: selectors.get_standing(who) for who in (seller, rival, staff)}
    topic = selectors.get_topic(standing[seller], poll.topic_id)
    shown = {who: selectors.get_ballot(standing[who], topic) for who in standing}
    assert [ballot.shows_counts for ballot in shown.values()] == [False, True, True]
    assert [(line.percent, line.is_mine, line.leads) for line in shown[rival].lines] == [
        (100, True, True), (0, False, False), (0, False, False),
    ]  # fmt: skip


# --- ideas
@pytest.fixture
def idea(topic, rival, rival_checked, staff):
    said = community.reply(topic=topic, by=rival, text="Print labels from the request's page")
    return community.make_idea(reply=said, by=staff, title="Labels from a request")


def test_a_reply_becomes_one_idea_and_its_author_hears(idea, rival, seller, staff):
    assert (idea.status, told(rival), told(seller)) == ("heard", ["group_idea_new"], ["group_reply"])
    with pytest.raises(community.NotAllowed):
        community.make_idea(reply=idea.reply, by=staff, title="Twice")
    with pytest.raises(community.NotAllowed):
        community.make_idea(reply=idea.reply.topic.replies.get(is_opening=True), by=seller, title="By a member")


def test_votes_count_once_and_can_be_taken_back(idea, seller, rival):
    assert [community.vote_for_idea(idea=idea, by=who) for who in (seller, seller, rival)] == [True, False, True]
    assert [community.take_vote_back(idea=idea, by=seller) for _ in range(2)] == [True, False]
    idea.refresh_from_db()
    assert (idea.vote_count, idea.votes.count()) == (1, 1)


def test_each_change_of_status_is_told_to_voters_and_followers(idea, seller, rival, staff):
    voter = make_user()
    make_channel(owner=voter)
    community.unfollow_topic(topic=idea.reply.topic, person=seller)
    from tests.community.conftest import check

    check(voter.memberships.get().channel)
    community.vote_for_idea(idea=idea, by=voter)
    moved = community.move_idea(idea=idea, by=staff, to="planned")
    with pytest.raises(community.BadWords):
        community.move_idea(idea=moved, by=staff, to="declined")
    community.move_idea(idea=moved, by=staff, to="declined", reason="The post office does it")
    with pytest.raises(community.NotAllowed):
        community.move_idea(idea=moved, by=staff, to="shipped")
    with pytest.raises(community.NotAllowed):
        community.vote_for_idea(idea=idea, by=seller)
    assert told(voter) == ["group_idea_planned", "group_idea_declined"]
    assert (told(rival)[-2:], told(seller)) == (told(voter), [])
    steps = [(step.from_status, step.to_status, step.reason) for step in selectors.get_transitions(idea)]
    assert steps == [
        ("planned", "declined", "The post office does it"), ("heard", "planned", ""), ("", "heard", ""),
    ]  # fmt: skip


def test_a_change_of_status_is_never_edited_nor_taken_out(idea, rival):
    steps = IdeaTransition.objects.filter(idea=idea)
    for act in (lambda: steps.update(reason="Other"), steps.delete, lambda: steps.update(by=rival)):
        with pytest.raises(IntegrityError, match="rows are only added"), transaction.atomic():
            act()
    with pytest.raises(ProtectedError):
        idea.delete()
    assert steps.count() == 1


# --- order
def test_each_step_of_the_team_has_a_reason_and_an_entry(topic, seller, staff):
    with pytest.raises(community.BadWords):
        community.moderate_topic(topic=topic, by=staff, step="close", reason=" ")
    with pytest.raises(community.NotAllowed):
        community.moderate_topic(topic=topic, by=seller, step="close", reason="Mine")
    community.moderate_topic(topic=topic, by=staff, step="close", reason="Answered")
    with pytest.raises(community.NotAllowed):
        community.reply(topic=topic, by=seller, text="Late")
    community.moderate_topic(topic=topic, by=staff, step="reopen", reason="Not yet")
    community.move_topic(topic=topic, by=staff, board="money", reason="About delivery")
    community.moderate_topic(topic=topic, by=staff, step="hide", reason="Names a buyer")
    entries = AuditEntry.objects.filter(subject_type="community.topic").order_by("pk").values_list("verb", "reason")
    assert list(entries) == [
        ("closed", "Answered"), ("reopened", "Not yet"), ("moved", "About delivery"), ("hid", "Names a buyer"),
    ]  # fmt: skip
    topic.refresh_from_db()
    assert (topic.state, topic.board, topic.waiting_since) == ("hidden", "money", None)


def test_a_hidden_reply_is_gone_from_counts_search_and_ideas(idea, seller, staff):
    standing = selectors.get_standing(seller)
    assert selectors.search_replies(standing, "PRINT lab").rows == [
        idea.reply,
        idea.reply.topic.replies.get(is_opening=True),
    ]
    community.hide_reply(reply=idea.reply, by=staff, reason="Spam")
    topic = idea.reply.topic
    topic.refresh_from_db()
    assert (topic.reply_count, topic.last_reply.is_opening, Idea.objects.visible().count()) == (0, True, 0)
    assert [reply.is_opening for reply in selectors.search_replies(standing, "print lab").rows] == [True]
    community.hide_reply(reply=idea.reply, by=staff, reason="It was none", on=False)
    topic.refresh_from_db()
    assert (topic.reply_count, Idea.objects.visible().count()) == (1, 1)
    with pytest.raises(community.NotAllowed):
        community.hide_reply(reply=topic.replies.get(is_opening=True), by=staff, reason="x")


def test_a_report_is_kept_or_acted_upon(idea, seller, rival, staff):
    one = community.report_reply(reply=idea.reply, reporter=seller, reason="spam")
    assert community.report_reply(reply=idea.reply, reporter=seller, reason="abuse", text="Rude") == one
    community.decide_report(report=one, by=staff, state="kept", reason="Fine")
    with pytest.raises(community.NotAllowed):
        community.decide_report(report=one, by=staff, state="acted", reason="Not fine")
    opening = idea.reply.topic.replies.get(is_opening=True)
    for reply in (idea.reply, opening):
        report = community.report_reply(reply=reply, reporter=rival, reason="spam")
        community.decide_report(report=report, by=staff, state="acted", reason="Spam")
    idea.reply.refresh_from_db()
    assert (idea.reply.is_hidden, Topic.objects.get().state) == (True, "hidden")
    assert AuditEntry.objects.filter(verb="report acted").count() == 2


# --- search, times, the month
@pytest.mark.parametrize("asked", ["كتاب", "کتاب", "کتاب‌های", "پارسي کتاب", "LABELS كتاب"])
def test_search_folds_letters_and_half_spaces(checked, seller, rival, asked):
    community.open_topic(by=seller, title="Labels", text="کتاب‌های پارسی")
    found = selectors.search_replies(selectors.get_standing(seller), asked)
    assert [reply.topic.title for reply in found.rows] == ["Labels"]
    assert selectors.search_replies(selectors.get_standing(seller), f"{asked} nothing").rows == []


@pytest.mark.parametrize(
    ("asked", "count"), [("標籤", 1), ("寄件標籤 列印", 1), ("印a5", 1), ("籤標", 0), ("A4標籤", 0)]
)
def test_search_finds_han_letters_in_a_row(checked, seller, asked, count):
    community.open_topic(by=seller, title="Labels", text="可以列印A5寄件標籤嗎？")
    assert len(selectors.search_replies(selectors.get_standing(seller), asked).rows) == count


@pytest.mark.parametrize("asked", ["", " ", "'", "& | !", "(", ":*"])
def test_a_search_without_words_finds_nothing(topic, seller, asked):
    assert selectors.search_replies(selectors.get_standing(seller), asked).rows == []


def test_the_reply_time_is_a_median_in_which_long_waits_count(checked, seller, staff):
    now = timezone.now()
    for hours in (1, 2, 40):
        topic = community.open_topic(by=seller, title="T", text="t", at=now - 3 * DAY)
        community.reply(topic=topic, by=staff, text="a", at=topic.created_at + dt.timedelta(hours=hours))
    assert (selectors.get_reply_time(now=now).seconds, selectors.get_reply_time(now=now).topics) == (7200, 3)
    assert selectors.get_reply_time(now=now).words == "The team usually answers within a few hours"
    community.open_topic(by=seller, title="T", text="t", at=now - dt.timedelta(hours=5))
    assert selectors.get_reply_time(now=now).topics == 3  # still fresh
    community.open_topic(by=seller, title="T", text="t", at=now - 2 * DAY)
    assert selectors.get_reply_time(now=now).seconds == (2 + 40) / 2 * 3600


def test_with_two_topics_no_time_is_said(topic, seller, staff):
    community.reply(topic=topic, by=staff, text="a")
    assert (selectors.get_reply_time().seconds, selectors.get_reply_time().words) == (None, "")


def test_the_month_is_told_once_to_each_member_by_her_own_choice(checked, seller, rival, rival_checked, staff):
    march = dt.datetime(2026, 3, 31, 23, 59, tzinfo=dt.UTC)
    topic = community.open_topic(by=seller, title="T", text="t", at=march)
    said = community.reply(topic=topic, by=staff, text="a", at=march)
    idea = community.make_idea(reply=said, by=staff, title="I", at=march)
    community.move_idea(idea=idea, by=staff, to="planned", at=march)
    community.open_topic(by=seller, title="April", text="t", at=march + dt.timedelta(minutes=1))
    News.objects.all().delete()
    assert [community.send_digest(month=dt.date(2026, 3, day)) for day in (31, 1)] == [True, False]
    outbox.deliver_due(topic="community.digest", seconds=5)
    assert [told(seller).count("group_digest"), told(rival).count("group_digest"), told(staff)] == [1, 1, []]
    news = News.objects.get(person=rival, kind="group_digest")
    assert (news.params, news.url) == ({"topics": 1, "replies": 1, "ideas": 1}, "/group/digest/2026/3/")
    assert community.send_digest(month=dt.date(2026, 2, 1)) is True
    assert told(rival).count("group_digest") == 1  # an empty month is told to nobody
