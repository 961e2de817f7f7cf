"""Reads a catalogue file row by row: what it says, or why a row cannot be used. Knows nothing of the database."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TextIO

from django.utils.translation import gettext as _

from core import money

MAX_BYTES = 256 * 2**20
MAX_LINES = 2_000_000
LONGEST_LINE = 2**20  # letters
REQUIRED = ("id", "title", "price")
IN_STOCK = {"in_stock", "instock", "limited_availability", "limited_stock"}
SOLD_OUT = {"out_of_stock", "outofstock", "sold_out"}
TO_ORDER = {"preorder", "pre_order", "backorder", "back_order", "available_for_order", "made_to_order"}
CONDITIONS = {"": "new", "new": "new", "used": "used", "refurbished": "refurbished", "like_new": "like-new"}
_AMOUNT = re.compile(r"(?:\d{1,12}|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")


class BadFile(ValueError):
    """The whole file cannot be used; nothing was written."""


class BadRow(ValueError):
    """One row cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one line of the file says. ``stock`` is None for made to order, ``quantity`` None if the file has none."""

    line: int
    id: str
    title: str
    text: str
    price_minor: int
    compare_at_minor: int | None
    is_made_to_order: bool
    is_sold_out: bool
    quantity: int | None
    condition: str
    has_condition: bool  # the file names one
    brand: str
    kind: str  # the file's own words for the category
    values: dict[str, str] = field(default_factory=dict)  # color, size, material as written
    specifications: dict[str, str] = field(default_factory=dict)


def count_lines(path: Path) -> int:
    """Lines of the file; raises BadFile for one that is missing, empty or beyond the limits."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadFile(_("The file is larger than {n} MB. Split it.").format(n=MAX_BYTES // 2**20))
        with path.open("rb") as file:
            head = file.read(4)
            if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise BadFile(_("The file is not UTF-8. Save it as “CSV UTF-8” and try again."))
            lines = _lines_in(file)
    except OSError as error:
        raise BadFile(_("The file cannot be read: {why}.").format(why=error.strerror)) from error
    if not lines:
        raise BadFile(_("The file is empty."))
    if lines > MAX_LINES:
        raise BadFile(_("The file has more than {n} lines. Split it.").format(n=MAX_LINES))
    return lines


def _lines_in(file: BinaryIO) -> int:
    """Counted in blocks: a line may be as long as the file."""
    file.seek(0)
    count, last = 0, b"\n"
    while block := file.read(2**20):
        count, last = count + block.count(b"\n"), block[-1:]
    return count + (last != b"\n")


def _bounded(file: TextIO) -> Iterator[str]:
    count = 0
    while line := file.readline(LONGEST_LINE + 1):
        count += 1
        if len(line) > LONGEST_LINE:
            raise BadFile(_("Line {n} is longer than a line may be.").format(n=count))
        yield line


def _columns(header: list[str]) -> list[str]:
    names = ["_".join(name.strip().lower().split()) for name in header]
    if missing := [name for name in REQUIRED if name not in names]:
        raise BadFile(_("The first line names no column {names}.").format(names=", ".join(missing)))
    if twice := sorted({name for name in names if name and names.count(name) > 1}):
        raise BadFile(_("The first line names a column twice: {names}.").format(names=", ".join(twice)))
    return names


def _open(path: Path) -> TextIO:
    # Bytes that are not UTF-8 come through as lone surrogates and are refused with their row, not with the file.
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def read_rows(path: Path, currency: str) -> Iterator[tuple[int, Row | BadRow]]:
    """(line number, row or what is wrong with it) for each row; prices must be in ``currency``. Raises BadFile."""
    count_lines(path)
    with _open(path) as file:
        first = file.readline(LONGEST_LINE)
        file.seek(0)
        reader = csv.reader(_bounded(file), delimiter="\t" if "\t" in first and "," not in first else ",")
        try:
            names = _columns(next(reader))
        except csv.Error as error:
            raise BadFile(_("The first line cannot be read: {why}.").format(why=error)) from error
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, BadRow(_("this line cannot be read ({why})").format(why=error))
                continue
            if not any(cells):
                continue
            try:
                yield line, _row(line, names, cells, currency)
            except BadRow as bad:
                yield line, bad


def _row(line: int, names: list[str], cells: list[str], currency: str) -> Row:
    if len(cells) != len(names):
        raise BadRow(_("{cells} cells where the first line has {names}").format(cells=len(cells), names=len(names)))
    return build_row(line, {name: value.strip() for name, value in zip(names, cells, strict=True)}, currency)


