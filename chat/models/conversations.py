"""The one thread of a shopper, a channel and (optionally) one product."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sellers.models import Channel, Product, Role


class Side(models.TextChoices):
    """Who speaks: the shopper, somebody of the channel's team, or nobody (a notice)."""

    SHOPPER = "shopper", _("Shopper")
    CHANNEL = "channel", _("Channel")
    NOBODY = "nobody", _("Nobody")


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def begun(self) -> "ConversationQuerySet":
        """Those in which something was said."""
        return self.filter(last_message_at__isnull=False)

    def of_shopper(self, user_id: int) -> "ConversationQuerySet":
        return self.filter(shopper_id=user_id)

    def of_team(self, user_id: int) -> "ConversationQuerySet":
        """Those of channels whose chats the person answers."""
        channels = Channel.objects.of_member(user_id, Role.AGENT).values("pk")
        return self.filter(channel__in=channels)


class Conversation(models.Model):
    """Read marks and unread counts are kept per side and move only under this row's lock (chat.services)."""

    shopper = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("shopper"), on_delete=models.CASCADE, related_name="conversations"
    )
    channel = models.ForeignKey(
        Channel, verbose_name=_("channel"), on_delete=models.CASCADE, related_name="conversations"
    )
    product = models.ForeignKey(
        Product,
        verbose_name=_("product"),
        null=True,
        blank=True,
        on_delete=models.RESTRICT,
        related_name="conversations",
    )
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)
    last_message = models.ForeignKey("chat.Message", null=True, on_delete=models.SET_NULL, related_name="+")
    last_message_at = models.DateTimeField(_("last message"), null=True, editable=False)
    shopper_read_id = models.BigIntegerField(default=0, editable=False)  # the last message this side has seen
    channel_read_id = models.BigIntegerField(default=0, editable=False)
    shopper_unread = models.PositiveIntegerField(default=0, editable=False)
    channel_unread = models.PositiveIntegerField(default=0, editable=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who answers"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    is_archived = models.BooleanField(_("archived"), default=False)  # by the team; a new word brings it back
    auto_replied_at = models.DateTimeField(null=True, editable=False)
    labels = models.ManyToManyField("chat.Label", verbose_name=_("labels"), blank=True, related_name="conversations")

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.UniqueConstraint(
                fields=["shopper", "channel", "product"], name="conversation_once", nulls_distinct=False
            ),
        ]
        indexes = [
            models.Index("opened_at", name="conversation_opened"),
            models.Index(
                "channel",
                models.F("last_message_at").desc(),
                models.F("id").desc(),
                name="conversation_team_inbox",
                condition=models.Q(last_message_at__isnull=False, is_archived=False),
            ),
            models.Index(
                "shopper",
                models.F("last_message_at").desc(),
                models.F("id").desc(),
                name="conversation_own_inbox",
                condition=models.Q(last_message_at__isnull=False),
            ),
            models.Index(
                "channel",
                models.F("last_message_at").desc(),
                models.F("id").desc(),
                name="conversation_team_unread",
                condition=models.Q(channel_unread__gt=0),
            ),
            models.Index(
                "channel",
                "assignee",
                models.F("last_message_at").desc(),
                models.F("id").desc(),
                name="conversation_team_assigned",
                condition=models.Q(assignee__isnull=False, is_archived=False),
            ),
            models.Index(
                "channel",
                models.F("last_message_at").desc(),
                models.F("id").desc(),
                name="conversation_team_unassigned",
                condition=models.Q(assignee__isnull=True, is_archived=False, last_message_at__isnull=False),
            ),
            models.Index(
                "channel",
                models.F("last_message_at").desc(),
                models.F("id").desc(),
                name="conversation_team_archived",
                condition=models.Q(is_archived=True),
            ),
            models.Index("shopper", name="conversation_own_unread", condition=models.Q(shopper_unread__gt=0)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        """The thread's address; before the first word, that of the page on which it is written."""
        if self.pk:
            return reverse("chat:conversation", args=[self.pk])
        if self.product_id:
            return reverse("chat:ask", args=[self.product_id])
        return reverse("chat:message", args=[self.channel.handle])

    def unread_of(self, side: str) -> int:
        return self.shopper_unread if side == Side.SHOPPER else self.channel_unread

    def read_by(self, side: str) -> int:
        """The last message this side has seen."""
        return self.shopper_read_id if side == Side.SHOPPER else self.channel_read_id


class Block(models.Model):
    """One side does not hear from the other any more; it holds for all their conversations."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="blocks")
    shopper = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks")
    side = models.CharField(_("who blocks"), max_length=10, choices=Side.choices[:2])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [models.UniqueConstraint(fields=["channel", "shopper", "side"], name="block_once")]

    def __str__(self) -> str:
        return f"{self.side}: {self.shopper_id} / {self.channel_id}"
