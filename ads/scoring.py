"""The first check of a credit application: what a channel's own history says, in points that are all explained.

It suggests and never decides. More of what is good never lowers the score, more of what is bad never raises it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import format_money, localize_digits, localize_number

ENOUGH = 10  # completed payments; before, rates say nothing and give nothing
TURNOVER_DAYS = 180
# Turnover of TURNOVER_DAYS, in minor units, that gives all points; and the step suggested limits are rounded down to.
FULL_TURNOVER = {"USD": 20_000_00, "EUR": 20_000_00, "IRR": 10_000_000_000, "TWD": 600_000}
LIMIT_STEP = {"USD": 10_00, "EUR": 10_00, "IRR": 5_000_000, "TWD": 300}
AGE, COMPLETED, TURNOVER, FOLLOWERS, DISPUTES, REFUNDS, REPAID = 15, 25, 20, 10, 15, 10, 5  # together 100
LATE, WRITTEN_OFF = -10, -40  # each
LEAST_SCORE = 20  # below it nothing is suggested; people decide all the same


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a channel; rates in hundredths of a percent of its paid requests, amounts in minor units.

    ``on_time``, ``late`` and ``written_off`` count its earlier statements of ads.
    """

    currency: str
    age_days: int = 0
    completed: int = 0
    dispute_basis_points: int = 0
    refund_basis_points: int = 0
    turnover_minor: int = 0
    followers: int = 0
    on_time: int = 0
    late: int = 0
    written_off: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """``points`` of at most ``most`` (0 where there are only points to lose) for a fact's ``value``."""

    fact: str
    value: int
    points: int
    most: int
    currency: str = ""

    def pack(self) -> dict[str, Any]:
        """JSON-safe, for ``unpack``."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def words(self) -> str:
        """The fact in the reader's language."""
        return _WORDS[self.fact](self)


@dataclass(frozen=True, slots=True)
class Verdict:
    score: int
    reasons: list[Reason]
    suggested_limit_minor: int


def unpack(reasons: Iterable[dict[str, Any]]) -> list[Reason]:
    return [Reason(**reason) for reason in reasons]


def _part(value: int, full: int, most: int) -> int:
    """Points in proportion, all of them from ``full`` on."""
    return most * min(max(value, 0), full) // full


def check(facts: Facts) -> Verdict:
    """The score (0 to 100) with a reason for each fact, and the limit it suggests."""
    says_rates = facts.completed >= ENOUGH
    reasons = [
        Reason("age", facts.age_days, _part(facts.age_days, 365, AGE), AGE),
        Reason("completed", facts.completed, _part(facts.completed, 100, COMPLETED), COMPLETED),
        Reason(
            "turnover",
            facts.turnover_minor,
            _part(facts.turnover_minor, FULL_TURNOVER[facts.currency], TURNOVER),
            TURNOVER,
            facts.currency,
        ),
        Reason("followers", facts.followers, _part(facts.followers, 1000, FOLLOWERS), FOLLOWERS),
        _rate("disputes", facts.dispute_basis_points, 10_00, DISPUTES, says_rates),
        _rate("refunds", facts.refund_basis_points, 20_00, REFUNDS, says_rates),
        Reason("on_time", facts.on_time, _part(facts.on_time, 3, REPAID), REPAID),
        Reason("late", facts.late, LATE * facts.late, 0),
        Reason("written_off", facts.written_off, WRITTEN_OFF * facts.written_off, 0),
    ]
    score = min(100, max(0, sum(reason.points for reason in reasons)))
    return Verdict(score, reasons, _suggest(facts, score))


def _rate(fact: str, value: int, worst: int, most: int, is_known: bool) -> Reason:
    """All points without any, none from ``worst`` on, and none while too little is known."""
    return Reason(fact, value, _part(worst - value, worst, most) if is_known else 0, most)


def _suggest(facts: Facts, score: int) -> int:
    """At the full score half of what it turns over in a month, in round steps."""
    if score < LEAST_SCORE:
        return 0
    step = LIMIT_STEP[facts.currency]
    return facts.turnover_minor * 30 * score // (2 * 100 * TURNOVER_DAYS) // step * step


def _counted(singular: str, plural: str, n: int) -> str:
    return localize_digits(ngettext(singular, plural, n).format(n=n))


def _percent(basis_points: int) -> str:
    return localize_number(f"{basis_points / 100:g}%")


_WORDS = {
    "age": lambda r: _counted("Open for {n} day", "Open for {n} days", r.value),
    "completed": lambda r: _counted("{n} completed secure payment", "{n} completed secure payments", r.value),
    "turnover": lambda r: _("{money} turned over in 180 days").format(money=format_money(r.value, r.currency)),
    "followers": lambda r: _counted("{n} follower", "{n} followers", r.value),
    "disputes": lambda r: _("{rate} of payments disputed").format(rate=_percent(r.value)),
    "refunds": lambda r: _("{rate} of payments refunded").format(rate=_percent(r.value)),
    "on_time": lambda r: _counted("{n} statement repaid on time", "{n} statements repaid on time", r.value),
    "late": lambda r: _counted("{n} statement repaid late", "{n} statements repaid late", r.value),
    "written_off": lambda r: _counted("{n} statement written off", "{n} statements written off", r.value),
}
