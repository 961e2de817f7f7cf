"""Topics of the storekeepers group, what is said in them, and who has read how far."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sellers.models import Channel

MAX_TITLE = 120
MAX_TEXT = 6000
MAX_PICTURES = 4


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible(self) -> "TopicQuerySet":
        """What members see."""
        return self.exclude(state=Topic.State.HIDDEN)

    def waiting(self) -> "TopicQuerySet":
        """Whose author waits for the team."""
        return self.visible().filter(waiting_since__isnull=False)


class Topic(models.Model):
    """What is asked or told; its first words are its opening ``Reply``, so that all words are kept alike.

    ``waiting_since`` is set while the team owes an answer: from the opening, and again when the author writes after
    the team did. ``first_answer_at`` never changes: reply times are counted from it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        HIDDEN = "hidden", _("Hidden by the team")

    class Board(models.TextChoices):
        QUESTIONS = "questions", _("Questions for the team")
        SELLING = "selling", _("Selling and showing")
        MONEY = "money", _("Money and delivery")
        WISHES = "wishes", _("What is missing")
        NEWS = "news", _("News from the team")

    title = models.CharField(_("title"), max_length=MAX_TITLE)
    board = models.CharField(_("board"), max_length=12, choices=Board.choices, default=Board.QUESTIONS)
    language = models.CharField(_("language"), max_length=10)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    channel = models.ForeignKey(
        Channel, verbose_name=_("channel"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_by_team = models.BooleanField(_("by the team"), default=False)
    reply_count = models.PositiveIntegerField(_("replies"), default=0)  # without the opening and hidden ones
    last_reply = models.ForeignKey("Reply", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(_("opened"), default=timezone.now)
    active_at = models.DateTimeField(_("last words"), default=timezone.now)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    first_answer_at = models.DateTimeField(_("first answer"), null=True, blank=True)

    objects: ClassVar[TopicQuerySet] = TopicQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(board="news") | models.Q(is_by_team=True), name="topic_news_is_the_teams"
            ),
        ]
        indexes = [
            models.Index(models.F("active_at").desc(), models.F("id").desc(), name="topic_newest"),
            models.Index("language", models.F("active_at").desc(), models.F("id").desc(), name="topic_by_language"),
            models.Index("waiting_since", name="topic_waiting", condition=models.Q(waiting_since__isnull=False)),
            models.Index("created_at", name="topic_by_age"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("community:topic", args=[self.pk])

    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Reply(models.Model):
    """Words in a topic, never changed. ``client_id`` is made by the form: the same send twice is one reply.

    Ids grow in the order of commits within a topic, since each writer holds the topic's lock.
    """

    topic = models.ForeignKey(Topic, verbose_name=_("topic"), on_delete=models.CASCADE, related_name="replies")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    channel = models.ForeignKey(
        Channel, verbose_name=_("channel"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_by_team = models.BooleanField(_("by the team"), default=False)
    is_opening = models.BooleanField(default=False)
    is_hidden = models.BooleanField(_("hidden"), default=False)
    text = models.TextField(_("text"), max_length=MAX_TEXT, blank=True)
    words = SearchVectorField(editable=False)  # folded; the opening's hold the title too
    client_id = models.CharField(max_length=40, editable=False)
    created_at = models.DateTimeField(_("written"), default=timezone.now)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="group_reply_once"),
            models.UniqueConstraint(
                fields=["topic"], name="topic_has_one_opening", condition=models.Q(is_opening=True)
            ),
        ]
        indexes = [
            models.Index(fields=["topic", "id"], name="group_reply_thread"),
            GinIndex(fields=["words"], name="group_reply_words", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.text[:60] or str(_("Picture"))

    def get_absolute_url(self) -> str:
        """The topic's page that begins with this reply."""
        address = reverse("community:topic", args=[self.topic_id])
        return address if self.is_opening else f"{address}?at={self.pk}#r{self.pk}"


class ReplyPicture(models.Model):
    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ForeignKey("core.Picture", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("picture of a reply")
        verbose_name_plural = _("pictures of a reply")
        constraints = [
            models.UniqueConstraint(fields=["reply", "position"], name="reply_picture_once"),
            models.CheckConstraint(condition=models.Q(position__lt=MAX_PICTURES), name="reply_has_four_pictures"),
        ]

    def __str__(self) -> str:
        return f"{self.reply_id}/{self.position}"


class TopicMark(models.Model):
    """How far a person has read a topic, and whether she wants to hear of new words in it."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="marks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_up_to = models.BigIntegerField(default=0)  # a Reply's id; no foreign key, since it is only compared
    is_following = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("read mark")
        verbose_name_plural = _("read marks")
        constraints = [models.UniqueConstraint(fields=["person", "topic"], name="topic_mark_once")]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.topic_id}"
