"""Takes a catalogue's rows over: looks at the columns, then writes rows by the mapping the seller agreed to."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from sellers import selectors
from sellers.catalogue.reader import BadRow, Row
from sellers.imports import archives, cells, columns, tables
from sellers.models import Import, Post
from sellers.services import rows as catalogue
from sellers.services.imports import files
from sellers.services.imports.categories import category_guess
from sellers.services.imports.pictures import PictureSource
from sellers.services.imports.tallies import Tally

ROWS, PICTURES = 100, 20  # of a chunk, at most; pictures take their time


@dataclass(slots=True)
class Item:
    """One line of the table: a row or what is wrong with it, and the pictures it names."""

    line: int
    row: Row | BadRow
    pictures: list[str] = field(default_factory=list)


def look_into(job: Import, encoding: str = "") -> dict[str, Any]:
    """What the mapping page needs to know: how the file is written, its header, samples, a guessed mapping.

    Reads the file once to its end, so that nothing of a file that is broken further down is taken over. Raises BadFile.
    """
    with files.local(job.file) as path:
        table, is_certain = tables.look_at(path, encoding)
        header, samples = tables.head(path, table)
        total = max(line for line, _cells in tables.read(path, table))
    return {
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "is_certain": is_certain,
        "header": [name[:80] for name in header],
        "samples": [[cell[:80] for cell in row] for row in samples],
        "mapping": columns.guess(header),
        "header_key": columns.fingerprint(header),
        "total": total,
    }


class CatalogueSource:
    """Reads a job's rows behind its position, stores their pictures, writes them."""

    def __init__(self, job: Import, stack: ExitStack, *, allowed: Any) -> None:
        chosen, tree = job.reading, selectors.get_category_tree()
        self._table = tables.Table(chosen["encoding"], chosen["delimiter"])
        self._mapping: list[str] = chosen["mapping"]
        self._reading = cells.Reading(self._mapping, job.channel.currency, toman=bool(chosen.get("toman")))
        self._path = stack.enter_context(files.local(job.file))
        archive = None
        if job.pictures_file:
            archive = stack.enter_context(archives.open_archive(stack.enter_context(files.local(job.pictures_file))))
        self._pictures = PictureSource(archive, allowed=allowed)
        guess = category_guess(tree)
        fallback = tree.by_id.get(chosen.get("category") or 0)
        self._job = catalogue.Job(
            channel=job.channel,
            author=job.created_by or job.channel.members.get(role="owner").person,
            category=fallback if chosen.get("one_category") else None,
            announce=bool(chosen.get("announce")),
            stock=int(chosen.get("stock", 1)),
            tree=tree,
            guess=lambda row: guess(f"{row.title} {row.brand}", row.kind).leaf or fallback,
        )

    def chunks(self, after: int) -> Iterator[list[Item]]:
        chunk: list[Item] = []
        for item in self._items(after):
            chunk.append(item)
            if len(chunk) >= ROWS or sum(len(one.pictures) for one in chunk) >= PICTURES:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def _items(self, after: int) -> Iterator[Item]:
        """Each id once, also across what was done before ``after``."""
        seen: dict[str, int] = {}
        lines = tables.read(self._path, self._table)
        next(lines)
        for line, row_cells in lines:
            try:
                if row_cells is None:
                    raise BadRow(_("this line cannot be read"))
                row = cells.row_of(line, row_cells, self._reading)
                if row.id in seen:
                    raise BadRow(_("line {n} has the same id").format(n=seen[row.id]))
                seen[row.id] = line
            except BadRow as bad:
                item = Item(line, bad)
            else:
                item = Item(line, row, cells.pictures_of(row_cells, self._mapping))
            if line > after:
                yield item

    def write(self, items: list[Item], stored: dict[int, tuple[list[Any], str]]) -> Tally:
        tally = Tally(until=items[-1].line)
        rows = [item.row for item in items if isinstance(item.row, Row)]
        for item in items:
            if isinstance(item.row, BadRow):
                tally.refuse(item.line, str(item.row))
        kept = {line: found for line, (found, _wrong) in stored.items()}
        for outcome in catalogue.write_rows(self._job, rows, kept):
            wrong = outcome.reason or stored.get(outcome.line, ([], ""))[1]
            if outcome.kind == catalogue.UNCHANGED:
                tally.unchanged += 1
                continue
            if outcome.post_id:
                tally.pictures += len(kept.get(outcome.line, ()))
            tally.add(outcome.line, outcome.kind, wrong, post_id=outcome.post_id, version=outcome.version)
        return tally

    def store(self, items: list[Item]) -> dict[int, tuple[list[Any], str]]:
        """The pictures of rows whose products have none yet, by line; kept even if the rows are refused after all,
        until the night's sweep."""
        asked = {item.row.id: item for item in items if isinstance(item.row, Row) and item.pictures}
        have = Post.objects.filter(
            channel=self._job.channel, product__external_id__in=asked, pictures__isnull=False
        ).values_list("product__external_id", flat=True)
        for known in set(have):
            del asked[known]
        return {item.line: self._pictures.store(item.pictures) for item in asked.values()}
