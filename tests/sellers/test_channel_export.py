"""A channel leaves as a ZIP and comes back field for field."""

import csv
import datetime as dt
import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from core import pictures
from core.models import Picture
from sellers import services as sellers
from sellers.models import Channel, ChannelExport, Post
from tests.exports import jpeg, zip_of
from tests.factories import make_category, make_channel, make_post, make_product_post
from tests.sellers.test_imports import counts, owner, reasons, start, work

PROFILE = ("name", "tagline", "about", "city", "hue", "language", "delivery", "returns", "public_email", "public_link")


@pytest.fixture
def full(channel, seller):
    """A channel with something of everything."""
    shirts = make_category(slug="shirts", attributes=["color", "size", "fit"])
    picture = pictures.add_picture(io.BytesIO(jpeg("teal", (90, 60))))
    sellers.update_channel(
        channel=channel, by=seller, about="Since 2019", hue=7, delivery="By bicycle", returns="14 days",
        public_email="a@example.com", public_link="https://example.com", avatar=picture,
    )  # fmt: skip
    long_ago = dt.datetime(2021, 3, 4, 5, 6, 7, 890123, tzinfo=dt.UTC)
    variants = [sellers.VariantData({"size": "s"}, 900, 2, "S-1"), sellers.VariantData({"size": "m"}, None, None, "")]
    shirt = sellers.ProductData(
        title="Shirt", price_minor=950, compare_at_minor=1200, category=shirts, condition="like-new",
        attributes={"color": "teal", "fit": "loose"}, variants=variants, delivery="By hand", returns="None",
        brand="Mina", specifications={"Weight": "120 g"}, external_id="=A1",
    )  # fmt: skip
    kept = [(picture, "A shirt"), (pictures.add_picture(io.BytesIO(jpeg("red"))), "")]
    sellers.create_post(
        channel=channel, author=seller, text="Soft\nand\tslow", pictures=kept, product=shirt, publish="now",
        published_at=long_ago, in_feed=False,
    )  # fmt: skip
    post = make_post(channel, text="گلدان")
    sellers.edit_post(post=post, by=seller, expected_version=1, text="گلدان‌ها", pictures=[])
    make_post(channel, text="Later", publish=timezone.now() + dt.timedelta(days=3))
    make_post(channel, text="Draft", publish="draft")
    sellers.archive_post(post=make_post(channel, text="Old"), by=seller)
    make_product_post(channel, title="Draft shirt", category=shirts, publish="draft", pictures=0, stock=None)
    return channel


def export(channel: Channel, tmp_path: Path) -> Path:
    made = sellers.ask_for_export(channel=channel, by=owner(channel))
    sellers.make_export(made.pk)
    made.refresh_from_db()
    assert (made.state, made.done) == ("ready", channel.posts.count())
    path = tmp_path / "channel.zip"
    with storages["private"].open(made.file) as file:
        path.write_bytes(file.read())
    return path


def content(picture: Picture | None) -> tuple | None:
    if picture is None:
        return None
    with picture.storage.open(picture.master_name) as file:
        return picture.width, picture.height, file.read()


def everything(channel: Channel) -> dict:
    """All that a channel says, without the numbers of its rows."""
    channel.refresh_from_db()
    posts = []
    for post in channel.posts.select_related("product__category").order_by("created_at", "pk"):
        said = {name: getattr(post, name) for name in
                ("text", "state", "in_feed", "created_at", "published_at", "publish_at", "edited_at")}  # fmt: skip
        said["pictures"] = [(p.position, p.alt, content(p.picture)) for p in post.pictures.order_by("position")]
        if product := getattr(post, "product", None):
            skipped = {"id", "post_id", "channel_id", "cover_id", "version", "popularity", "facet_terms"}
            said["product"] = {k: v for k, v in vars(product).items() if k not in skipped and not k.startswith("_")}
            own = f"channel:{channel.pk}"
            said["terms"] = [term for term in product.facet_terms if term != own]
            variants = product.variants.order_by("position")
            said["variants"] = list(variants.values("position", "options", "price_minor", "stock", "sku"))
        posts.append(said)
    profile = {name: getattr(channel, name) for name in PROFILE}
    return {"profile": profile, "avatar": content(channel.avatar), "cover": content(channel.cover), "posts": posts}


def test_round_trip_loses_nothing(full, tmp_path, rival):
    path, before = export(full, tmp_path), everything(full)
    other = make_channel(owner=rival, handle="second_home", name="To be replaced")
    job = start(other, path)
    assert (job.kind, job.state, job.total) == ("channel", "running", 6)
    work(job)
    assert (counts(job), reasons(job), job.pictures) == (("done", 6, 0, 0, 0), [], 2)
    assert everything(other) == before
    again = work(start(other, path))
    assert (counts(again), everything(other)) == (("done", 0, 0, 6, 0), before)
    assert export(other, tmp_path / "..").stat().st_size > 0


