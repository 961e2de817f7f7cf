"""The pictures of a form: those kept from before, in the order and with the words the person gave them.

A picture is uploaded once. Whatever else is wrong with the form, it comes back with the picture's key, signed for
the person who uploaded it, so that nobody attaches what another one has only just uploaded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, QueryDict

from core.models import Picture
from core.money import to_ascii_digits

MAX_ALT = 200


def _signer(person_id: int) -> Signer:
    return Signer(salt=f"sellers.picture.{person_id}")


def sign(picture: Picture, person_id: int) -> str:
    """What a hidden field carries for this picture."""
    return _signer(person_id).sign(picture.key)


def _find(tokens: Sequence[str], person_id: int) -> dict[str, Picture]:
    """The pictures of the tokens that this person was given; others are left out."""
    keys: dict[str, str] = {}
    for token in tokens:
        try:
            keys[token] = _signer(person_id).unsign(token)
        except BadSignature:
            continue
    if not keys:
        return {}
    pictures = {picture.key: picture for picture in Picture.objects.filter(key__in=keys.values())}
    return {token: pictures[key] for token, key in keys.items() if key in pictures}


@dataclass
class Photo:
    """One picture of a post's form."""

    picture: Picture
    token: str
    alt: str = ""


@dataclass
class Photos:
    """All pictures of a post's form; ``errors`` are sentences that name their file."""

    items: list[Photo] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, pictures: Iterable[tuple[Picture, str]], person_id: int) -> "Photos":
        return cls([Photo(picture, sign(picture, person_id), alt) for picture, alt in pictures])

    @classmethod
    def from_data(cls, data: QueryDict, person_id: int) -> "Photos":
        """Kept pictures in the order of their numbers, without those marked for removal."""
        tokens, alts, orders = data.getlist("photo"), data.getlist("photo_alt"), data.getlist("photo_order")
        removed, found = set(data.getlist("photo_remove")), _find(tokens, person_id)
        ranked = []
        for place, token in enumerate(tokens):
            if token in removed or token not in found:
                continue
            order = to_ascii_digits(orders[place]) if place < len(orders) else ""
            alt = alts[place].strip()[:MAX_ALT] if place < len(alts) else ""
            ranked.append((int(order) if order.isdigit() else place, place, Photo(found[token], token, alt)))
        return cls([photo for _order, _place, photo in sorted(ranked, key=lambda one: one[:2])])

    def pairs(self) -> list[tuple[Picture, str]]:
        """What the services take."""
        return [(photo.picture, photo.alt) for photo in self.items]


@dataclass
class OnePicture:
    """An avatar or a cover in a form."""

    name: str
    label: str
    hint: str = ""
    picture: Picture | None = None
    token: str = ""
    error: str = ""
    upload: UploadedFile | None = None

    @classmethod
    def of(cls, name: str, label: str, picture: Picture | None, person_id: int, hint: str = "") -> "OnePicture":
        return cls(name, label, hint, picture, sign(picture, person_id) if picture else "")

    @classmethod
    def from_request(cls, name: str, label: str, request: HttpRequest, hint: str = "") -> "OnePicture":
        """What was kept (unless marked for removal) and what came with this request; the upload is not read here."""
        token = request.POST.get(name, "")
        person_id = request.user.pk or 0
        kept = None if request.POST.get(f"{name}_remove") else _find([token], person_id).get(token)
        upload = request.FILES.get(f"{name}_file")
        return cls(name, label, hint, kept, token if kept else "", upload=upload)
