"""A smoke test: a service that is offered before it is built, to see who wants it."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from insights.models.guards import fixed_once_begun, only_while_draft
from payments.models.guards import append_only, never_truncated

MOVES = (("draft", "running"), ("running", "ended"))
SETTLED = ("slug", "target", "threshold_percent", "min_visitors")  # from the start on


class SmokeTestQuerySet(models.QuerySet["SmokeTest"]):
    def open(self) -> "SmokeTestQuerySet":
        """Those that take visitors now."""
        now = timezone.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), state=SmokeTest.State.RUNNING, starts_at__lte=now)

    def in_slot(self, slot: str) -> "SmokeTestQuerySet":
        return self.filter(slots__contains=[slot])

    def overdue(self) -> "SmokeTestQuerySet":
        return self.filter(state=SmokeTest.State.RUNNING, ends_at__lte=timezone.now())


class SmokeTest(models.Model):
    """What is promised, to whom, and what will decide it.

    The service is to be built where at least ``threshold_percent`` of at least ``min_visitors`` people apply. Both, the
    slug and whom it is for are settled when the test starts; the database refuses a change from then on. ``service``
    names the live service it may be turned into (insights.services.carrying).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")

    class Target(models.TextChoices):
        SELLERS = "sellers", _("Sellers")
        SHOPPERS = "shoppers", _("Shoppers")

    class Slot(models.TextChoices):
        SERVICES = "services", _("Seller services")
        DASHBOARD = "dashboard", _("Overview of a channel")
        ME = "me", _("The page “Me”")

    name = models.CharField(_("name"), max_length=80, help_text=_("For staff."))
    slug = models.SlugField(_("address"), max_length=40, unique=True, help_text=_("/services/…/"))
    service = models.SlugField(
        _("live service"), max_length=40, blank=True, help_text=_("What it may be turned into, such as credit-ads.")
    )
    icon = models.CharField(_("icon"), max_length=40, default="flask-conical", help_text=_("A name of lucide.dev."))
    picture = models.ForeignKey(
        "core.Picture", verbose_name=_("picture"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    slots = ArrayField(
        models.CharField(max_length=10, choices=Slot.choices), verbose_name=_("where it is entered"), default=list
    )
    target = models.CharField(_("for whom"), max_length=10, choices=Target.choices, default=Target.SELLERS)
    threshold_percent = models.PositiveSmallIntegerField(
        _("build from, in percent"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_("Of those who saw it, how many must apply. Settled when the test starts."),
    )
    min_visitors = models.PositiveIntegerField(
        _("least number of visitors"),
        default=500,
        validators=[MinValueValidator(1)],
        help_text=_("Before that nothing is decided. Settled when the test starts."),
    )
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT, editable=False)
    live_at = models.DateTimeField(_("turned into a live service"), null=True, editable=False)
    live_url = models.CharField(_("address of the live service"), max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = SmokeTestQuerySet.as_manager()

    class Meta:
        verbose_name = _("smoke test")
        verbose_name_plural = _("smoke tests")
        constraints = [
            models.CheckConstraint(
                condition=Q(threshold_percent__gte=1, threshold_percent__lte=99, min_visitors__gte=1),
                name="smoke_test_can_be_decided",
            ),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="smoke_test_lasts"),
            models.CheckConstraint(
                condition=Q(live_at=None) | Q(state="ended"), name="smoke_test_ends_before_it_lives"
            ),
        ]
        triggers = [fixed_once_begun(MOVES, SETTLED), never_truncated()]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("insights:smoke_test", args=[self.slug])

    def is_open(self) -> bool:
        now = timezone.now()
        return (
            self.state == self.State.RUNNING and self.starts_at <= now and (self.ends_at is None or self.ends_at > now)
        )

    @property
    def page(self) -> "SmokePage | None":
        """What it says in the visitor's language, else in the shop's; ``pages`` are prefetched."""
        pages = {page.language: page for page in self.pages.all()}
        return pages.get(get_language() or "") or pages.get(settings.LANGUAGE_CODE) or next(iter(pages.values()), None)


class SmokePage(models.Model):
    """The landing page in one language."""

    test = models.ForeignKey(SmokeTest, on_delete=models.CASCADE, related_name="pages")
    language = models.CharField(_("language"), max_length=10)
    headline = models.CharField(_("headline"), max_length=80)
    promise = models.TextField(_("promise"), max_length=300)
    points = models.TextField(_("points"), max_length=900, blank=True, help_text=_("One on each line."))
    button = models.CharField(_("button"), max_length=30)

    class Meta:
        verbose_name = _("landing page")
        verbose_name_plural = _("landing pages")
        constraints = [models.UniqueConstraint("test", "language", name="smoke_page_once")]

    def __str__(self) -> str:
        return self.headline

    @property
    def point_list(self) -> list[str]:
        return [point.strip() for point in self.points.splitlines() if point.strip()]


class SmokeField(models.Model):
    """A question of the form. ``labels`` are words by language, ``choices`` lists of words by language, of one length.

    Questions stay as they are once the test runs, so that all answers are to the same ones.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        CHOICE = "choice", _("Choice")
        PHONE = "phone", _("Telephone number")
        FILE = "file", _("Picture or PDF")

    test = models.ForeignKey(SmokeTest, on_delete=models.CASCADE, related_name="fields")
    key = models.CharField(
        _("key"),
        max_length=30,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", _("Letters a–z, digits and underscores."))],
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.TEXT)
    is_required = models.BooleanField(_("required"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    labels = models.JSONField(_("labels"), default=dict)
    choices = models.JSONField(_("choices"), default=dict, blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [models.UniqueConstraint("test", "key", name="smoke_field_once")]
        triggers = [only_while_draft()]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return str(_said(self.labels) or self.key)

    @property
    def choice_list(self) -> list[str]:
        return list(_said(self.choices) or [])


def _said(by_language: dict[str, Any]) -> Any:
    """What is said in the reader's language, else in the shop's."""
    return by_language.get(get_language() or "") or by_language.get(settings.LANGUAGE_CODE)


class SmokeTransition(models.Model):
    """One change of a test's state, or that it became a live service: who, when, why."""

    test = models.ForeignKey(SmokeTest, on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField(_("from"), max_length=8, choices=SmokeTest.State.choices)
    to_state = models.CharField(_("to"), max_length=8, choices=SmokeTest.State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class SmokeVisit(models.Model):
    """How far one person went, or one guest under the key of her session: each step's first moment, never a later
    without the earlier. The store's figures are those of her first look; they are empty for shoppers.
    """

    STEPS = ("seen_at", "called_at", "started_at", "submitted_at")

    test = models.ForeignKey(SmokeTest, on_delete=models.CASCADE, related_name="visits")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    guest = models.CharField(max_length=32, blank=True)
    seen_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    followers = models.PositiveIntegerField(null=True)
    products = models.PositiveIntegerField(null=True)
    age_days = models.PositiveIntegerField(null=True)
    category = models.ForeignKey("sellers.Category", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [
            models.UniqueConstraint("test", "person", name="smoke_visit_once_a_person"),
            models.UniqueConstraint("test", "guest", condition=~Q(guest=""), name="smoke_visit_once_a_guest"),
            models.CheckConstraint(
                condition=(Q(started_at=None) | Q(called_at__isnull=False))
                & (Q(submitted_at=None) | Q(started_at__isnull=False)),
                name="smoke_visit_in_steps",
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk} of {self.test_id}"

    @property
    def furthest(self) -> str:
        """The last step she took."""
        return [step for step in self.STEPS if getattr(self, step)][-1]
