"""The files of an import: kept in the private storage while it needs them, read where they lie or from a copy."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core.templatetags.bisat import number
from sellers.catalogue.reader import MAX_BYTES, BadFile
from sellers.imports import archives, encodings
from sellers.imports.bundles import CHANNEL, POSTS
from sellers.imports.telegram import RESULT
from sellers.models import Import

Kind = Import.Kind


def keep(upload: UploadedFile) -> str:
    """Stores an upload under a name nobody can guess; returns it. Raises BadFile for one that is too large."""
    if (upload.size or 0) > MAX_BYTES:
        raise BadFile(_("The file is larger than {n} MB. Split it.").format(n=number(MAX_BYTES // 2**20)))
    if not upload.size:
        raise BadFile(_("The file is empty."))
    return str(storages["private"].save(f"imports/{secrets.token_urlsafe(18)}", upload))


def forget(*names: str) -> None:
    for name in filter(None, names):
        storages["private"].delete(name)


@contextmanager
def local(name: str) -> Iterator[Path]:
    """The stored file as a path of this machine; a copy where the storage is elsewhere."""
    storage = storages["private"]
    with ExitStack() as stack:
        try:
            path = Path(storage.path(name))
        except NotImplementedError:
            path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "file"
            with storage.open(name) as there, path.open("wb") as here:
                while block := there.read(2**20):
                    here.write(block)
        if not path.exists():
            raise BadFile(_("The file is gone. Upload it again."))
        yield path


def kind_of(path: Path) -> str:
    """What sort of import a file is for. Raises BadFile for one that is none, or an archive that means harm."""
    if not archives.is_archive(path):
        encodings.check_text(path)
        return Kind.CATALOGUE
    with archives.open_archive(path) as archive:
        if "xl/workbook.xml" in archive.namelist():
            return Kind.CATALOGUE
        if archives.find_one(archive, CHANNEL) and archives.find_one(archive, POSTS):
            return Kind.CHANNEL
        if archives.find_one(archive, RESULT):
            return Kind.TELEGRAM
    raise BadFile(
        _(
            "This ZIP holds neither a Telegram export (result.json) nor a channel of Bisat. Pictures go into the second field."
        )
    )


def check_pictures(path: Path) -> None:
    """Raises BadFile for what is no archive, or one that means harm."""
    if not archives.is_archive(path):
        raise BadFile(_("The pictures come in a ZIP."))
    with archives.open_archive(path):
        pass
