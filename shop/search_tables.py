"""Tables of queries and what must come first: run by staff against their market, and by the tests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sellers.models import Product
from shop import search

MOST_ROWS = 500


class NotATable(ValueError):
    """The message names the line that is not understood."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"{line}: {text[:60]}")
        self.line, self.text = line, text


@dataclass(frozen=True, slots=True)
class Row:
    """A query, and the products of which one must come first, by number or title."""

    query: str
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    row: Row
    first: Product | None

    @property
    def is_right(self) -> bool:
        return self.first is not None and bool({str(self.first.pk), self.first.title}.intersection(self.row.wanted))


def read_table(text: str) -> list[Row]:
    """Lines ``query <tab> product [<tab> product ...]``; empty lines and those that begin with # are left out.

    Raises NotATable.
    """
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            query, *wanted = (part.strip() for part in line.split("\t"))
            if not query or not any(wanted):
                raise NotATable(number, line)
            rows.append(Row(query, tuple(filter(None, wanted))))
    if len(rows) > MOST_ROWS:
        raise NotATable(MOST_ROWS + 1, rows[MOST_ROWS].query)
    return rows


def run_table(rows: Sequence[Row], market: str) -> list[Outcome]:
    """What came first for each row."""
    found = [search.search(row.query, market, limit=1).products.rows for row in rows]
    products = _products(page[0].id for page in found if page)
    return [Outcome(row, products[page[0].id] if page else None) for row, page in zip(rows, found, strict=True)]


def _products(ids: Iterable[int]) -> dict[int, Product]:
    return Product.objects.in_bulk(list(ids))
