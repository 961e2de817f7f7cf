"""A channel: a seller's public, followable page; seen as a business, a store."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from core import markets

HANDLE = re.compile(r"^[a-z0-9][a-z0-9_]{1,28}[a-z0-9]$")
RESERVED_HANDLES = frozenset(
    {
        "admin",
        "bisat",
        "staff",
        "support",
        "help",
        "shop",
        "feed",
        "search",
        "dashboard",
        "accounts",
        "api",
        "static",
        "media",
        "open",
        "services",
    }
)
HUES = 12


class Role(models.TextChoices):
    """What a member of a channel's team may do; each role may do all that the ones below it may."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    AGENT = "agent", _("Agent")
    VIEWER = "viewer", _("Viewer")

    @classmethod
    def at_least(cls, role: "Role") -> list["Role"]:
        """The roles that may do what ``role`` may."""
        ordered = list(cls)
        return ordered[: ordered.index(role) + 1]


class ChannelQuerySet(models.QuerySet["Channel"]):
    def visible(self) -> "ChannelQuerySet":
        """Channels the public sees."""
        return self.filter(state__in=Channel.VISIBLE)

    def in_market(self, code: str) -> "ChannelQuerySet":
        return self.filter(market=code)

    def of_member(self, user_id: int, role: Role = Role.VIEWER) -> "ChannelQuerySet":
        """Channels where the person has at least this role."""
        return self.filter(members__person_id=user_id, members__role__in=Role.at_least(role))


class Channel(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PENDING = "pending", _("Waiting for staff")
        OPEN = "open", _("Open")
        HOLIDAY = "holiday", _("On holiday")
        SUSPENDED = "suspended", _("Suspended")

    VISIBLE = (State.OPEN, State.HOLIDAY)

    handle = models.CharField(
        _("handle"),
        max_length=30,
        validators=[RegexValidator(HANDLE, _("3 to 30 letters a–z, digits and underscores."))],
    )
    name = models.CharField(_("name"), max_length=60)
    tagline = models.CharField(_("what it sells"), max_length=120)
    about = models.TextField(_("about"), max_length=2000, blank=True)
    city = models.CharField(_("city"), max_length=60)
    hue = models.PositiveSmallIntegerField(_("hue"), default=0, validators=[MaxValueValidator(HUES - 1)])
    avatar = models.ForeignKey(
        "core.Picture", verbose_name=_("avatar"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    cover = models.ForeignKey(
        "core.Picture", verbose_name=_("cover"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    market = models.CharField(_("market"), max_length=8, choices=markets.choices)
    language = models.CharField(_("language"), max_length=10)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    verified_at = models.DateTimeField(_("seller checked"), null=True, blank=True)
    public_email = models.EmailField(_("public e-mail"), blank=True)
    public_phone = models.CharField(_("public telephone"), max_length=20, blank=True)
    public_link = models.URLField(_("public link"), blank=True)
    delivery = models.TextField(_("delivery"), max_length=600, blank=True)
    returns = models.TextField(_("returns"), max_length=600, blank=True)
    holiday_from = models.DateTimeField(null=True, blank=True, editable=False)  # None: at once
    holiday_until = models.DateTimeField(null=True, blank=True, editable=False)  # None: until somebody ends it
    holiday_message = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)
    low_stock = models.PositiveIntegerField(
        _("low stock"), default=3, db_default=3
    )  # at most so many left of a thing is few
    follower_count = models.PositiveIntegerField(default=0, editable=False)
    product_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [
            models.UniqueConstraint(Lower("handle"), name="channel_handle_once"),
            models.CheckConstraint(condition=models.Q(hue__lt=HUES), name="channel_hue_known"),
        ]
        indexes = [
            models.Index(
                "market",
                models.F("follower_count").desc(),
                "id",
                name="channel_by_followers",
                condition=models.Q(state__in=["open", "holiday"]),
            ),
            models.Index("state", "created_at", name="channel_queue"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("shop:channel", args=[self.handle])

    @property
    def currency(self) -> str:
        return markets.MARKETS[self.market].currency

    @property
    def city_slug(self) -> str:
        """The city as filters and addresses write it."""
        return slugify(self.city, allow_unicode=True) or "-"

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    def is_visible(self) -> bool:
        return self.state in self.VISIBLE

    @property
    def is_away(self) -> bool:
        """Whether it sells nothing now: a holiday begins and ends by the clock (sellers.selectors.AWAY in SQL)."""
        now = timezone.now()
        return (
            self.state == self.State.HOLIDAY
            and (self.holiday_from is None or self.holiday_from <= now)
            and (self.holiday_until is None or now < self.holiday_until)
        )

    @property
    def shown_state(self) -> "Channel.State":
        """The state as the clock has it: a holiday ahead or over is none."""
        state = self.State(self.state)
        return self.State.OPEN if state == self.State.HOLIDAY and not self.is_away else state

    @property
    def is_holiday_ahead(self) -> bool:
        """Whether a holiday is planned that has not begun."""
        begins = self.holiday_from
        return self.state == self.State.HOLIDAY and begins is not None and begins > timezone.now()

    @property
    def away_on(self) -> dt.date | None:
        """The first day of the holiday on the market's calendar, if it has one."""
        return self._day(self.holiday_from)

    @property
    def back_on(self) -> dt.date | None:
        """The day it sells again on the market's calendar, if it is known."""
        return self._day(self.holiday_until)

    def _day(self, moment: dt.datetime | None) -> dt.date | None:
        return moment and moment.astimezone(ZoneInfo(markets.MARKETS[self.market].time_zone)).date()


class ChannelTransition(models.Model):
    """One change of a channel's state: who, when, why. Never edited."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="transitions")
    from_state = models.CharField(max_length=10, choices=Channel.State.choices, blank=True)
    to_state = models.CharField(max_length=10, choices=Channel.State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class ChannelMember(models.Model):
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("team")
        constraints = [
            models.UniqueConstraint("channel", "person", name="member_once"),
            models.UniqueConstraint("channel", condition=models.Q(role="owner"), name="one_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"


class Follow(models.Model):
    """A person follows a channel; muted, its posts stay out of her feed."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="follows")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    is_muted = models.BooleanField(default=False)
    followed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [models.UniqueConstraint("person", "channel", name="follow_once")]

    def __str__(self) -> str:
        return f"{self.person} → {self.channel}"
