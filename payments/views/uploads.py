"""Photos that show what is wrong: kept at once, so that no other error loses them, and shown to the two sides only."""

from django.utils.translation import gettext as _

from core import pictures
from core.money import localize_digits
from core.pages import Request
from payments.views.base import person_of
from sellers.forms import Photo, Photos, sign
from sellers.views import uploads

MAX_PHOTOS = 5


def take_photos(request: Request) -> Photos:
    """Those kept from before and those that came with this request; what cannot be taken is named among the errors."""
    photos = Photos.from_data(request.POST, person_of(request).pk)
    del photos.items[MAX_PHOTOS:]
    for upload in request.FILES.getlist("photo_files"):
        name = upload.name or _("A file")
        if len(photos.items) >= MAX_PHOTOS:
            text = _("{file}: {n} photos at most.").format(file=name, n=localize_digits(str(MAX_PHOTOS)))
            photos.errors.append(text)
            continue
        try:
            picture = uploads.store(request, upload, is_private=True)
        except pictures.NotAPicture as refusal:
            photos.errors.append(f"{name}: {refusal}")
        else:
            photos.items.append(Photo(picture, sign(picture, person_of(request).pk)))
    return photos
