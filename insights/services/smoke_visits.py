"""How far people go in a smoke test: each once, staff and robots not at all."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from insights.models import Applicant, ApplicantTransition, SmokeTest, SmokeUpload, SmokeVisit
from insights.selectors import smoke as selectors
from insights.services.errors import NotOpen
from recommender.lookers import Looker
from sellers.models import Channel


def note_step(*, smoke: SmokeTest, looker: Looker, step: str, channel: Channel | None = None) -> None:
    """Counts that somebody got as far as ``step`` (of SmokeVisit.STEPS) and so all steps before it; the first time
    counts. The figures of ``channel`` are kept with a first look. One statement for who was here before.
    """
    steps = SmokeVisit.STEPS[: SmokeVisit.STEPS.index(step) + 1]
    if looker.is_known and not _go_on(smoke, looker, steps):
        _begin(smoke, looker, steps, selectors.get_store_figures(channel) if channel else {})


def _go_on(smoke: SmokeTest, looker: Looker, steps: tuple[str, ...]) -> bool:
    """Whether there was a visit to go on with."""
    sets = ", ".join(f"{step} = COALESCE({step}, now())" for step in steps)
    who = "person_id" if looker.person_id else "guest"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE insights_smokevisit SET {sets} WHERE test_id = %s AND {who} = %s",  # noqa: S608 - our own names
            [smoke.pk, looker.person_id or looker.guest],
        )
        return cursor.rowcount > 0


def _begin(smoke: SmokeTest, looker: Looker, steps: tuple[str, ...], store: dict[str, Any]) -> None:
    moments = dict.fromkeys(steps, timezone.now())
    visit = SmokeVisit(test=smoke, **looker.owner, **moments, **store)
    SmokeVisit.objects.bulk_create([visit], ignore_conflicts=True)
    if len(steps) > 1:
        _go_on(smoke, looker, steps)  # where another request of hers was faster


@transaction.atomic
def apply(
    *,
    smoke: SmokeTest,
    looker: Looker,
    answers: dict[str, str],
    uploads: list[SmokeUpload],
    language: str,
    channel: Channel | None = None,
    is_counted: bool = True,
) -> Applicant:
    """Keeps an application; who applied before gets her first one back, unchanged. Raises NotOpen."""
    smoke = SmokeTest.objects.select_for_update(no_key=True).get(pk=smoke.pk)  # the end of the test waits, or was first
    if not smoke.is_open() or not looker.is_known:
        raise NotOpen
    if mine := selectors.get_applicant(smoke, looker):
        return mine
    applicant = Applicant.objects.create(
        test=smoke, channel=channel, answers=answers, language=language, **looker.owner
    )
    ApplicantTransition.objects.create(applicant=applicant, to_state=applicant.state, by=None)
    SmokeUpload.objects.filter(pk__in=[upload.pk for upload in uploads], applicant=None).update(applicant=applicant)
    if is_counted:
        note_step(smoke=smoke, looker=looker, step="submitted_at", channel=channel)
    return applicant


@transaction.atomic
def keep_what_a_guest_did(*, person: User, guest: str) -> None:
    """A guest turned out to be ``person``: her visits and applications are the person's, unless she has her own."""
    applied = Applicant.objects.filter(person=person).values("test")
    Applicant.objects.filter(guest=guest).exclude(test__in=applied).update(person=person, guest="")
    visits = SmokeVisit.objects.filter(guest=guest)
    if not person.is_staff:
        for visit in visits.filter(test__in=SmokeVisit.objects.filter(person=person).values("test")):
            note_step(smoke=visit.test, looker=Looker(person.pk), step=visit.furthest)
            visit.delete()
        visits.update(person=person, guest="")
    visits.delete()
