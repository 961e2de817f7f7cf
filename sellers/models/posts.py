"""What channels say: posts, their pictures, their history."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sellers.models.channels import Channel

MAX_PICTURES = 10


class PostQuerySet(models.QuerySet["Post"]):
    def published(self) -> "PostQuerySet":
        return self.filter(state=Post.State.PUBLISHED)

    def visible(self) -> "PostQuerySet":
        """Published posts of channels the public sees."""
        return self.published().filter(channel__state__in=Channel.VISIBLE)

    def due(self) -> "PostQuerySet":
        """Scheduled posts whose time has come."""
        return self.filter(state=Post.State.SCHEDULED, publish_at__lte=timezone.now())


class Post(models.Model):
    """An entry of a channel's stream: text and up to ten pictures, and a product if ``product`` exists."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")
        WAITING = "waiting", _("Waiting for staff")
        REJECTED = "rejected", _("Sent back")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="posts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(_("text"), max_length=4000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    in_feed = models.BooleanField(default=True, editable=False)  # an import stays out of followers' feeds unless asked
    version = models.PositiveIntegerField(default=1, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    like_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="scheduled") | models.Q(publish_at__isnull=False),
                name="scheduled_post_has_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(published_at__isnull=False),
                name="published_post_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                "channel",
                models.F("published_at").desc(),
                models.F("id").desc(),
                name="post_stream",
                condition=models.Q(state="published"),
            ),
            models.Index(
                "channel",
                models.F("published_at").desc(),
                models.F("id").desc(),
                name="post_feed",
                condition=models.Q(state="published", in_feed=True),
            ),
            models.Index("publish_at", name="post_due", condition=models.Q(state="scheduled")),
            models.Index("channel", "state", models.F("id").desc(), name="post_dashboard"),
        ]

    def __str__(self) -> str:
        return self.text[:60] or f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("shop:post", args=[self.channel.handle, self.pk])


class PostPicture(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ForeignKey("core.Picture", on_delete=models.CASCADE, related_name="+")
    alt = models.CharField(_("what the picture shows"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("picture of a post")
        verbose_name_plural = _("pictures of a post")
        constraints = [
            models.UniqueConstraint(
                fields=["post", "position"], name="picture_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=models.Q(position__lt=MAX_PICTURES), name="at_most_ten_pictures"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}/{self.position}"


class PostEdit(models.Model):
    """What a post said before an edit. Never edited itself."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="edits")
    version = models.PositiveIntegerField()
    before = models.JSONField()  # {"text": ..., "product": {...} | None, "pictures": [ids]}
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("edit")
        verbose_name_plural = _("edits")
        constraints = [models.UniqueConstraint("post", "version", name="edit_version_once")]

    def __str__(self) -> str:
        return f"{self.post_id} v{self.version}"


class Like(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="likes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="likes")
    liked_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("like")
        verbose_name_plural = _("likes")
        constraints = [models.UniqueConstraint("person", "post", name="like_once")]

    def __str__(self) -> str:
        return f"{self.person_id} ♥ {self.post_id}"
