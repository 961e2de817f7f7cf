"""What pages and staff need to know of smoke tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.intervals import wilson
from insights.models import Applicant, SmokeField, SmokeTest, SmokeVisit
from recommender.lookers import Looker
from sellers.models import Category, Channel, Product

COUNTS = {f"all_{step}": Count(step) for step in SmokeVisit.STEPS}
MONTH, YEAR = 30, 365


class Verdict(StrEnum):
    BUILD = "build"
    DO_NOT_BUILD = "do_not_build"
    NOT_ENOUGH = "not_enough"


VERDICTS: dict[Verdict, str | Promise] = {
    Verdict.BUILD: _("Build it"),
    Verdict.DO_NOT_BUILD: _("Do not build it"),
    Verdict.NOT_ENOUGH: _("Not enough yet"),
}


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many people took each step; a later step is never taken by more."""

    seen: int
    called: int
    started: int
    submitted: int

    @property
    def rate(self) -> float:
        """Of those who saw it, who applied."""
        return self.submitted / self.seen if self.seen else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson interval of the rate, 95 %."""
        return wilson(self.submitted, self.seen)


def decide(funnel: Funnel, *, threshold: float, min_visitors: int) -> Verdict:
    """What the numbers say: nothing before ``min_visitors``; then only what the whole interval says."""
    low, high = funnel.interval
    if funnel.seen < min_visitors or low < threshold <= high:
        return Verdict.NOT_ENOUGH
    return Verdict.BUILD if low >= threshold else Verdict.DO_NOT_BUILD


@dataclass(frozen=True, slots=True)
class Segment:
    words: str | Promise
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class Report:
    funnel: Funnel
    verdict: Verdict
    segments: list[tuple[str | Promise, list[Segment]]]  # by what they part people, and the parts


# What parts stores: the column, and each part's words and bounds [from, below).
BOUNDS: dict[str, tuple[str | Promise, list[tuple[str | Promise, int, int | None]]]] = {
    "followers": (
        _("Followers of the store"),
        [(_("under 100"), 0, 100), (_("100 to 999"), 100, 1000), (_("1,000 and more"), 1000, None)],
    ),
    "products": (
        _("Things in the store"),
        [(_("under 10"), 0, 10), (_("10 to 49"), 10, 50), (_("50 and more"), 50, None)],
    ),
    "age_days": (
        _("Age of the store"),
        [(_("under a month"), 0, MONTH), (_("under a year"), MONTH, YEAR), (_("a year and more"), YEAR, None)],
    ),
}


def get_report(smoke: SmokeTest) -> Report:
    """The funnel, what it decides, and the same by segment; three queries."""
    parts = {
        f"{column}_{place}_{step}": Count(step, filter=_between(column, start, end))
        for column, (_words, bounds) in BOUNDS.items()
        for place, (_name, start, end) in enumerate(bounds)
        for step in SmokeVisit.STEPS
    }
    row = smoke.visits.aggregate(**COUNTS, **parts)
    funnel = _funnel(row, "all_")
    segments: list[tuple[str | Promise, list[Segment]]] = [
        (words, [Segment(name, _funnel(row, f"{column}_{place}_")) for place, (name, *_bounds) in enumerate(bounds)])
        for column, (words, bounds) in BOUNDS.items()
    ]
    segments.append((_("Category"), _by_category(smoke)))
    verdict = decide(funnel, threshold=smoke.threshold_percent / 100, min_visitors=smoke.min_visitors)
    return Report(funnel, verdict, [(words, kept) for words, found in segments if (kept := _shown(found))])


def _between(column: str, start: int, end: int | None) -> Q:
    above = Q(**{f"{column}__gte": start})
    return above if end is None else above & Q(**{f"{column}__lt": end})


def _funnel(row: dict[str, Any], prefix: str) -> Funnel:
    return Funnel(*(row[f"{prefix}{step}"] for step in SmokeVisit.STEPS))


def _shown(segments: list[Segment]) -> list[Segment]:
    return [segment for segment in segments if segment.funnel.seen]


def _by_category(smoke: SmokeTest) -> list[Segment]:
    counted: QuerySet[Any] = smoke.visits.filter(category__isnull=False).values("category").annotate(**COUNTS)
    rows: list[dict[str, Any]] = sorted(counted.order_by("category"), key=lambda row: -row["all_seen_at"])
    names = Category.objects.in_bulk([row["category"] for row in rows])
    return [Segment(str(names[row["category"]]), _funnel(row, "all_")) for row in rows]


def get_store_figures(channel: Channel) -> dict[str, int | None]:
    """Followers, things, age in days, and the top category of most of its things, as of now; one query."""
    most = (
        Product.objects.listed()
        .filter(channel=channel)
        .values(root=F("category__path__0"))
        .annotate(n=Count("pk"))
        .order_by("-n", "root")
        .first()
    )
    return {
        "followers": channel.follower_count,
        "products": channel.product_count,
        "age_days": max(0, (timezone.now() - channel.created_at).days),
        "category_id": most["root"] if most else None,
    }


# --- pages
def get_open_tests(slot: str = "", target: str = "") -> list[SmokeTest]:
    """Those that take visitors now, oldest first, with their pages; two queries."""
    tests = SmokeTest.objects.open()
    tests = tests.in_slot(slot) if slot else tests
    tests = tests.filter(target=target) if target else tests
    return list(tests.select_related("picture").prefetch_related("pages").order_by("starts_at", "pk"))


def get_seen_tests() -> QuerySet[SmokeTest]:
    """Those whose pages may be looked at: not drafts."""
    return SmokeTest.objects.exclude(state=SmokeTest.State.DRAFT).select_related("picture").prefetch_related("pages")


def get_applicant(smoke: SmokeTest, looker: Looker) -> Applicant | None:
    if not looker.is_known:
        return None
    who = {"person_id": looker.person_id} if looker.person_id else {"guest": looker.guest}
    return smoke.applicants.filter(**who).first()


def get_applications(person_id: int) -> dict[int, Applicant]:
    """A person's applications by their tests."""
    return {row.test_id: row for row in Applicant.objects.filter(person_id=person_id)}


# --- staff
def stream_applicants(smoke: SmokeTest) -> Iterator[Applicant]:
    """All of them, oldest first, never all in memory."""
    rows = smoke.applicants.select_related("person", "channel").prefetch_related("uploads").order_by("pk")
    return rows.iterator(chunk_size=500)


def get_answer(applicant: Applicant, field: SmokeField) -> str:
    """What she answered, in words: a choice's words, the names of files; ``uploads`` are prefetched."""
    if field.kind == SmokeField.Kind.FILE:
        return ", ".join(upload.name for upload in applicant.uploads.all() if upload.field_key == field.key)
    answer = str(applicant.answers.get(field.key, ""))
    choices = field.choice_list
    is_place = field.kind == SmokeField.Kind.CHOICE and answer.isdigit() and int(answer) < len(choices)
    return choices[int(answer)] if is_place else answer
