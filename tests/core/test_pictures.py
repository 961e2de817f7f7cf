"""Uploads: what is let in, what is left of it, and what is refused."""

import datetime as dt
import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from core import pictures, tasks
from core.models import Picture

pytestmark = pytest.mark.django_db


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return SimpleUploadedFile(f"upload.{kind.lower()}", buffer.getvalue())


def stored(picture: Picture) -> Image.Image:
    with default_storage.open(picture.master_name) as file:
        image = Image.open(io.BytesIO(file.read()))
        image.load()
    return image


def bomb() -> SimpleUploadedFile:
    """A PNG of 144 megapixels in a few kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    side = 12_000
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return SimpleUploadedFile("bomb.png", b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_encoded_again(kind: str):
    picture = pictures.add_picture(encoded(Image.new("RGB", (800, 600), "teal"), kind))
    assert (picture.width, picture.height) == (800, 600)
    assert stored(picture).format == "WEBP"


def test_metadata_goes_and_orientation_stays():
    image = Image.new("RGB", (400, 200), "white")
    ImageDraw.Draw(image).rectangle((0, 0, 199, 199), fill="red")
    exif = image.getexif()
    exif[0x0112] = 6  # turn clockwise to be upright
    exif.get_ifd(0x8825)[2] = (34.0, 47.0, 55.0)  # a place on Earth
    picture = pictures.add_picture(encoded(image, "JPEG", exif=exif))
    kept = stored(picture)
    assert (picture.width, picture.height) == (200, 400)
    assert kept.getpixel((100, 50))[0] > 200 > kept.getpixel((100, 50))[1]
    assert dict(kept.getexif()) == {}
    assert {"exif", "icc_profile", "xmp"} & set(kept.info) == set()


def test_wide_pictures_are_kept_at_most_1600_wide():
    picture = pictures.add_picture(encoded(Image.new("RGB", (4000, 3000), "teal")))
    assert (picture.width, picture.height) == (1600, 1200)


def test_copies_are_made_once_and_never_wider_than_the_picture(django_capture_on_commit_callbacks):
    picture = pictures.add_picture(encoded(Image.new("RGB", (700, 500), "teal")))
    assert picture.is_ready() is False
    pictures.make_widths(picture)
    pictures.make_widths(picture)
    assert picture.widths == [240, 480, 700]
    for width in picture.widths:
        with default_storage.open(picture.name_for(width)) as file:
            assert Image.open(file).width == width


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (bomb(), "too many pixels"),
        (SimpleUploadedFile("a.jpg", b"not a picture"), "not a picture we can read"),
        (SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "not a picture we can read"),
        (
            SimpleUploadedFile("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
            "not a picture we can read",
        ),
        (SimpleUploadedFile("empty.png", b""), "not a picture we can read"),
        (encoded(Image.new("RGB", (90, 90), "teal"), "GIF"), "not a picture we can read"),
    ],
    ids=["bomb", "text", "svg", "eps", "empty", "gif"],
)
def test_what_is_no_picture_is_refused_with_words(upload: SimpleUploadedFile, words: str):
    with pytest.raises(pictures.NotAPicture, match=words):
        pictures.add_picture(upload)
    assert Picture.objects.count() == 0


def test_a_cut_off_picture_is_refused():
    whole = encoded(Image.effect_noise((900, 900), 80).convert("RGB"))
    with pytest.raises(pictures.NotAPicture):
        pictures.add_picture(SimpleUploadedFile("half.jpg", whole.read()[:20_000]))


def test_a_picture_that_moves_is_refused():
    frames = [Image.new("RGB", (64, 64), color) for color in ("teal", "red", "white")]
    moving = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(pictures.NotAPicture, match="moves"):
        pictures.add_picture(moving)


def test_a_file_over_the_limit_is_refused_before_it_is_read(settings):
    settings.UPLOAD_MAX_BYTES = 100
    with pytest.raises(pictures.NotAPicture, match="too large"):
        pictures.add_picture(encoded(Image.new("RGB", (800, 600), "teal")))


def test_names_are_random():
    first, second = (pictures.add_picture(encoded(Image.new("RGB", (90, 90), "teal"))) for _ in range(2))
    assert first.key != second.key
    assert len(first.key) == 12


def test_the_sweep_goes_on_after_a_picture_that_lost_its_file(caplog):
    lost, _kept = (pictures.add_picture(encoded(Image.new("RGB", (300, 300), "teal"))) for _ in range(2))
    Picture.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    default_storage.delete(lost.master_name)
    tasks.make_missing_widths()
    assert [picture.widths for picture in Picture.objects.order_by("pk")] == [[], [240, 300]]
    assert [record.getMessage() for record in caplog.records if record.name == "core.tasks"] == [
        f"Picture {lost.pk} has no file"
    ]
