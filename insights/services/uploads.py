"""Files that come with a smoke test's form: pictures are encoded again, a PDF is kept as it is, both in private."""

import datetime as dt
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import documents, pictures
from core.models import new_key
from insights.models import SmokeField, SmokeUpload
from insights.services.errors import NotAFile

KEPT_UNUSED = dt.timedelta(days=1)  # a form may stay open this long


@transaction.atomic
def keep_upload(*, field: SmokeField, upload: UploadedFile) -> SmokeUpload:
    """Stores a file for a question of kind FILE, of nobody yet. Raises NotAFile for anything but a picture within its
    limits or a PDF of at most core.documents.PDF_MAX_BYTES."""
    kept = SmokeUpload(test=field.test, field_key=field.key, name=(upload.name or "")[-120:])
    if documents.is_pdf(upload):  # type: ignore[arg-type]
        kept.document = _keep_document(upload)
    else:
        try:
            kept.picture = pictures.add_picture(upload, is_private=True)  # type: ignore[arg-type]
        except pictures.NotAPicture as refusal:
            raise NotAFile(_("{reason} A PDF is welcome too.").format(reason=refusal)) from None
    kept.save()
    return kept


def _keep_document(upload: UploadedFile) -> str:
    try:
        documents.check_size(upload)
    except documents.TooLarge as refusal:
        raise NotAFile(str(refusal)) from None
    name = f"applications/{new_key()}.pdf"
    return str(storages["private"].save(name, ContentFile(upload.read())))


def sweep_uploads(*, limit: int) -> int:
    """Deletes at most ``limit`` files that no application took, their PDFs after commit; returns how many. Pictures go
    by core's own sweep."""
    with transaction.atomic():
        old = SmokeUpload.objects.filter(applicant=None, created_at__lt=timezone.now() - KEPT_UNUSED)
        rows = list(old.select_for_update(skip_locked=True).order_by("pk")[:limit])
        for row in rows:
            if row.document:
                transaction.on_commit(partial(storages["private"].delete, row.document), robust=True)
        SmokeUpload.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
