"""Everything that is kept of a person, as an archive for her: JSON by room, and her pictures beside it."""

import json
import logging
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone, translation

from accounts import tasks
from accounts.models import DataExport, User
from core import audit, limits, outbox, personal_data
from core.models import Picture, new_key

logger = logging.getLogger(__name__)
State = DataExport.State
A_DAY, SECONDS = 3, 24 * 60 * 60


@transaction.atomic
def ask_for_export(*, person: User) -> DataExport:
    """Has an archive made; the one being made already if there is one. Raises TooMany after A_DAY of them in a day."""
    User.objects.select_for_update().get(pk=person.pk)
    if at_work := DataExport.objects.filter(person=person, state=State.WAITING).first():
        return at_work
    limits.take(f"export:{person.pk}", limit=A_DAY, seconds=SECONDS)
    export = DataExport.objects.create(person=person)
    audit.log(actor=person, verb="asked_for_data", subject=person)
    transaction.on_commit(tasks.make_exports.delay)
    return export


def make_exports(*, limit: int) -> int:
    """Makes at most ``limit`` archives that were asked for, the oldest first; returns how many were tried."""
    waiting = list(DataExport.objects.filter(state=State.WAITING).order_by("pk").values_list("pk", flat=True)[:limit])
    for pk in waiting:
        try:
            make_export(pk=pk)
        except Exception:
            logger.exception("Data export %s failed", pk)
            DataExport.objects.filter(pk=pk, state=State.WAITING).update(state=State.FAILED)
    return len(waiting)


@transaction.atomic
def make_export(*, pk: int) -> None:
    """Writes the archive and says so; nothing if another worker is at it, or was."""
    waiting = DataExport.objects.select_for_update(skip_locked=True, of=["self"]).select_related("person")
    export = waiting.filter(pk=pk, state=State.WAITING).first()
    if export is None:
        return
    with tempfile.TemporaryFile() as file, translation.override(export.person.language):
        _write(export.person, file)
        export.size = file.tell()
        file.seek(0)
        export.file = storages["private"].save(f"exports/{new_key()}{new_key()}.zip", File(file))
    export.state, export.ready_at = State.READY, timezone.now()
    export.expires_at = export.ready_at + timedelta(days=settings.EXPORT_DAYS)
    export.save()
    outbox.put("accounts.export_ready", {"export": export.pk}, key=str(export.pk))


def forget_exports() -> int:
    """Deletes archives that were kept long enough; returns how many."""
    old = DataExport.objects.filter(state=State.READY, expires_at__lte=timezone.now())
    return sum(forget_export(export) for export in old.order_by("pk"))


def forget_export(export: DataExport) -> bool:
    """Its file goes; the row says that there was one."""
    if export.file:
        storages["private"].delete(export.file)
    return bool(DataExport.objects.filter(pk=export.pk, state=State.READY).update(state=State.GONE, file=""))


def _write(person: User, file: IO[bytes]) -> None:
    contents = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for kept in personal_data.everything_kept():
            if kept.is_given:
                rows = _write_rows(archive, f"{kept.name}.json", personal_data.given_rows(kept, person))
                contents.append({"file": f"{kept.name}.json", "what": str(kept.label), "rows": rows})
            for picture in personal_data.given_pictures(kept, person):
                _write_picture(archive, f"{kept.room}/pictures/{picture.key}.webp", picture)
        archive.writestr("contents.json", json.dumps(contents, ensure_ascii=False, indent=2))


def _write_rows(archive: zipfile.ZipFile, name: str, rows: Iterable[dict[str, Any]]) -> int:
    """Row by row, so that a long life here needs no more memory than a short one."""
    count = 0
    with archive.open(name, "w") as part:
        part.write(b"[")
        for count, row in enumerate(rows, start=1):
            text = json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
            part.write(b",\n"[count == 1 :] + text.encode())
        part.write(b"]\n")
    return count


def _write_picture(archive: zipfile.ZipFile, name: str, picture: Picture) -> None:
    """As we keep it; one whose file is lost is left out."""
    try:
        with picture.storage.open(picture.master_name) as file:
            archive.writestr(zipfile.ZipInfo(name), file.read())
    except FileNotFoundError:
        return
