"""What one chunk of an import did, and writing it down in the chunk's own transaction."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from sellers.imports.texts import storable
from sellers.models import Import, ImportRow


@dataclass(slots=True)
class Tally:
    """Counts and records of a chunk; ``until`` is the line or message it ends with."""

    until: int = 0
    unchanged: int = 0
    pictures: int = 0
    rows: list[ImportRow] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def add(self, line: int, outcome: str, reason: str = "", **fields: Any) -> None:
        self.rows.append(ImportRow(line=line, outcome=outcome, reason=storable(reason)[:500], **fields))

    def refuse(self, line: int, reason: str) -> None:
        self.add(line, ImportRow.Outcome.REFUSED, reason)


def write(job: Import, tally: Tally) -> None:
    """Adds the chunk to the import's row, which the caller holds locked."""
    for row in tally.rows:
        row.job = job
    ImportRow.objects.bulk_create(tally.rows)
    counts = Counter(row.outcome for row in tally.rows)
    job.new += counts[ImportRow.Outcome.NEW]
    job.changed += counts[ImportRow.Outcome.CHANGED]
    job.refused += counts[ImportRow.Outcome.REFUSED]
    job.unchanged += tally.unchanged
    job.pictures += tally.pictures
    job.skipped = dict(Counter(job.skipped) + tally.skipped)
    job.position = max(job.position, tally.until)
    job.touched_at = timezone.now()
    job.save()
