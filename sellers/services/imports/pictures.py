"""Pictures that rows name: from the archive they came in, or from links."""

import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from core import fetching, pictures
from core.models import Picture
from sellers.catalogue.reader import BadFile
from sellers.imports import archives
from sellers.models.posts import MAX_PICTURES

SECONDS = 10.0  # for one link
TRIES = 3  # a host that answered none of them is left alone


class PictureSource:
    """Where one run of an import takes pictures from. ``allowed`` as of core.fetching."""

    def __init__(self, archive: zipfile.ZipFile | None, *, allowed: fetching.Allowed = fetching.is_public) -> None:
        self._archive, self._allowed = archive, allowed
        self._failures: Counter[str] = Counter()
        self._names: dict[str, str] = {}
        for name in archive.namelist() if archive else ():
            self._names.setdefault(PurePosixPath(name).name.lower(), name)

    def store(self, names: Sequence[str]) -> tuple[list[Picture], str]:
        """(the pictures that could be had, what was wrong with the others in words)."""
        found, wrong = [], []
        for name in names[:MAX_PICTURES]:
            try:
                found.append(pictures.add_picture(io.BytesIO(self._read(name))))
            except (BadFile, pictures.NotAPicture, fetching.NotFetched) as error:
                why = _said(error) if isinstance(error, fetching.NotFetched) else str(error)
                wrong.append(f"{name[:80]}: {why}")
        if len(names) > MAX_PICTURES:
            wrong.append(_("only the first {n} pictures were taken").format(n=MAX_PICTURES))
        return found, "; ".join(wrong)[:500]

    def _read(self, name: str) -> bytes:
        if name.startswith(("http://", "https://")):
            return self._fetch(name)
        if self._archive is None:
            raise BadFile(_("there is no ZIP with pictures"))
        inside = name if name in self._archive.NameToInfo else self._names.get(PurePosixPath(name).name.lower(), name)
        return archives.read_entry(self._archive, inside, settings.UPLOAD_MAX_BYTES)

    def _fetch(self, url: str) -> bytes:
        if not settings.IMPORT_FETCH_PICTURES:
            raise BadFile(_("pictures are not fetched from links here"))
        host = urlsplit(url).netloc
        if self._failures[host] >= TRIES:
            raise fetching.NotFetched("unreachable")
        limits = fetching.Limits(settings.UPLOAD_MAX_BYTES, SECONDS, ("image/", "application/octet-stream"))
        try:
            return fetching.fetch(url, limits, allowed=self._allowed)
        except fetching.NotFetched as error:
            self._failures[host] += error.reason in ("slow", "unreachable")
            raise


def _said(error: fetching.NotFetched) -> str:
    return {
        "address": _("this is no address of a picture"),
        "refused": _("this address is not on the open internet"),
        "unreachable": _("the server does not answer"),
        "slow": _("the server is too slow"),
        "large": _("the file is too large"),
        "kind": _("there is no picture at this address"),
        "status": _("there is no picture at this address"),
    }[error.reason]
