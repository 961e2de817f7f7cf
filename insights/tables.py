"""Tables of figures: shown in words, given away as CSV."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from core.money import plain_amount
from core.spreadsheets import safe_cell
from core.templatetags.bisat import day, money, number, percent

NOTHING = "–"


class Column(NamedTuple):
    """``kind``: number, text, percent (of parts of 1), day, span (of seconds) or money (minor units and currency)."""

    label: str
    kind: str = "number"

    def words(self, value: Any) -> str:
        return NOTHING if value is None else WORDS[self.kind](value)

    def plain(self, value: Any) -> str:
        """As a spreadsheet reads it, whatever the language; text never as a formula."""
        return "" if value is None else PLAIN[self.kind](value)


class Table(NamedTuple):
    columns: list[Column]
    rows: Sequence[Sequence[Any]]

    @property
    def cells(self) -> list[list[str]]:
        return [[column.words(value) for column, value in zip(self.columns, row, strict=True)] for row in self.rows]


def span(seconds: float) -> str:
    """A span in the unit that fits: seconds, minutes, hours or days."""
    for least, unit, words in (
        (2 * 86_400, 86_400, _("{n} days")),
        (2 * 3600, 3600, _("{n} h")),
        (120, 60, _("{n} min")),
    ):
        if seconds >= least:
            return words.format(n=number(round(seconds / unit)))
    return _("{n} s").format(n=number(round(seconds)))


def part(ratio: float) -> str:
    """A part of 1 in hundredths, small ones with a decimal."""
    small = 0 < ratio < 0.095
    return _("{n}%").format(n=number(round(ratio * 100, 1))) if small else percent(ratio)


WORDS: dict[str, Callable[[Any], str]] = {
    "number": number,
    "text": str,
    "percent": part,
    "day": day,
    "span": span,
    "money": lambda amount: money(*amount),
}
PLAIN: dict[str, Callable[[Any], str]] = {
    "number": str,
    "text": lambda words: safe_cell(str(words)),
    "percent": lambda part: f"{part:.4f}",
    "day": dt.date.isoformat,
    "span": str,
    "money": lambda amount: plain_amount(*amount),
}


def plain_lines(table: Table) -> Iterator[list[str]]:
    """The table as CSV has it: the same figures in any language."""
    yield [safe_cell(column.label) for column in table.columns]
    for row in table.rows:
        yield [column.plain(value) for column, value in zip(table.columns, row, strict=True)]
