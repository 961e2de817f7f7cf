"""Opening topics and replying: stored once, counted under the topic's lock, told by the outbox."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchVector
from django.db import connection, transaction
from django.db.models import F, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community import words
from community.models import Poll, PollOption, Reply, ReplyPicture, Topic, TopicMark
from community.models.polls import LEAST_OPTIONS, MAX_OPTION, MAX_QUESTION, MOST_OPTIONS
from community.models.topics import MAX_PICTURES, MAX_TEXT, MAX_TITLE
from community.selectors import Standing
from community.services import limits
from community.services.errors import BadWords, NotAllowed
from community.services.locks import lock_person, lock_topic, need_standing
from core import outbox
from core.models import Picture

Board = Topic.Board
LONGEST_POLL = dt.timedelta(days=60)
_READ = """
INSERT INTO community_topicmark (person_id, topic_id, read_up_to, is_following) VALUES (%s, %s, %s, %s)
ON CONFLICT (person_id, topic_id) DO UPDATE SET
    read_up_to = greatest(community_topicmark.read_up_to, excluded.read_up_to),
    is_following = community_topicmark.is_following OR excluded.is_following
"""


@dataclass(frozen=True, slots=True)
class NewPoll:
    question: str
    options: Sequence[str]
    closes_at: dt.datetime


@transaction.atomic
def open_topic(
    *,
    by: User,
    title: str,
    text: str,
    board: str = Board.QUESTIONS,
    language: str = "",
    pictures: Sequence[Picture] = (),
    poll: NewPoll | None = None,
    client_id: str = "",
    at: dt.datetime | None = None,
) -> Topic:
    """A new topic with its opening words, which its author follows; sent again with its ``client_id`` it is the same.

    Raises NotAllowed, BadWords, TooMuch. ``at`` backdates.
    """
    standing, title, at = need_standing(by), " ".join(title.split()), at or timezone.now()
    lock_person(by)
    if known := _sent_before(by, client_id):
        return known.topic
    _check_topic(standing, title, board, poll, at)
    _check_words(text, pictures)
    limits.take_topic(standing)
    topic = Topic.objects.create(
        title=title,
        board=board,
        language=language or (standing.channel.language if standing.channel else by.language),
        author=by,
        channel=standing.channel,
        is_by_team=standing.is_team,
        created_at=at,
        active_at=at,
        waiting_since=None if standing.is_team else at,
    )
    if poll:
        _add_poll(topic, poll)
    _write(topic, standing, text, pictures, client_id, at, is_opening=True)
    if topic.board == Board.NEWS:
        outbox.put("community.news", {"topic": topic.pk}, key=f"{topic.pk}")
    return topic


@transaction.atomic
def reply(
    *,
    topic: Topic,
    by: User,
    text: str,
    pictures: Sequence[Picture] = (),
    client_id: str = "",
    at: dt.datetime | None = None,
) -> Reply:
    """Words in an open topic; who writes follows it, its other followers are told once until they read it.

    The team's first reply ends the wait; the author's next words begin it anew. Raises NotAllowed, BadWords, TooMuch.
    """
    standing, at = need_standing(by), at or timezone.now()
    _check_words(text, pictures)
    locked = lock_topic(topic.pk)
    if known := _sent_before(by, client_id):
        return known
    if not locked.is_open():
        raise NotAllowed(_("This topic is closed; nothing more can be written here."))
    limits.take_reply(standing)
    said = _write(locked, standing, text, pictures, client_id, at)
    _answer(locked, standing, at)
    locked.reply_count = F("reply_count") + 1
    locked.save(update_fields=["reply_count", "active_at", "waiting_since", "first_answer_at"])
    outbox.put("community.replied", {"reply": said.pk}, key=f"{said.pk}")
    return said


def _answer(topic: Topic, standing: Standing, at: dt.datetime) -> None:
    """What the words mean for who waits."""
    topic.active_at = at
    if standing.is_team:
        topic.waiting_since = None
        topic.first_answer_at = topic.first_answer_at or (None if topic.is_by_team else at)
    elif standing.person.pk == topic.author_id and topic.waiting_since is None:
        topic.waiting_since = at


def _sent_before(by: User, client_id: str) -> Reply | None:
    if not client_id:
        return None
    return Reply.objects.select_related("topic").filter(author=by, client_id=client_id).first()


def _check_topic(standing: Standing, title: str, board: str, poll: NewPoll | None, at: dt.datetime) -> None:
    if not title or len(title) > MAX_TITLE:
        raise BadWords(_("Give the topic a title of at most 120 letters."), "title")
    if board == Board.NEWS and not standing.is_team:
        raise NotAllowed(_("Only the team tells news. Choose another board."))
    if poll:
        _check_poll(poll, at)


def _check_words(text: str, pictures: Sequence[Picture]) -> None:
    if not text.strip() and not pictures:
        raise BadWords(_("Write something or add a picture."), "text")
    if len(text) > MAX_TEXT:
        raise BadWords(_("That is too long: 6,000 letters at most."), "text")
    if len(pictures) > MAX_PICTURES:
        raise BadWords(_("At most four pictures."))


def _check_poll(poll: NewPoll, now: dt.datetime) -> None:
    if not poll.question.strip() or len(poll.question) > MAX_QUESTION:
        raise BadWords(_("Ask the poll's question in at most 160 letters."), "question")
    options = [" ".join(option.split()) for option in poll.options]
    if not LEAST_OPTIONS <= len(options) <= MOST_OPTIONS or any(not 0 < len(text) <= MAX_OPTION for text in options):
        raise BadWords(_("A poll has two to six options of at most 80 letters."), "options")
    if len({words.folded(text) for text in options}) < len(options):
        raise BadWords(_("Two options are the same."), "options")
    if not now < poll.closes_at <= now + LONGEST_POLL:
        raise BadWords(_("A poll closes within 60 days."), "closes_in")


def _add_poll(topic: Topic, poll: NewPoll) -> None:
    made = Poll.objects.create(topic=topic, question=poll.question.strip(), closes_at=poll.closes_at)
    PollOption.objects.bulk_create(
        PollOption(poll=made, text=" ".join(text.split()), position=place) for place, text in enumerate(poll.options)
    )


def _write(
    topic: Topic,
    standing: Standing,
    text: str,
    pictures: Sequence[Picture],
    client_id: str,
    at: dt.datetime,
    *,
    is_opening: bool = False,
) -> Reply:
    """The reply's row, its pictures, the topic's newest reply and her mark; under the topic's lock or before anybody
    sees it."""
    spoken = f"{topic.title} {text}" if is_opening else text
    said = Reply.objects.create(
        topic=topic,
        author=standing.person,
        channel=standing.channel,
        is_by_team=standing.is_team,
        is_opening=is_opening,
        text=text.strip(),
        words=SearchVector(Value(words.folded(spoken)), config="simple"),
        client_id=client_id or secrets.token_hex(16),
        created_at=at,
    )
    ReplyPicture.objects.bulk_create(
        ReplyPicture(reply=said, picture=picture, position=place) for place, picture in enumerate(pictures)
    )
    Topic.objects.filter(pk=topic.pk).update(last_reply=said)
    _mark(standing.person, topic, said.pk, follow=True)
    return said


# --- reading and following
def _mark(person: User, topic: Topic, up_to: int, *, follow: bool = False) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [person.pk, topic.pk, up_to, follow])


@transaction.atomic
def mark_read(*, topic: Topic, person: User, up_to: int) -> None:
    """The person has seen the replies up to this id; a mark never goes back."""
    _mark(person, topic, up_to)


@transaction.atomic
def follow_topic(*, topic: Topic, person: User) -> None:
    """New words in the topic are news to the person. Raises NotAllowed."""
    need_standing(person)
    _mark(person, topic, 0, follow=True)


@transaction.atomic
def unfollow_topic(*, topic: Topic, person: User) -> None:
    TopicMark.objects.filter(topic=topic, person=person).update(is_following=False)
