"""Pictures that come with a form: stored at once, so that no other error loses them."""

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core import limits, pictures
from core.models import Picture
from core.money import localize_digits
from core.pages import Request
from sellers.forms import OnePicture, Photo, Photos, sign
from sellers.models.posts import MAX_PICTURES
from sellers.views.base import person_of

UPLOADS_AN_HOUR = 300


def store(request: Request, upload: UploadedFile, *, is_private: bool = False) -> Picture:
    """Keeps one upload. Raises NotAPicture, also for somebody who uploads without end."""
    try:
        limits.take(f"upload:{person_of(request).pk}", limit=UPLOADS_AN_HOUR, seconds=3600)
    except limits.TooMany as refusal:
        raise pictures.NotAPicture(str(refusal)) from None
    return pictures.add_picture(upload, is_private=is_private)  # type: ignore[arg-type]


def take_photos(request: Request, photos: Photos, *, most: int = MAX_PICTURES, too_many: str = "") -> None:
    """Adds the uploads of a form to its pictures; what cannot be taken is named among the errors.

    ``too_many`` is the sentence for one picture above ``most``, with {file} and {n}.
    """
    too_many = too_many or _("{file}: a post has at most {n} pictures.")
    for upload in request.FILES.getlist("photo_files"):
        name = upload.name or _("A file")
        if len(photos.items) >= most:
            photos.errors.append(too_many.format(file=name, n=localize_digits(str(most))))
            continue
        try:
            picture = store(request, upload)
        except pictures.NotAPicture as refusal:
            photos.errors.append(f"{name}: {refusal}")
        else:
            photos.items.append(Photo(picture, sign(picture, person_of(request).pk)))


def take_one(request: Request, name: str, label: str, hint: str = "") -> OnePicture:
    """An avatar or cover: the new upload if there is one, else what the form kept."""
    one = OnePicture.from_request(name, label, request, hint)
    if one.upload is None:
        return one
    try:
        one.picture = store(request, one.upload)
    except pictures.NotAPicture as refusal:
        one.error = f"{one.upload.name}: {refusal}"
    else:
        one.token = sign(one.picture, person_of(request).pk)
    return one
