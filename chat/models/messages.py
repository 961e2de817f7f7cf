"""What is said: stored once, in the order of its ids, never changed."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.conversations import Conversation, Side
from core.folding import Folded
from sellers.models import Product

MAX_TEXT = 4000
MAX_PICTURES = 4


class Message(models.Model):
    """``client_id`` is made by the writer's browser: the same send twice is one message.

    Ids grow in the order of commits within a conversation, since each writer holds the conversation's lock.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        PICTURES = "pictures", _("Pictures")
        PRODUCT = "product", _("Product")
        NOTICE = "notice", _("Notice")
        MONEY = "money", _("Money request")

    class Notice(models.TextChoices):
        HANDED_OVER = "handed_over", _("{name} answers from here on.")
        BACK_OPEN = "back_open", _("Anybody of the team may answer.")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    side = models.CharField(max_length=10, choices=Side.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TEXT)
    text = models.TextField(_("text"), max_length=MAX_TEXT, blank=True)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    notice = models.CharField(max_length=20, choices=Notice.choices, blank=True)
    client_id = models.CharField(max_length=40)
    steers_outside = models.BooleanField(default=False)  # both sides are warned under it
    is_automatic = models.BooleanField(default=False)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "author", "client_id"], name="message_once"),
            models.CheckConstraint(
                condition=models.Q(kind="notice", side="nobody") | ~models.Q(kind="notice") & ~models.Q(side="nobody"),
                name="only_notices_have_no_side",
            ),
        ]
        indexes = [
            models.Index("conversation", models.F("id").desc(), name="message_thread"),
            GinIndex(OpClass(Folded("text"), name="gin_trgm_ops"), name="message_words"),
        ]

    def __str__(self) -> str:
        return self.text[:60] or self.get_kind_display()


class MessagePicture(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ForeignKey("core.Picture", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("picture of a message")
        verbose_name_plural = _("pictures of a message")
        constraints = [
            models.UniqueConstraint(fields=["message", "position"], name="message_picture_once"),
            models.CheckConstraint(condition=models.Q(position__lt=MAX_PICTURES), name="at_most_four_pictures"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.position}"
