"""A table that somebody sent, CSV or XLSX, as rows of words; nothing is read whole."""

import csv
import datetime as dt
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _

from core.templatetags.bisat import number
from sellers.catalogue.reader import BadFile
from sellers.imports import archives, encodings

MAX_ROWS = 200_000
MAX_COLUMNS = 200
LONGEST_LINE = 256 * 1024  # letters
LONGEST_ROW = 512 * 1024  # of the lines a quoted cell may run over
MAX_STRINGS = 48 * 2**20  # bytes of a spreadsheet's own dictionary, which is read whole
LONGEST_GAP = 1000  # empty rows of a spreadsheet, behind which nothing is looked for
SAMPLES = 3
Cells = list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """How to read it: ``encoding`` and ``delimiter`` are empty for a spreadsheet."""

    encoding: str = ""
    delimiter: str = ""


def is_spreadsheet(path: Path) -> bool:
    if not archives.is_archive(path):
        return False
    with archives.open_archive(path) as archive:
        return "xl/workbook.xml" in archive.namelist()


def look_at(path: Path, encoding: str = "") -> tuple[Table, bool]:
    """(how to read it, whether its letters are certain); a given ``encoding`` is. Raises BadFile."""
    if is_spreadsheet(path):
        return Table(), True
    certain = bool(encoding)
    if not encoding:
        encoding, certain = encodings.guess(path)
    first = next(encodings.read_lines(path, encoding, LONGEST_LINE), "")
    counts = {sign: first.count(sign) for sign in (",", ";", "\t", "؛")}
    return Table(encoding, max(counts, key=lambda sign: counts[sign])), certain


def read(path: Path, table: Table) -> Iterator[tuple[int, Cells | None]]:
    """(line, its cells) from the header on; None for a line that cannot be read. Empty lines are left out.

    Raises BadFile for what is larger than a table may be.
    """
    rows = _csv(path, table) if table.encoding else _spreadsheet(path)
    for count, (line, cells) in enumerate(rows):
        if count > MAX_ROWS:
            raise BadFile(_("The table has more than {n} rows. Split it.").format(n=number(MAX_ROWS)))
        if cells is not None and len(cells) > MAX_COLUMNS:
            raise BadFile(_("The table has more than {n} columns.").format(n=number(MAX_COLUMNS)))
        if cells is None or any(cells):
            yield line, cells


def head(path: Path, table: Table) -> tuple[Cells, list[Cells]]:
    """The header and the first rows below it. Raises BadFile for a file without both."""
    rows: list[Cells] = []
    for _line, cells in read(path, table):
        if cells is None:
            raise BadFile(_("The first lines cannot be read. Save the table as CSV again."))
        rows.append(cells)
        if len(rows) > SAMPLES:
            break
    if len(rows) < 2:
        raise BadFile(_("The table has no rows below its first line."))
    return rows[0], rows[1:]


def _bounded(lines: Iterable[str], taken: list[int]) -> Iterator[str]:
    """The lines; ``taken`` counts the letters of the row under way."""
    for line in lines:
        taken[0] += len(line)
        if taken[0] > LONGEST_ROW:
            raise BadFile(_("A row is longer than a row may be; a quotation mark may be missing."))
        yield line


def _csv(path: Path, table: Table) -> Iterator[tuple[int, Cells | None]]:
    taken = [0]
    lines = encodings.read_lines(path, table.encoding, LONGEST_LINE)
    reader = csv.reader(_bounded(lines, taken), delimiter=table.delimiter)
    while True:
        line, taken[0] = reader.line_num + 1, 0
        try:
            yield line, [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            yield line, None


def _spreadsheet(path: Path) -> Iterator[tuple[int, Cells | None]]:
    """The first sheet; what a formula shows, not the formula."""
    import openpyxl  # here: it is a sixth of what a program waits for at its start, and few send spreadsheets
    from openpyxl.utils.exceptions import InvalidFileException

    with archives.open_archive(path) as archive:
        large = [
            e for e in archive.infolist() if not e.filename.startswith("xl/worksheets/") and e.file_size > MAX_STRINGS
        ]
        if large:
            raise BadFile(_("The spreadsheet holds too much text. Save it as CSV."))
    try:
        # By its content: a path is judged by its ending, and what is stored has none.
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that nobody reads here
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            gap = 0
            for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                if line > MAX_ROWS + 1:
                    raise BadFile(_("The table has more than {n} rows. Split it.").format(n=number(MAX_ROWS)))
                gap = 0 if any(cell is not None for cell in cells) else gap + 1
                if gap > LONGEST_GAP:
                    return
                yield line, _trimmed([_word(cell) for cell in cells])
    except (InvalidFileException, DefusedXmlException, ParseError, zipfile.BadZipFile) as error:
        raise BadFile(_("The spreadsheet cannot be read. Save it as XLSX or CSV again.")) from error
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError) as error:
        if isinstance(error, BadFile):
            raise
        raise BadFile(_("The spreadsheet cannot be read. Save it as XLSX or CSV again.")) from error


def _trimmed(cells: Cells) -> Cells:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _word(cell: object) -> str:
    """A cell as its sheet shows it: whole numbers without a point, days without a midnight."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    return str(cell).strip()[:LONGEST_LINE]