def build_row(line: int, cell: dict[str, str], currency: str) -> Row:
    """What cells by the names of Google's columns say; id, title and price are among them. Raises BadRow."""
    for name, value in cell.items():
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise BadRow(_("{name} holds bytes that are not text").format(name=name))
    title, text = _title_and_text(cell)
    price, compare_at = _prices(cell, currency)
    to_order, sold_out, quantity = _availability(cell)
    condition = CONDITIONS.get(_word(cell.get("condition", "")))
    if condition is None:
        raise BadRow(_("condition is “{value}”").format(value=cell["condition"][:40]))
    return Row(
        line=line,
        id=_needed(cell, "id", 80),
        title=title,
        text=text,
        price_minor=price,
        compare_at_minor=compare_at,
        is_made_to_order=to_order,
        is_sold_out=sold_out,
        quantity=quantity,
        condition=condition,
        has_condition=bool(cell.get("condition")),
        brand=_cut(cell.get("brand", ""), 80),
        kind=f"{cell.get('product_type', '')} {cell.get('google_product_category', '')}".strip(),
        values={name: cell[name] for name in ("color", "size", "material") if cell.get(name)},
        specifications=_specifications(cell),
    )


def _word(value: str) -> str:
    return re.sub(r"[\s_-]+", "_", value.strip().lower())


def _cut(text: str, limit: int) -> str:
    """At most ``limit`` letters, ended by an ellipsis where something was cut."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def _needed(cell: dict[str, str], name: str, limit: int) -> str:
    if not cell[name]:
        raise BadRow(_("{name} is empty").format(name=name))
    if len(cell[name]) > limit:
        raise BadRow(_("{name} is longer than {n} letters").format(name=name, n=limit))
    return cell[name]


def _title_and_text(cell: dict[str, str]) -> tuple[str, str]:
    """A title of at most 150 letters; a longer one stands in full above the description."""
    title = " ".join(_needed(cell, "title", 500).split())
    text = cell.get("description", "").replace("\\n", "\n")
    if len(text) > 5000:
        raise BadRow(_("{name} is longer than {n} letters").format(name="description", n=5000))
    if len(title) > 150:
        text = f"{title}\n\n{text}"
    return _cut(title, 150), _cut(text.strip(), 4000)


def _amount(name: str, value: str, currency: str) -> int:
    """Minor units of "17.95 USD"."""
    number, _space, code = value.partition(" ")
    if not _AMOUNT.fullmatch(number) or not re.fullmatch("[A-Z]{3}", code.strip()):
        raise BadRow(_("{name} is “{value}”; write it like 17.95 {currency}").format(
            name=name, value=value[:40], currency=currency))  # fmt: skip
    if code.strip() != currency:
        raise BadRow(_("{name} is in {code}; this channel sells in {currency}").format(
            name=name, code=code.strip(), currency=currency))  # fmt: skip
    try:
        minor = money.parse_amount(number, currency)
    except money.NotAnAmount as error:
        raise BadRow(f"{name}: {error}") from None
    if minor == 0:
        raise BadRow(_("{name} is zero").format(name=name))
    return minor


def _prices(cell: dict[str, str], currency: str) -> tuple[int, int | None]:
    """The price now and, if this is a sale, the price before."""
    price = _amount("price", _needed(cell, "price", 40), currency)
    if not cell.get("sale_price"):
        return price, None
    sale = _amount("sale_price", cell["sale_price"], currency)
    return (sale, price) if sale < price else (price, None)


def _availability(cell: dict[str, str]) -> tuple[bool, bool, int | None]:
    """(made to order, sold out, number at hand or None if the file does not say)."""
    word = _word(cell.get("availability", "")) or "in_stock"
    if word not in IN_STOCK | SOLD_OUT | TO_ORDER:
        raise BadRow(_("availability is “{value}”").format(value=cell["availability"][:40]))
    written = cell.get("quantity") or cell.get("inventory") or ""
    if not written or word not in IN_STOCK:
        return word in TO_ORDER, word in SOLD_OUT, None
    if not re.fullmatch(r"[0-9]{1,6}", written):
        raise BadRow(_("quantity is “{value}”").format(value=written[:40]))
    return False, int(written) == 0, int(written)


def _plain(value: str) -> str:
    """A specification's value as people write it."""
    value = " ".join(value.replace("\\n", " ").split())
    value = {"True": "Yes", "False": "No"}.get(value, value)
    return value[:-2] if re.fullmatch(r"-?\d+\.0", value) else value


def _specifications(cell: dict[str, str]) -> dict[str, str]:
    """``product_detail`` as "name: value; name: value"; a piece without a colon belongs to the value before it."""
    found: dict[str, str] = {}
    last = ""
    for piece in cell.get("product_detail", "").split(";"):
        name, colon, value = (part.strip() for part in piece.partition(":"))
        if colon and name and value:
            last = _cut(name[:1].upper() + name[1:], 100)
            found[last] = _cut(_plain(value), 1000)
        elif last and piece.strip():
            found[last] = _cut(f"{found[last]}; {_plain(piece.strip())}", 1000)
    found = dict(list(found.items())[:190])
    for name, label in (("gtin", "GTIN"), ("mpn", "MPN")):
        if cell.get(name):
            found[label] = _cut(cell[name], 100)
    return found