def test_what_was_imported_back_can_be_undone(full, tmp_path, rival):
    other = make_channel(owner=rival, handle="second_home")
    job = work(start(other, export(full, tmp_path)))
    sellers.undo_import(job=job, by=rival)
    work(job)
    assert (job.state, other.posts.count(), full.posts.count()) == ("undone", 0, 6)


def test_channel_with_posts_keeps_its_profile_and_tells_no_news(full, tmp_path, rival):
    other = make_channel(owner=rival, handle="second_home", name="Mine")
    mine = make_post(other)
    work(start(other, export(full, tmp_path)))
    other.refresh_from_db()
    assert (other.name, set(other.posts.exclude(pk=mine.pk).values_list("in_feed", flat=True))) == ("Mine", {False})


def test_pictures_without_our_mark_are_encoded_again(full, tmp_path, rival):
    with zipfile.ZipFile(export(full, tmp_path)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    swapped = {name: jpeg("blue") if name.endswith(".webp") else data for name, data in files.items()}
    other = make_channel(owner=rival, handle="second_home")
    work(start(other, zip_of(tmp_path / "b.zip", swapped)))
    found = [content(kept.picture) for post in other.posts.all() for kept in post.pictures.all()]
    assert [(size[:2], size[2][8:12]) for size in found] == [((60, 75), b"WEBP")] * 2


@pytest.mark.parametrize(
    ("facts", "posts", "state", "words"),
    [
        ({"currency": "EUR"}, "", "failed", "sells in EUR, this one in USD"),
        ({"version": 9}, "", "failed", "another version of Bisat"),
        ({"profile": 3}, "", "failed", "cannot be read"),
        ({}, os.urandom(2**19).hex() + "x", "failed", "Line 1 is longer"),
    ],
)
def test_channels_that_cannot_be_taken(full, tmp_path, rival, facts, posts, state, words):
    with zipfile.ZipFile(export(full, tmp_path)) as archive:
        said = json.loads(archive.read("channel.json")) | facts
    other = make_channel(owner=rival, handle="second_home")
    job = start(other, zip_of(tmp_path / "b.zip", {"channel.json": json.dumps(said), "posts.jsonl": posts}))
    assert (job.state, words in job.problem, other.posts.count()) == (state, True, 0)


def test_lines_that_mean_harm_are_refused_one_by_one(full, tmp_path, rival):
    with zipfile.ZipFile(export(full, tmp_path)) as archive:
        facts, lines = archive.read("channel.json"), archive.read("posts.jsonl").splitlines()
    shirt = json.loads(lines[0])
    odd = [
        "[]",
        "{",
        json.dumps(shirt | {"text": 5}),
        json.dumps(shirt | {"id": 6, "text": "half \ud83c a letter"}),
        json.dumps(shirt | {"pictures": [{"file": "../../etc/passwd", "alt": "", "seal": ""}]}),
        json.dumps(shirt | {"id": 2, "product": shirt["product"] | {"price_minor": "12"}}),
        json.dumps(shirt | {"id": 3, "product": shirt["product"] | {"price_minor": -1}}),
        json.dumps(shirt | {"id": 4, "product": shirt["product"] | {"category": "nowhere"}}),
        json.dumps(shirt | {"id": 5, "published_at": "soon"}),
        lines[1].decode(),
    ]
    other = make_channel(owner=rival, handle="second_home")
    path = zip_of(tmp_path / "b.zip", {"channel.json": facts, "posts.jsonl": "\n".join(odd)})
    job = work(start(other, path))
    assert (job.state, job.new, job.refused, Post.objects.filter(channel=other).count()) == ("done", 2, 8, 2)
    assert "../../etc/passwd is not in the ZIP." in dict(reasons(job))[5]


def test_products_leave_as_a_table_without_formulas(full, tmp_path):
    with zipfile.ZipFile(export(full, tmp_path)) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("products.csv").decode("utf-8-sig"))))
        names = set(archive.namelist())
    shirt, _draft = rows
    assert (shirt["id"], shirt["price"], shirt["sale_price"], shirt["color"]) == ("'=A1", "12 USD", "9 USD", "teal")
    assert (shirt["condition"], shirt["product_type"], shirt["image_link"] in names) == ("used", "shirts", True)


def test_one_export_at_a_time_and_none_for_ever(full, tmp_path):
    first = sellers.ask_for_export(channel=full, by=owner(full))
    assert sellers.ask_for_export(channel=full, by=owner(full)) == first
    sellers.make_export(first.pk)
    first.refresh_from_db()
    assert sellers.expire_exports() == 0
    ChannelExport.objects.update(expires_at=timezone.now())
    assert sellers.expire_exports() == 1
    assert (ChannelExport.objects.get().state, storages["private"].exists(first.file)) == ("expired", False)
