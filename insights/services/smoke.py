"""A smoke test's life: started, ended, turned into the live service; and what its applicants are told."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, outbox
from insights.models import Applicant, ApplicantTransition, SmokeField, SmokeTest, SmokeTransition
from insights.models.smoke import SETTLED
from insights.services.errors import NeedsWords, NotAllowed, NotReady, WrongState
from news import services as news

State = SmokeTest.State
CARRY = "insights.carry_over"  # topic of the outbox
WAITING = (Applicant.State.RECEIVED, Applicant.State.CHECKING)
NEWS = {
    Applicant.State.CHECKING: "smoke_checking",
    Applicant.State.LIVE: "smoke_live",
    Applicant.State.NOT_BUILT: "smoke_not_built",
}


def _staff(by: User) -> None:
    if not by.is_staff:
        raise NotAllowed


def _lock(smoke: SmokeTest, *states: str) -> SmokeTest:
    locked = SmokeTest.objects.select_for_update(no_key=True).get(pk=smoke.pk)
    if locked.state not in states:
        raise WrongState
    return locked


def _move(smoke: SmokeTest, to: str, by: User | None, reason: str = "") -> None:
    """Writes a state and its transition; the same state again says that the ended test lives on."""
    SmokeTransition.objects.create(test=smoke, from_state=smoke.state, to_state=to, by=by, reason=reason)
    smoke.state = to
    smoke.save(update_fields=["state", "ends_at", "live_at", "live_url"])


def what_it_lacks(smoke: SmokeTest) -> list[str]:
    """Sentences about what visitors would miss; none when it can start."""
    lacks, pages = [], {page.language for page in smoke.pages.all()}
    lacks += [
        _("There is no landing page in {language}.").format(language=name)
        for code, name in settings.LANGUAGES
        if code not in pages
    ]
    fields = list(smoke.fields.all())
    if not fields:
        lacks.append(_("The form asks nothing."))
    if not smoke.slots:
        lacks.append(_("No place leads to it."))
    return lacks + [sentence for field in fields for sentence in _lacking(field)]


def _lacking(field: SmokeField) -> list[str]:
    codes = [code for code, _name in settings.LANGUAGES]
    lacks = []
    if not all(field.labels.get(code) for code in codes):
        lacks.append(_("{question} has no words in one of the languages.").format(question=field))
    lengths = {len(field.choices.get(code) or []) for code in codes}
    if field.kind == SmokeField.Kind.CHOICE and (len(lengths) > 1 or min(lengths) < 2):
        lacks.append(_("{question} needs the same two or more choices in each language.").format(question=field))
    return lacks


@transaction.atomic
def start_test(*, smoke: SmokeTest, by: User) -> SmokeTest:
    """Takes visitors from ``starts_at`` on; what decides it is settled from now on. Raises NotAllowed, WrongState,
    NotReady."""
    _staff(by)
    smoke = _lock(smoke, State.DRAFT)
    if lacks := what_it_lacks(smoke):
        raise NotReady(" ".join(lacks))
    if smoke.ends_at and smoke.ends_at <= timezone.now():
        raise NotReady(_("It would end before it starts."))
    _move(smoke, State.RUNNING, by)
    audit.log(actor=by, verb="started", subject=smoke, data=_decides(smoke))
    return smoke


def _decides(smoke: SmokeTest) -> dict[str, Any]:
    return {name: getattr(smoke, name) for name in SETTLED}


@transaction.atomic
def end_test(*, smoke: SmokeTest, by: User | None, reason: str = "") -> SmokeTest:
    """Takes no more visitors; ``by`` is None when its time is over. Raises NotAllowed, WrongState."""
    if by is not None:
        _staff(by)
    smoke = _lock(smoke, State.RUNNING)
    _end(smoke, by, reason)
    return smoke


def _end(smoke: SmokeTest, by: User | None, reason: str) -> None:
    now = timezone.now()
    smoke.ends_at = max(min(smoke.ends_at or now, now), smoke.starts_at + dt.timedelta(seconds=1))
    _move(smoke, State.ENDED, by, reason)
    audit.log(actor=by, verb="ended", subject=smoke, reason=reason)


def end_overdue() -> int:
    """Ends the tests whose time is over; returns how many."""
    overdue = list(SmokeTest.objects.overdue())
    for smoke in overdue:
        end_test(smoke=smoke, by=None)
    return len(overdue)


@transaction.atomic
def turn_live(*, smoke: SmokeTest, by: User, url: str) -> SmokeTest:
    """Ends the test and leads its entries to the live service at ``url``, a path of this site. Each applicant still
    waiting is handed over (insights.services.carrying) and told by the outbox, each in a transaction of her own.

    Raises NotAllowed, WrongState, NotReady for another site's address.
    """
    _staff(by)
    smoke = _lock(smoke, State.RUNNING, State.ENDED)
    if smoke.live_at:
        raise WrongState
    if not url.startswith("/") or url.startswith(("//", "/\\")):
        raise NotReady(_("The address of the live service begins with one slash."))
    if smoke.state == State.RUNNING:
        _end(smoke, by, "")
    smoke.live_at, smoke.live_url = timezone.now(), url
    _move(smoke, State.ENDED, by, _("It is a live service now."))
    audit.log(actor=by, verb="turned live", subject=smoke, data={"url": url})
    for pk in smoke.applicants.filter(state__in=WAITING).values_list("pk", flat=True).order_by("pk"):
        outbox.put(CARRY, {"applicant": pk}, key=str(pk))
    return smoke


# --- applicants
@transaction.atomic
def move_applicant(*, applicant: Applicant, to: str, by: User | None, words: str = "", live_url: str = "") -> Applicant:
    """Says where an application stands, in ``words`` of staff, and tells the applicant if she is a person.

    Raises NotAllowed, NeedsWords (not built says why), WrongState.
    """
    if by is not None:
        _staff(by)
    applicant = (
        Applicant.objects.select_for_update(no_key=True, of=("self",)).select_related("test").get(pk=applicant.pk)
    )
    if (applicant.state, to) not in Applicant.MOVES:
        raise WrongState
    if to == Applicant.State.NOT_BUILT and not words.strip():
        raise NeedsWords
    _note(applicant, to, by, words)
    applicant.state, applicant.words, applicant.live_url = to, words, live_url
    applicant.save(update_fields=["state", "words", "live_url"])
    _tell(applicant)
    return applicant


def _note(applicant: Applicant, to: str, by: User | None, words: str) -> None:
    before = applicant.state if applicant.state != to else ""
    ApplicantTransition.objects.create(applicant=applicant, from_state=before, to_state=to, by=by, words=words)


def _tell(applicant: Applicant) -> None:
    if applicant.person is None:
        return
    news.notify(
        person=applicant.person,
        kind=NEWS[Applicant.State(applicant.state)],
        params={"service": headline(applicant), "words": applicant.words},
        url=applicant.get_absolute_url(),
        key=f"smoke:{applicant.pk}:{applicant.state}",
    )


def headline(applicant: Applicant) -> str:
    """What the applicant saw the service called."""
    with translation.override(applicant.language):
        page = applicant.test.page
    return page.headline if page else applicant.test.name


def move_applicants(*, applicants: QuerySet[Applicant], to: str, by: User, words: str = "") -> int:
    """Moves those that may be moved, each in a transaction of its own; returns how many. Raises NotAllowed, NeedsWords."""
    _staff(by)
    may = [before for before, after in Applicant.MOVES if after == to]
    moved = 0
    for applicant in applicants.filter(state__in=may).order_by("pk"):
        try:
            move_applicant(applicant=applicant, to=to, by=by, words=words)
        except WrongState:  # somebody else was faster
            continue
        moved += 1
    return moved
