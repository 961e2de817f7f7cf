"""Pictures on S3-compatible storage: a real server on loopback, reached by what the settings make of the environment."""

import io
import runpy
import urllib.request
from collections.abc import Callable, Iterator
from email.message import Message
from typing import Any

import boto3
import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from moto.server import ThreadedMotoServer
from PIL import Image

from core import pictures, tasks
from core.models import Picture
from core.templatetags.bisat import picture_url

pytestmark = pytest.mark.django_db
ACCESS = {
    "S3_BUCKET": "cloth",
    "S3_PRIVATE_BUCKET": "drawer",
    "S3_REGION": "us-east-1",
    "S3_ACCESS_KEY": "key",
    "S3_SECRET_KEY": "secret",
}
READERS = """{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::cloth/*"}]}"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of a server with a bucket that everybody may read, and one for the program alone."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    owner = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    owner.create_bucket(Bucket="cloth")
    owner.create_bucket(Bucket="drawer")
    owner.put_bucket_policy(Bucket="cloth", Policy=READERS)
    yield address
    server.stop()


@pytest.fixture
def use_bucket(settings, monkeypatch) -> Callable[..., None]:
    """``use_bucket(S3_ENDPOINT=...)``: pictures lie where settings.py puts them with this environment."""

    def use(**environment: str) -> None:
        for name, value in (ACCESS | environment).items():
            monkeypatch.setenv(name, value)
        read: dict[str, Any] = runpy.run_path(str(django_settings.BASE_DIR / "config" / "settings.py"))
        settings.STORAGES = settings.STORAGES | {name: read["STORAGES"][name] for name in ("default", "private")}
        settings.CONTENT_SECURITY_POLICY = read["CONTENT_SECURITY_POLICY"]

    return use


def upload() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (700, 500), "teal").save(buffer, "JPEG")
    return SimpleUploadedFile("upload.jpg", buffer.getvalue())


def fetch(address: str) -> tuple[Message, Image.Image]:
    """A file as a stranger's browser gets it: its headers and the picture."""
    with urllib.request.urlopen(address) as response:  # noqa: S310 - our own server
        return response.headers, Image.open(io.BytesIO(response.read()))


def test_a_picture_is_kept_copied_and_shown_to_everybody(endpoint: str, use_bucket):
    use_bucket(S3_ENDPOINT=endpoint)
    picture = pictures.add_picture(upload())
    tasks.make_widths(picture.pk)
    picture.refresh_from_db()
    assert picture.widths == [240, 480, 700]
    client = default_storage.connection.meta.client
    sent = client.head_object(Bucket="cloth", Key=picture.master_name, ChecksumMode="ENABLED")
    assert "ChecksumCRC32" not in sent  # many compatible servers refuse it
    for width in picture.widths:
        address = picture_url(picture, width)
        assert address == f"{endpoint}/cloth/{picture.name_for(width)}"
        headers, image = fetch(address)
        assert (image.format, image.width) == ("WEBP", width)
        assert headers["Content-Type"] == "image/webp"
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_swept_picture_leaves_the_bucket(endpoint: str, use_bucket, django_capture_on_commit_callbacks):
    use_bucket(S3_ENDPOINT=endpoint)
    picture = pictures.add_picture(upload())
    pictures.make_widths(picture)
    files = picture.file_names()
    assert [default_storage.exists(name) for name in files] == [True] * 4
    Picture.objects.update(created_at=timezone.now() - pictures.KEPT_UNUSED)
    with django_capture_on_commit_callbacks(execute=True):
        assert pictures.sweep_pictures(limit=1) == 1
    assert [default_storage.exists(name) for name in files] == [False] * 4


def test_a_picture_without_its_file_stops_no_sweep(endpoint: str, use_bucket):
    use_bucket(S3_ENDPOINT=endpoint)
    lost = pictures.add_picture(upload())
    default_storage.delete(lost.master_name)
    with pytest.raises(FileNotFoundError):
        pictures.make_widths(lost)
    assert Picture.objects.get().widths == []


@pytest.mark.parametrize(
    ("environment", "origin", "folder"),
    [
        ({"S3_ENDPOINT": "https://fra1.example"}, "https://fra1.example", "/cloth"),
        ({"S3_ENDPOINT": "https://s3.example", "S3_PUBLIC_DOMAIN": "pics.example"}, "https://pics.example", ""),
        ({"S3_PUBLIC_DOMAIN": "cdn.example/cloth"}, "https://cdn.example", "/cloth"),
        ({}, "https://cloth.s3.amazonaws.com", ""),
    ],
    ids=["endpoint", "domain", "path", "amazon"],
)
def test_pages_let_pictures_in_from_where_they_are(
    client, use_bucket, environment: dict[str, str], origin: str, folder: str
):
    use_bucket(**environment)
    assert default_storage.url("a.webp") == f"{origin}{folder}/a.webp"
    policy = dict(part.split(" ", 1) for part in client.get("/robots.txt")["Content-Security-Policy"].split("; "))
    assert policy["img-src"] == f"'self' blob: data: {origin}"


def test_a_private_picture_lies_where_only_the_program_reads(endpoint: str, use_bucket):
    use_bucket(S3_ENDPOINT=endpoint)
    picture = pictures.add_picture(upload(), is_private=True)
    tasks.make_widths(picture.pk)
    picture.refresh_from_db()
    names = picture.file_names()
    assert [default_storage.exists(name) for name in names] == [False] * 4
    assert [picture.storage.exists(name) for name in names] == [True] * 4
    assert picture_url(picture) == ""
    assert Image.open(io.BytesIO(pictures.serve(picture, 240).content)).width == 240


@pytest.mark.parametrize("drawer", ["", "cloth"])
def test_private_pictures_need_a_bucket_of_their_own(use_bucket, drawer: str):
    with pytest.raises(ImproperlyConfigured, match="S3_PRIVATE_BUCKET"):
        use_bucket(S3_PRIVATE_BUCKET=drawer)
