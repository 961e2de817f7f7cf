"""Takes a catalogue file into a channel: new rows become published product posts, changed ones are edited."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from accounts.models import User
from sellers import selectors
from sellers.catalogue.reader import BadFile, BadRow, Row, count_lines, read_rows
from sellers.models import Category, Channel
from sellers.services.rows import REFUSED, Job, guess_by_rules, write_rows

CHUNK = 500


@dataclass(slots=True)
class ImportReport:
    """What an import did; ``seconds`` is wall time."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    seconds: float = 0.0

    def add(self, other: "ImportReport") -> None:
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)


def import_catalogue(
    *,
    path: Path,
    channel: Channel,
    author: User,
    category: Category | None = None,
    announce: bool = False,
    stock: int = 1,
    is_checked: bool = False,
    on_progress: Callable[[int], None] | None = None,
    on_error: Callable[[int, str], None] | None = None,
) -> ImportReport:
    """Reads the file row by row; a row is in as a whole or not at all, and running it again changes nothing.

    ``category`` is a leaf for all rows; without one new rows are filed by their words, and a known product stays
    where it is. ``stock`` is what "in stock" means where the file has no quantity: a known product that has some
    keeps its number. ``announce`` shows new posts in followers' feeds; with ``is_checked`` none waits for staff.
    ``on_progress`` gets the line reached, ``on_error`` line and reason of each refused row. Raises BadFile before
    anything is written.
    """
    started = time.monotonic()
    tree, tell = selectors.get_category_tree(), on_error or (lambda *_args: None)
    job = Job(channel, author, category, announce, stock, tree, guess_by_rules(tree), is_checked)
    report = ImportReport()
    for rows in _chunks(_good_rows(job, path, report, tell)):
        report.add(_import_rows(job, rows, tell))
        if on_progress:
            on_progress(rows[-1].line)
    report.rows = report.new + report.changed + report.unchanged + report.refused
    report.seconds = time.monotonic() - started
    return report


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _good_rows(job: Job, path: Path, report: ImportReport, tell: Callable[[int, str], None]) -> Iterator[Row]:
    """The rows that can be read, each id once; the others are reported."""
    seen: dict[str, int] = {}
    for line, row in read_rows(path, job.channel.currency):
        if isinstance(row, Row) and row.id in seen:
            row = BadRow(_("line {n} has the same id").format(n=seen[row.id]))  # noqa: PLW2901
        if isinstance(row, BadRow):
            report.refused += 1
            tell(line, str(row))
            continue
        seen[row.id] = line
        yield row


def _import_rows(job: Job, rows: list[Row], tell: Callable[[int, str], None]) -> ImportReport:
    outcomes = write_rows(job, rows)
    for outcome in outcomes:
        if outcome.kind == REFUSED:
            tell(outcome.line, outcome.reason)
    return ImportReport(**Counter(outcome.kind for outcome in outcomes))


__all__ = ["BadFile", "ImportReport", "count_lines", "import_catalogue"]
