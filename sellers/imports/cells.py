"""Makes a seller's own words in a row's cells the ones that the catalogue's reader knows."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.folding import fold
from core.money import plain_amount, to_ascii_digits
from sellers.catalogue.reader import BadRow, Row, build_row
from sellers.imports.prices import read_amount

_IN_STOCK = ["1", "yes", "true", "موجود", "دارد", "بله", "هست", "有", "有貨", "有货", "現貨", "现货", "是"]
_SOLD_OUT = [
    "0",
    "no",
    "false",
    "ناموجود",
    "ندارد",
    "خیر",
    "تمام_شد",
    "تمام",
    "無",
    "缺貨",
    "缺货",
    "售完",
    "售罄",
    "否",
]
_TO_ORDER = ["سفارشی", "سفارش", "پیش\u200cسفارش", "預購", "预购", "接單", "訂製"]
_AVAILABILITY = {
    fold(word).replace("\u200c", "_"): google
    for words, google in ((_IN_STOCK, "in_stock"), (_SOLD_OUT, "out_of_stock"), (_TO_ORDER, "preorder"))
    for word in words
}
_CONDITION = {
    "نو": "new",
    "آکبند": "new",
    "کارکرده": "used",
    "دست_دوم": "used",
    "全新": "new",
    "新": "new",
    "二手": "used",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What all rows of a table share: ``mapping`` names a field, or "", for each column; ``toman`` as of prices."""

    mapping: Sequence[str]
    currency: str
    toman: bool = False


def named(cells: Sequence[str], mapping: Sequence[str]) -> dict[str, str]:
    """The cells by field, each cleaned of what only looks like space."""
    return {field: cell.strip() for field, cell in zip(mapping, cells, strict=False) if field}


def row_of(line: int, cells: Sequence[str], reading: Reading) -> Row:
    """The row these cells describe. Raises BadRow."""
    if len(cells) > len(reading.mapping) and any(cells[len(reading.mapping) :]):
        raise BadRow(_("{cells} cells where the first line has {names}").format(
            cells=len(cells), names=len(reading.mapping)))  # fmt: skip
    cell = dict.fromkeys(("id", "title", "price"), "") | named(cells, reading.mapping)
    for field in ("price", "sale_price"):
        if cell.get(field):
            cell[field] = _amount(field, cell[field], reading)
    cell["quantity"] = _quantity(cell.get("quantity", ""))
    word = _folded(cell.get("availability", ""))
    cell["availability"] = _AVAILABILITY.get(word, cell.get("availability", ""))
    cell["condition"] = _CONDITION.get(_folded(cell.get("condition", "")), cell.get("condition", ""))
    if cell["quantity"] == "0":
        cell["availability"] = cell["availability"] or "out_of_stock"
    cell["id"] = cell["id"] or id_for(cell["title"])
    return build_row(line, cell, reading.currency)


def id_for(title: str) -> str:
    """What tells a thing apart whose seller has no numbers: its title."""
    digest = hashlib.sha256(" ".join(fold(title).split()).encode("utf-8", "replace")).hexdigest()
    return f"t-{digest[:16]}" if title.strip() else ""


def pictures_of(cells: Sequence[str], mapping: Sequence[str]) -> list[str]:
    """The pictures a row names, by link or by file name, in order, each once."""
    cell = named(cells, mapping)
    words = f"{cell.get('image_link', '')}\n{cell.get('additional_image_link', '')}"
    pieces = [piece for part in re.split(r"[\n|;،]", words) for piece in _parts(part)]
    return list(dict.fromkeys(filter(None, pieces)))


def _parts(words: str) -> list[str]:
    """What commas part; those inside of a link belong to it."""
    between = r",(?=\s*https?:)" if "://" in words else ","
    return [piece.strip() for piece in re.split(between, words)]


def _folded(word: str) -> str:
    return re.sub(r"[\s\u200c_-]+", "_", fold(word.strip()))


def _amount(field: str, written: str, reading: Reading) -> str:
    """ "17.95 USD" for whatever way of writing it."""
    price = read_amount(written[:80], reading.currency, toman=reading.toman)
    if price is None:
        raise BadRow(_("{name} is “{value}”; write it like 17.95 {currency}").format(
            name=field, value=written[:40], currency=reading.currency))  # fmt: skip
    return f"{plain_amount(price.minor, price.currency)} {price.currency}"


def _quantity(written: str) -> str:
    digits = re.sub(r"[,\s]", "", to_ascii_digits(written))
    return digits[:-2] if re.fullmatch(r"\d+\.0", digits) else digits
