"""The life of an import: made of an upload, looked at, agreed to, run in chunks by workers, ended."""

import datetime as dt
import logging
import time
from contextlib import ExitStack
from functools import partial
from typing import Any, Protocol

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from core import fetching, limits
from sellers.catalogue.reader import BadFile
from sellers.imports.texts import storable
from sellers.models import Channel, Import, ImportTransition
from sellers.services.errors import NotAllowed
from sellers.services.imports import channels, chats, files, tables, tallies, undoing

logger = logging.getLogger(__name__)
State, Kind = Import.State, Import.Kind
MOST_AT_ONCE = 3  # unfinished imports of a channel
UPLOADS_AN_HOUR = 20
TRIES = 5
KEPT_WAITING = dt.timedelta(days=7)
SOURCES: dict[str, Any] = {
    Kind.CATALOGUE: tables.CatalogueSource,
    Kind.TELEGRAM: chats.ChatSource,
    Kind.CHANNEL: channels.ChannelSource,
}


class Source(Protocol):
    """What knows one kind of file: reads it in chunks, stores pictures outside of any transaction, writes inside."""

    def chunks(self, after: int) -> Any: ...

    def store(self, items: Any) -> Any: ...

    def write(self, items: Any, stored: Any) -> tallies.Tally: ...


def create_import(*, channel: Channel, by: User, upload: UploadedFile, pictures: UploadedFile | None = None) -> Import:
    """Keeps the upload and has a worker look at it. Raises BadFile for what nobody can use, NotAllowed, TooMany."""
    limits.take(f"import:{by.pk}", limit=UPLOADS_AN_HOUR, seconds=3600)
    if channel.imports.filter(state__in=(*Import.WORKING, State.MAPPING)).count() >= MOST_AT_ONCE:
        raise NotAllowed(_("Several imports are under way already. Wait for them, or end one."))
    kept: list[str] = []
    try:
        kept.append(files.keep(upload))
        with files.local(kept[0]) as path:
            kind = files.kind_of(path)
        if pictures and kind == Kind.CATALOGUE:
            kept.append(files.keep(pictures))
            with files.local(kept[1]) as path:
                files.check_pictures(path)
    except BadFile:
        files.forget(*kept)
        raise
    name, pictures_file = (upload.name or "")[-200:], kept[1] if len(kept) > 1 else ""
    job = Import(channel=channel, created_by=by, kind=kind, name=name, size=upload.size or 0)
    job.file, job.pictures_file = kept[0], pictures_file
    with transaction.atomic():
        job.save()
        ImportTransition.objects.create(job=job, to_state=job.state, by=by)
        ask_to_work(job)
    return job


def ask_to_work(job: Import) -> None:
    """Has a worker go on after commit; the sweep finds what the broker loses."""
    from sellers.tasks import work_on_import

    transaction.on_commit(partial(work_on_import.delay, job.pk), robust=True)


def lock(job: Import) -> Import:
    """The import as it is now, ours until the transaction ends."""
    return Import.objects.select_for_update(no_key=True, of=("self",)).select_related("channel").get(pk=job.pk)


def move(job: Import, state: str, by: User | None = None) -> None:
    """Writes the new state, with its row of history; the caller holds the lock."""
    ImportTransition.objects.create(job=job, from_state=job.state, to_state=state, by=by)
    job.state, job.touched_at = state, timezone.now()
    if not job.is_working() and state != State.MAPPING:
        job.ended_at = timezone.now()
        transaction.on_commit(partial(files.forget, job.file, job.pictures_file), robust=True)
        job.file = job.pictures_file = ""
    job.save()


@transaction.atomic
def start_import(*, job: Import, by: User, **chosen: Any) -> Import:
    """Runs a catalogue by the mapping that its seller agreed to. Raises NotAllowed if it is not there to agree on."""
    job = lock(job)
    if job.state != State.MAPPING:
        raise NotAllowed(_("This import has gone on in the meantime."))
    job.reading = job.reading | chosen
    move(job, State.RUNNING, by)
    ask_to_work(job)
    return job


@transaction.atomic
def read_again(*, job: Import, by: User, encoding: str) -> Import:
    """Looks at a table once more in other letters. Raises NotAllowed, BadFile."""
    job = lock(job)
    if job.state != State.MAPPING:
        raise NotAllowed(_("This import has gone on in the meantime."))
    found = storable(tables.look_into(job, encoding))
    _note_columns(job, found)
    job.save()
    return job


@transaction.atomic
def end_import(*, job: Import, by: User) -> Import:
    """Stops an import where it is; what it wrote can be undone. Raises NotAllowed if it has ended."""
    job = lock(job)
    if job.state not in (State.LOOKING, State.MAPPING, State.RUNNING):
        raise NotAllowed(_("This import has ended already."))
    job.problem = _("Stopped by hand.")
    move(job, State.FAILED, by)
    return job


