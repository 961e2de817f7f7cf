"""Opens a ZIP that somebody sent, once all it claims about itself is within bounds."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from core.templatetags.bisat import number
from sellers.catalogue.reader import BadFile

MAX_ENTRIES = 60_000
MAX_INDEX = 16 * 2**20  # bytes of the list of names, which is read whole
MAX_UNPACKED = 2 * 2**30
MAX_RATIO = 200  # text of a chat packs 10 times, zeros a thousand times
RATIO_FROM = 2**20  # below this an entry may be packed as well as it likes
_END, _END64 = b"PK\x05\x06", b"PK\x06\x07"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


def is_archive(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _check_index(path: Path) -> None:
    """The list of names at the end of the file is of a size we can read; raises BadFile."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_557))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise BadFile(_("This ZIP is broken off. Upload it again."))
    _count, size = struct.unpack("<10xHI6x", tail[at : at + 22])
    if _END64 in tail[max(0, at - 20) : at] or size > MAX_INDEX:
        raise BadFile(_("This ZIP holds too many files. Split it."))


def _check_name(info: zipfile.ZipInfo) -> None:
    name = info.filename
    parts = PurePosixPath(name).parts
    is_outside = name.startswith(("/", "\\")) or ".." in parts or "\\" in name or ":" in name.split("/")[0]
    if is_outside or not name.isprintable() or len(name) > 500:
        raise BadFile(_("This ZIP holds a file whose name leads outside of it: {name}.").format(name=repr(name[:60])))
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadFile(_("This ZIP holds a link instead of a file: {name}.").format(name=name[:60]))
    if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
        raise BadFile(_("This ZIP is locked or packed in a way we do not read. Pack it again without a password."))


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise BadFile(_("This ZIP holds too many files. Split it."))
    bombs = [e for e in entries if e.file_size > RATIO_FROM and e.file_size > MAX_RATIO * max(1, e.compress_size)]
    total = sum(entry.file_size for entry in entries)
    if bombs:
        name = bombs[0].filename[:60]
        raise BadFile(_("This ZIP holds a file that unpacks to hundreds of times its size: {name}.").format(name=name))
    if total > MAX_UNPACKED:
        raise BadFile(_("This ZIP unpacks to far more than it may ({n} MB).").format(n=number(total // 2**20)))


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, whose names are plain and unique and whose entries are as large as they say. Raises BadFile.

    Nothing is ever unpacked to a place its names choose: entries are read one by one.
    """
    _check_index(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_sizes(entries)
            for entry in entries:
                _check_name(entry)
            names = [entry.filename for entry in entries]
            if len(set(names)) < len(names):
                raise BadFile(_("This ZIP holds two files of the same name."))
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error) as error:
        raise BadFile(_("This ZIP is damaged. Pack it again.")) from error


def find_one(archive: zipfile.ZipFile, name: str) -> str:
    """The full name of the entry called ``name`` at the top or one folder down; "" if there is none."""
    found = [one for one in archive.namelist() if PurePosixPath(one).name == name and one.count("/") <= 1]
    return min(found, key=len, default="")


def read_entry(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """The bytes of a small entry; raises BadFile where it is larger than ``limit`` or missing."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise BadFile(_("{name} is not in the ZIP.").format(name=name[:80])) from None
    if info.file_size > limit:
        raise BadFile(_("{name} is too large.").format(name=name[:80]))
    try:
        with archive.open(info) as file:
            return file.read(limit + 1)[: limit + 1]
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise BadFile(_("This ZIP is damaged. Pack it again.")) from error
