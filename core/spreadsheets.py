"""Tables that leave for spreadsheets."""

import csv
from collections.abc import Iterable, Sequence

from django.http import StreamingHttpResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones are read alike in East Asia


class _Echo:
    """What csv.writer writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def safe_cell(cell: str) -> str:
    """A cell that no spreadsheet reads as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def csv_response(lines: Iterable[Sequence[object]], name: str) -> StreamingHttpResponse:
    """The lines as a file to keep, in UTF-8 that spreadsheets recognize by its first bytes; one line in memory at a time.

    Cells with people's words go through ``safe_cell`` first: amounts may begin with a minus.
    """
    write = csv.writer(_Echo()).writerow
    body = ("\ufeff" * (number == 0) + write(line) for number, line in enumerate(lines))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)
