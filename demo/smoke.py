"""The case study's smoke test: 8,000 sellers saw credit ads offered before there were any, and 3,000 applied."""

import datetime as dt
import random

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from insights import services
from insights.models import Applicant, ApplicantTransition, SmokeTest, SmokeVisit
from sellers.models import Category

SEED = 1403
SLUG = "credit-ads"
VISITS = 8_000
OF = 40  # of so many visitors in a row
CALLED, STARTED, SUBMITTED = 22, 18, 15  # went on to the form, began it, sent it
DAYS = 21


@transaction.atomic
def fill_smoke_test(*, by: User) -> SmokeTest:
    """Visits and applications of nobody's: guests of three weeks. Does nothing where the test has visitors already."""
    services.load_smoke_tests()
    smoke = SmokeTest.objects.get(slug=SLUG)
    if smoke.visits.exists():
        return smoke
    smoke.starts_at = timezone.now() - dt.timedelta(days=DAYS)
    smoke.save(update_fields=["starts_at"])
    if smoke.state == SmokeTest.State.DRAFT:
        smoke = services.start_test(smoke=smoke, by=by)
    dice = random.Random(SEED)
    categories = list(Category.objects.roots().order_by("pk"))
    SmokeVisit.objects.bulk_create(_visit(smoke, n, dice, categories) for n in range(VISITS))
    applicants = Applicant.objects.bulk_create(
        Applicant(test=smoke, guest=f"case-{n}", answers=_answers(dice), language="en")
        for n in range(VISITS)
        if n % OF < SUBMITTED
    )
    ApplicantTransition.objects.bulk_create(
        ApplicantTransition(applicant=applicant, to_state=applicant.state) for applicant in applicants
    )
    return smoke


def _visit(smoke: SmokeTest, n: int, dice: random.Random, categories: list[Category]) -> SmokeVisit:
    seen = smoke.starts_at + dt.timedelta(days=DAYS * dice.random())
    step = dt.timedelta(seconds=dice.randint(5, 90))
    return SmokeVisit(
        test=smoke,
        guest=f"case-{n}",
        seen_at=seen,
        called_at=seen + step if n % OF < CALLED else None,
        started_at=seen + 2 * step if n % OF < STARTED else None,
        submitted_at=seen + 5 * step if n % OF < SUBMITTED else None,
        followers=round(dice.lognormvariate(5, 1.5)),
        products=dice.randint(1, 90),
        age_days=dice.randint(3, 900),
        category=dice.choice(categories),
    )


def _answers(dice: random.Random) -> dict[str, str]:
    return {"amount": str(dice.randrange(20, 500, 10)), "what": str(dice.randrange(3))}
