"""PDFs that people send: kept as they came, in the private storage, and given back to be saved, never as a page of ours."""

from typing import Any, BinaryIO

from django.core.files.storage import Storage
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

PDF_MAX_BYTES = 5 * 2**20


class TooLarge(Exception):
    """Its words are for who sent it."""

    def __init__(self) -> None:
        super().__init__(_("This PDF is too large. Send one of at most 5 MB."))


def is_pdf(upload: BinaryIO) -> bool:
    """By how it begins, whatever its name says."""
    head = upload.read(5)
    upload.seek(0)
    return head == b"%PDF-"


def check_size(upload: Any) -> None:
    """Raises TooLarge; before anything of it is read."""
    if (upload.size or 0) > PDF_MAX_BYTES:
        raise TooLarge


def serve(storage: Storage, name: str, filename: str) -> FileResponse:
    """A kept file for somebody who may see it. Raises Http404 where it is gone."""
    try:
        file = storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(file, as_attachment=True, filename=f"{filename}.pdf", content_type="application/pdf")
