"""The services a seller is offered: what each does, and how it stands with her channel."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ads.models import Campaign
from core.models import Picture
from core.templatetags.bisat import number
from insights.models import CardMark, SmokeTest
from insights.selectors import smoke as tests
from payments.models import MoneyRequest
from sellers.models import Channel

DAYS = 28


@dataclass(frozen=True, slots=True)
class Service:
    """A live service: the name of its page, which may not be there in this release."""

    key: str
    title: str | Promise
    text: str | Promise
    icon: str
    url_name: str


SERVICES = (
    Service(
        "secure-payment",
        _("Secure payment"),
        _("Buyers pay in the chat; the money is held until the goods arrive, then it is yours."),
        "shield-check",
        "payments:desk",
    ),
    Service(
        "official-ads",
        _("Official ads"),
        _(
            "A thing or your channel, shown where people look for such things. You pay ahead, and get back what was not shown."
        ),
        "megaphone",
        "ads:campaigns",
    ),
    Service(
        "credit-ads",
        _("Credit ads"),
        _("Be seen now and pay later, from what you sell."),
        "hand-coins",
        "ads:credit",
    ),
)


@dataclass(frozen=True, slots=True)
class Card:
    """``url`` is where it leads; ``state`` how it stands with the channel, in words."""

    key: str
    title: str
    text: str
    icon: str
    url: str
    state: str
    is_test: bool = False
    picture: Picture | None = field(default=None, compare=False)


def get_cards(channel: Channel, person: User) -> list[Card]:
    """Live services whose pages exist, then what is tried out and what grew out of that; six queries."""
    states = {**_payments(channel), **_campaigns(channel)}
    live = [
        Card(one.key, str(one.title), str(one.text), one.icon, url, states[one.key])
        for one in SERVICES
        if (url := find_page(one.url_name, channel))
    ]
    taken = {card.key for card in live}
    return live + [card for card in _tests(channel, person) if card.key not in taken]


def find_page(name: str, channel: Channel) -> str:
    """The address of a page of the channel's desk, or of everybody's; empty where no room of this release has it."""
    for arguments in ([channel.handle], []):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return ""


def _payments(channel: Channel) -> dict[str, str]:
    since = timezone.now() - dt.timedelta(days=DAYS)
    paid = MoneyRequest.objects.filter(channel=channel, paid_at__gte=since).count()
    words = (
        gettext("{n} paid in {days} days").format(n=number(paid), days=number(DAYS))
        if paid
        else gettext("Ready to use")
    )
    return {"secure-payment": words}


def _campaigns(channel: Channel) -> dict[str, str]:
    rows = Campaign.objects.filter(channel=channel, status=Campaign.Status.RUNNING).values("funding")
    running = {row["funding"]: row["n"] for row in rows.annotate(n=Count("pk")).order_by()}
    return {
        key: gettext("{n} running").format(n=number(running[funding]))
        if running.get(funding)
        else gettext("Nothing running")
        for key, funding in (("official-ads", Campaign.Funding.PREPAID), ("credit-ads", Campaign.Funding.CREDIT))
    }


def _tests(channel: Channel, person: User) -> list[Card]:
    """A test that became a service stands under the service's key, so that no card of it stands twice."""
    applications = tests.get_applications(person.pk)
    became = SmokeTest.objects.exclude(live_at=None).filter(slots__contains=[SmokeTest.Slot.SERVICES])
    became = became.select_related("picture").prefetch_related("pages").order_by("live_at", "pk")
    found = [*became, *tests.get_open_tests(SmokeTest.Slot.SERVICES, SmokeTest.Target.SELLERS)]
    cards = []
    for test in found:
        mine, page = applications.get(test.pk), test.page
        if page is None:
            continue
        state = (
            mine.get_state_display() if mine else gettext("New") if test.live_at else gettext("Tell us if you want it")
        )
        url = test.live_url or f"{test.get_absolute_url()}?channel={channel.handle}"
        key = test.service if test.live_at and test.service else test.slug
        cards.append(Card(key, page.headline, page.promise, test.icon, url, state, not test.live_at, test.picture))
    return cards


# --- staff
@dataclass(frozen=True, slots=True)
class CardFigures:
    """A day's people by day, oldest first."""

    service: str
    seen: list[int]
    opened: list[int]

    @property
    def seen_total(self) -> int:
        return sum(self.seen)

    @property
    def opened_total(self) -> int:
        return sum(self.opened)

    @property
    def rate(self) -> float:
        return self.opened_total / self.seen_total if self.seen_total else 0.0


def get_card_figures(days: int = DAYS) -> list[CardFigures]:
    """People a day who saw and who opened each card in the last ``days``, most seen first; one query."""
    today = timezone.now().date()
    dates = [today - dt.timedelta(days=back) for back in reversed(range(days))]
    marks = CardMark.objects.filter(day__gte=dates[0]).values_list("service", "kind", "day")
    counts = {tuple(key): n for *key, n in marks.annotate(n=Count("pk")).order_by()}
    services = sorted({service for service, _kind, _day in counts})
    found = [
        CardFigures(service, _row(counts, service, "seen", dates), _row(counts, service, "opened", dates))
        for service in services
    ]
    return sorted(found, key=lambda figures: -figures.seen_total)


def _row(counts: dict[tuple[object, ...], int], service: str, kind: str, dates: Sequence[dt.date]) -> list[int]:
    return [counts.get((service, kind, date), 0) for date in dates]