@transaction.atomic
def undo_import(*, job: Import, by: User) -> Import:
    """Takes back what the import wrote and nobody has used since. Raises NotAllowed if there is nothing to undo."""
    job = lock(job)
    if not job.can_undo():
        raise NotAllowed(_("There is nothing to undo."))
    job.position, job.total = 0, job.rows.filter(post__isnull=False).count()
    move(job, State.UNDOING, by)
    ask_to_work(job)
    return job


def work_on(pk: int, *, seconds: float | None = None, allowed: fetching.Allowed = fetching.is_public) -> None:
    """Goes on with an import for about ``seconds``, then asks a worker for the rest. May be called at any time."""
    job = Import.objects.select_related("channel", "created_by").filter(pk=pk).first()
    if job is None or not job.is_working():
        return
    until = time.monotonic() + (settings.CELERY_TASK_TIME_LIMIT / 5 if seconds is None else seconds)
    with translation.override(job.created_by.language if job.created_by else job.channel.language):
        try:
            if job.state == State.LOOKING:
                _look_into(job)
            elif job.state == State.RUNNING:
                _run(job, until, allowed)
            else:
                _undo(job, until)
        except BadFile as problem:
            _fail(job, str(problem))


def _note_columns(job: Import, found: dict[str, Any]) -> None:
    """What was found out about a table; a mapping that was agreed to for the same columns before is taken again."""
    job.header_key, job.total = found.pop("header_key"), found.pop("total")
    known = Import.objects.filter(channel=job.channel, header_key=job.header_key).exclude(pk=job.pk)
    before = known.exclude(state__in=(State.LOOKING, State.MAPPING)).order_by("-pk").first()
    if before and "agreed" in before.reading:
        found |= {name: before.reading[name] for name in before.reading["agreed"]} | {"is_remembered": True}
    job.reading = found


def _look_into(job: Import) -> None:
    looks: dict[str, Any] = {Kind.CATALOGUE: tables, Kind.TELEGRAM: chats, Kind.CHANNEL: channels}
    found = storable(looks[job.kind].look_into(job))
    with transaction.atomic():
        locked = lock(job)
        if locked.state != State.LOOKING:
            return
        if job.kind == Kind.CATALOGUE:
            _note_columns(locked, found)
            move(locked, State.MAPPING)
        else:
            locked.total, locked.reading = found.pop("total"), found
            move(locked, State.RUNNING)
            ask_to_work(locked)


def _run(job: Import, until: float, allowed: fetching.Allowed) -> None:
    """Chunk by chunk: pictures are stored first, then a transaction writes rows, counts and position together."""
    with ExitStack() as stack:
        source: Source = SOURCES[job.kind](job, stack, allowed=allowed)
        for items in source.chunks(job.position):
            stored = source.store(items)
            with transaction.atomic():
                locked = lock(job)
                if locked.state != State.RUNNING or locked.position != job.position:
                    return  # stopped, or another worker is at it
                tallies.write(locked, source.write(items, stored))
            job = locked
            if time.monotonic() > until:
                with transaction.atomic():
                    ask_to_work(job)
                return
    _end(job, State.RUNNING, State.DONE)


def _undo(job: Import, until: float) -> None:
    while True:
        with transaction.atomic():
            locked = lock(job)
            if locked.state != State.UNDOING:
                return
            if not undoing.undo_some(locked):
                break
        if time.monotonic() > until:
            with transaction.atomic():
                ask_to_work(job)
            return
    _end(job, State.UNDOING, State.UNDONE)


@transaction.atomic
def _end(job: Import, come_from: str, to: str) -> None:
    locked = lock(job)
    if locked.state == come_from:
        move(locked, to)


@transaction.atomic
def _fail(job: Import, problem: str) -> None:
    locked = lock(job)
    if locked.is_working():
        locked.problem = problem[:300]
        move(locked, State.FAILED)


def go_on_with_imports() -> int:
    """Asks workers to go on with imports that none has been at for longer than a job may take; returns how many.

    One that stands at the same place for the TRIES-th time is given up.
    """
    lost = timezone.now() - dt.timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT * 1.2)
    jobs = list(Import.objects.working().filter(touched_at__lt=lost).order_by("touched_at")[:100])
    for job in jobs:
        place, tries = job.reading.get("stuck", [None, 0])
        tries = tries + 1 if place == job.position else 1
        if tries >= TRIES:
            logger.error("Import %s stands still at %s", job.pk, job.position)
            _fail(job, _("We could not go on with it. Tell us below."))
            continue
        stuck = job.reading | {"stuck": [job.position, tries]}
        Import.objects.filter(pk=job.pk).update(touched_at=timezone.now(), reading=stuck)
        ask_to_work(job)
    return len(jobs)


def forget_waiting(kept: dt.timedelta = KEPT_WAITING) -> int:
    """Ends imports that nobody agreed to for days; returns how many."""
    old = Import.objects.filter(state=State.MAPPING, touched_at__lt=timezone.now() - kept).order_by("pk")[:100]
    for job in old:
        job.problem = _("Nobody went on with it for a week.")
        with transaction.atomic():
            move(job, State.FAILED)
    return len(old)
