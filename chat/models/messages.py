"""What is said: stored once, in the order of its ids, never changed."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.conversations import Conversation, Side
from core.folding import Folded
from payments.models import MoneyRequest
from sellers.models import Product

MAX_TEXT = 4000
MAX_PICTURES = 4


class MessageQuerySet(models.QuerySet["Message"]):
    def for_side(self, side: str) -> "MessageQuerySet":
        """What a side has to read: the other's words, and what befell their money by itself."""
        other = Side.CHANNEL if side == Side.SHOPPER else Side.SHOPPER
        return self.filter(models.Q(side=other) | models.Q(side=Side.NOBODY, money__isnull=False))


class Message(models.Model):
    """``client_id`` is made by the writer's browser: the same send twice is one message.

    ``money`` is the request of a card, or the one a notice is about; the card shows it as it is now.
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
        PAID = "paid", _("Paid for {name}. Bisat holds the money.")
        SHIPPED = "shipped", _("{name} is on its way.")
        DELIVERED = "delivered", _("{name} has arrived.")
        RELEASED = "released", _("The money for {name} was released to the seller.")
        REFUNDED = "refunded", _("The money for {name} went back to the buyer.")
        PART_REFUNDED = "part_refunded", _("A part of the money for {name} went back to the buyer.")
        REFUND_ASKED = "refund_asked", _("A refund is asked for {name}. The money stays with Bisat.")
        REFUND_WITHDRAWN = "refund_withdrawn", _("The refund for {name} is no longer asked for.")
        DISPUTED = "disputed", _("Bisat’s staff will decide about {name}. They may read this chat for that.")
        DECIDED = "decided", _("Bisat’s staff have decided about {name}.")
        CHARGED_BACK = "charged_back", _("The buyer’s bank took the payment for {name} back.")
        DECLINED = "declined", _("The request for {name} was declined.")
        CANCELLED = "cancelled", _("The request for {name} was taken back.")
        EXPIRED = "expired", _("The request for {name} was not paid in time.")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    side = models.CharField(max_length=10, choices=Side.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TEXT)
    text = models.TextField(_("text"), max_length=MAX_TEXT, blank=True)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    money = models.ForeignKey(MoneyRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    notice = models.CharField(max_length=20, choices=Notice.choices, blank=True)
    client_id = models.CharField(max_length=40)
    steers_outside = models.BooleanField(default=False)  # both sides are warned under it
    is_automatic = models.BooleanField(default=False)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "author", "client_id"], name="message_once"),
            models.UniqueConstraint(
                fields=["conversation", "client_id"], name="notice_once", condition=models.Q(kind="notice")
            ),
            models.UniqueConstraint(fields=["money"], name="one_card_a_request", condition=models.Q(kind="money")),
            models.CheckConstraint(
                condition=~models.Q(kind="money") | models.Q(money__isnull=False), name="a_card_has_its_request"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="notice") | ~models.Q(side="nobody"), name="only_notices_have_no_side"
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
