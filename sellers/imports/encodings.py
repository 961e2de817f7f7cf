"""Which letters the bytes of a table are: told for certain by marks, else the most likely, for the seller to confirm."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from sellers.catalogue.reader import BadFile

# What a seller may choose among; what spreadsheets in our languages write.
CHOICES = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1256": "Windows-1256 (فارسی، العربية)",
    "gb18030": "GB18030 (简体)",
    "big5": "Big5 (繁體)",
    "cp1252": "Windows-1252",
}
SAMPLE = 256 * 1024
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PERSIAN = re.compile(r"[\u0621-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc]{2,}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-zÀ-ÿ]")


def check_text(path: Path) -> None:
    """Raises BadFile for what is no text by its beginning."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if b"\x00" in head and not head.startswith(_UTF16):
        _without_mark(head)


def guess(path: Path) -> tuple[str, bool]:
    """(encoding, whether it is certain) of a text file. Raises BadFile for one that is no text."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if head.startswith(_UTF16):
        return "utf-16", True
    if b"\x00" in head:
        return _without_mark(head)
    if _is(path, "utf-8"):
        return "utf-8-sig", True
    likely = max(("cp1256", "gb18030", "big5", "cp1252"), key=lambda encoding: _likelihood(head, encoding))
    return likely, False


def _without_mark(head: bytes) -> tuple[str, bool]:
    """UTF-16 of mostly Latin text has every other byte zero; other bytes of zero are no text."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 5 and min(even, odd) * 20 < max(even, odd):
        return ("utf-16-le" if odd > even else "utf-16-be"), True
    raise BadFile(_("This file is neither a table in text (CSV), nor an XLSX, nor a ZIP."))


def _is(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(SAMPLE):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _likelihood(head: bytes, encoding: str) -> float:
    """The share of the letters beyond ASCII that make sense in a language written so; -1 where bytes have no letter."""
    whole = head[: head.rfind(b"\n") + 1] or head
    try:
        text = whole.decode(encoding)
    except UnicodeDecodeError:
        return -1
    foreign = sum(letter > "\x7f" for letter in text) or 1
    if encoding == "cp1256":
        return sum(map(len, _PERSIAN.findall(text))) / foreign
    if encoding == "cp1252":
        return 0.4 * len([letter for letter in _LATIN.findall(text) if letter > "\x7f"]) / foreign
    # Common characters come first in both sets, so nonsense falls among the rare ones.
    common = sum(1 for letter in _HAN.findall(text) if _is_common(letter, encoding))
    return common / foreign


def _is_common(letter: str, encoding: str) -> bool:
    first, *_second = letter.encode(encoding)
    return 0xB0 <= first <= 0xD7 if encoding == "gb18030" else 0xA4 <= first <= 0xC6


def read_lines(path: Path, encoding: str, longest: int) -> Iterator[str]:
    """The lines with their ends; none longer than ``longest`` letters is ever held. Raises BadFile.

    UTF-8 that breaks off comes as lone surrogates, so that its row is refused and not the file.
    """
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        count = 0
        try:
            while line := file.readline(longest + 1):
                count += 1
                if len(line) > longest:
                    raise BadFile(_("Line {n} is longer than a line may be.").format(n=count))
                yield line
        except UnicodeError as error:
            raise BadFile(_("The file cannot be read as {name}.").format(name=encoding)) from error
