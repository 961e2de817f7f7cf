"""Pictures: what people upload is decoded under limits, encoded again, and never served as it came."""

import datetime as dt
import hashlib
import io
import warnings
from functools import partial
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.signing import Signer
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.models import Picture
from core.sweeps import unreferenced

FORMATS = ["JPEG", "PNG", "WEBP"]
QUALITY = 80
_SEALER = Signer(salt="core.pictures")
KEPT_UNUSED = dt.timedelta(days=1)  # a form with uploads may stay open this long


class NotAPicture(ValueError):
    """The upload is refused; the message tells its owner why and what to do."""


def _decode(upload: BinaryIO) -> Image.Image:
    """The one frame of a JPEG, PNG or WebP of at most ``PICTURE_MAX_PIXELS``, upright, without metadata."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(upload, formats=FORMATS)
            if image.width * image.height > settings.PICTURE_MAX_PIXELS:
                raise NotAPicture(_("This picture has too many pixels. Send one of at most 25 megapixels."))
            if getattr(image, "n_frames", 1) != 1:
                raise NotAPicture(_("This picture moves. Send one that stands still."))
            image.load()
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise NotAPicture(_("This picture has too many pixels. Send one of at most 25 megapixels.")) from None
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
            if isinstance(error, NotAPicture):
                raise
            raise NotAPicture(_("This is not a picture we can read. Send a JPEG, PNG or WebP.")) from error
    upright = ImageOps.exif_transpose(image)
    has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    return upright.convert("RGBA" if has_alpha else "RGB")


def _encode(image: Image.Image, width: int, quality: int = QUALITY) -> ContentFile:
    """A WebP of the picture at most ``width`` pixels wide; only pixels go in, no metadata."""
    if width < image.width:
        image = image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    clean.save(buffer, "WEBP", quality=quality, method=4)
    return ContentFile(buffer.getvalue())


def add_picture(upload: BinaryIO, *, is_private: bool = False) -> Picture:
    """Stores an upload as a new picture and has its smaller copies made in the background.

    A private one is shown by ``serve`` only, behind a view that knows who may see it.
    Raises NotAPicture for anything but one frame of JPEG, PNG or WebP within the limits.
    """
    size = getattr(upload, "size", None)
    if size is not None and size > settings.UPLOAD_MAX_BYTES:
        raise NotAPicture(_("This file is too large. Send one of at most 15 MB."))
    image = _decode(upload)
    content = _encode(image, Picture.WIDTHS[-1], quality=90)
    width = min(image.width, Picture.WIDTHS[-1])
    height = max(1, round(image.height * width / image.width))
    picture = Picture(width=width, height=height, is_private=is_private)
    picture.storage.save(picture.master_name, content)
    picture.save()
    transaction.on_commit(lambda: _have_widths_made(picture.pk))
    return picture


def seal(content: bytes) -> str:
    """A mark that only we can make: these bytes are a picture as we encoded it."""
    return _SEALER.signature(hashlib.sha256(content).hexdigest())


def add_sealed(content: bytes, mark: str) -> Picture:
    """Stores a picture that left us and comes back as it was; without our mark it is encoded again. Raises NotAPicture."""
    if not constant_time_compare(mark, seal(content)):
        return add_picture(io.BytesIO(content))
    with Image.open(io.BytesIO(content), formats=["WEBP"]) as image:
        picture = Picture(width=image.width, height=image.height)
    picture.storage.save(picture.master_name, ContentFile(content))
    picture.save()
    transaction.on_commit(lambda: _have_widths_made(picture.pk))
    return picture


def _have_widths_made(pk: int) -> None:
    from core.tasks import make_widths

    make_widths.delay(pk)


def write_copies(picture: Picture) -> None:
    """Writes the copies that pages use beside the master; touches storage only, and writes nothing twice."""
    with picture.storage.open(picture.master_name) as master:
        image = Image.open(master, formats=["WEBP"])
        image.load()
    for width in picture.wanted_widths():
        name = picture.name_for(width)
        if not picture.storage.exists(name):
            picture.storage.save(name, _encode(image, width))


def make_widths(picture: Picture) -> None:
    """Makes the copies and says so; may run twice, the second run writes the same."""
    write_copies(picture)
    picture.widths = picture.wanted_widths()
    picture.save(update_fields=["widths"])


def serve(picture: Picture, width: int) -> HttpResponse:
    """The copy at least ``width`` pixels wide, or the picture itself while there is none; who may see it is checked."""
    wide = next((one for one in picture.widths if one >= width), None)
    name = picture.name_for(wide) if wide else picture.master_name
    with picture.storage.open(name) as file:
        return HttpResponse(file.read(), content_type="image/webp")


@transaction.atomic
def sweep_pictures(*, limit: int) -> int:
    """Deletes at most ``limit`` pictures older than KEPT_UNUSED that nothing points to, their files after commit.

    Returns how many. One statement looks and deletes; for a picture that is attached in this very moment the foreign
    key, checked at commit, refuses whoever comes second: her attaching, or this sweep (IntegrityError, nothing lost).
    """
    left = unreferenced(Picture.objects.filter(created_at__lt=timezone.now() - KEPT_UNUSED)).order_by("pk")[:limit]
    chosen, values = left.values("pk").query.sql_with_params()
    statement = f"DELETE FROM core_picture WHERE id IN ({chosen}) RETURNING *"  # noqa: S608 - Django wrote it
    swept = list(Picture.objects.raw(statement, values))
    for picture in swept:
        transaction.on_commit(partial(_delete_files, picture), robust=True)
    return len(swept)


def _delete_files(picture: Picture) -> None:
    for name in picture.file_names():
        picture.storage.delete(name)
