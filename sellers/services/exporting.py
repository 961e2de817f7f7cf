"""A whole channel as a ZIP: everything it says, its pictures, and its products as a table. The import takes it back."""

import csv
import datetime as dt
import io
import json
import logging
import tempfile
import time
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from core import limits, money, pictures
from core.models import Picture, new_key
from core.spreadsheets import safe_cell
from sellers.imports import bundles
from sellers.models import Channel, ChannelExport, Post
from sellers.services.products import data_of

logger = logging.getLogger(__name__)
State = ChannelExport.State
KEPT = dt.timedelta(days=7)
EXPORTS_A_DAY = 10
CHUNK = 50
LEAVES_AS: dict[str, str] = {
    Post.State.WAITING: Post.State.PUBLISHED,
    Post.State.REJECTED: Post.State.DRAFT,
}  # whoever takes it in decides
PROFILE = ("name", "tagline", "about", "city", "hue", "language", "delivery", "returns", "public_email", "public_phone",
           "public_link")  # fmt: skip
TABLE = ("id", "title", "description", "availability", "quantity", "price", "sale_price", "condition", "brand", "color",
         "size", "material", "product_type", "image_link", "additional_image_link", "product_detail")  # fmt: skip


def ask_for_export(*, channel: Channel, by: User) -> ChannelExport:
    """Has a worker make the ZIP; the one that is being made already, if there is one. Raises TooMany."""
    if running := channel.exports.filter(state=State.RUNNING).first():
        return running
    limits.take(f"export:{channel.pk}", limit=EXPORTS_A_DAY, seconds=86_400)
    try:
        with transaction.atomic():
            export = ChannelExport.objects.create(channel=channel, created_by=by, total=channel.posts.count())
            _ask_to_work(export)
    except IntegrityError:
        return channel.exports.get(state=State.RUNNING)
    return export


def _ask_to_work(export: ChannelExport) -> None:
    from sellers.tasks import make_export

    transaction.on_commit(partial(make_export.delay, export.pk), robust=True)


def make_export(pk: int) -> None:
    """Makes the file; begun again it begins from the start. What takes longer than a job may is given up."""
    export = ChannelExport.objects.select_related("channel").filter(pk=pk, state=State.RUNNING).first()
    if export is None:
        return
    until = time.monotonic() + settings.CELERY_TASK_TIME_LIMIT * 0.8
    with tempfile.TemporaryFile() as file:
        try:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                _Writer(export, archive, until).write()
        except TimeoutError as error:
            logger.warning("Export %s failed: %s", export.pk, error)
            ChannelExport.objects.filter(pk=pk, state=State.RUNNING).update(state=State.FAILED)
            return
        size = file.tell() or file.seek(0, io.SEEK_END)
        file.seek(0)
        name = storages["private"].save(f"exports/{export.pk}-{new_key()}", File(file))
    now = timezone.now()
    ready = {"state": State.READY, "file": name, "size": size, "ready_at": now, "expires_at": now + KEPT}
    if not ChannelExport.objects.filter(pk=pk, state=State.RUNNING).update(**ready):
        storages["private"].delete(name)  # another worker was first


class _Writer:
    """Writes one export post by post; nothing but a chunk of posts is in memory."""

    def __init__(self, export: ChannelExport, archive: zipfile.ZipFile, until: float) -> None:
        self._export, self._channel, self._archive, self._until = export, export.channel, archive, until
        self._kept: set[str] = set()

    def write(self) -> None:
        with (
            tempfile.TemporaryFile("w+b") as lines,
            tempfile.TemporaryFile("w+", newline="", encoding="utf-8-sig") as table,
        ):
            rows = csv.writer(table)
            rows.writerow(TABLE)
            for post in self._posts():
                said = self._post(post)
                lines.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
                if hasattr(post, "product"):
                    rows.writerow(map(safe_cell, self._row(post, [one["file"] for one in said["pictures"]])))
            self._archive.writestr(bundles.CHANNEL, json.dumps(self._facts(), ensure_ascii=False, indent=1))
            lines.seek(0)
            with self._archive.open(bundles.POSTS, "w") as entry:
                while block := lines.read(2**20):
                    entry.write(block)
            table.seek(0)
            self._archive.writestr(bundles.PRODUCTS, "\ufeff" + table.read())

    def _posts(self) -> Iterator[Post]:
        posts = Post.objects.filter(channel=self._channel).select_related("product__category")
        posts = posts.prefetch_related("pictures__picture", "product__variants").order_by("pk")
        last = 0
        while chunk := list(posts.filter(pk__gt=last)[:CHUNK]):
            yield from chunk
            last = chunk[-1].pk
            if time.monotonic() > self._until:
                raise TimeoutError("the channel is too large")
            self._export.done += len(chunk)
            self._export.touched_at = timezone.now()
            self._export.save(update_fields=["done", "touched_at"])

    def _facts(self) -> dict[str, Any]:
        return {
            "format": bundles.FORMAT,
            "version": bundles.VERSION,
            "source": f"{settings.SITE_URL}/{self._channel.pk}",
            "handle": self._channel.handle,
            "market": self._channel.market,
            "currency": self._channel.currency,
            "profile": {name: getattr(self._channel, name) for name in PROFILE},
            "avatar": self._picture(self._channel.avatar, ""),
            "cover": self._picture(self._channel.cover, ""),
            "posts": self._export.done,
        }

    def _picture(self, picture: Picture | None, alt: str) -> dict[str, str] | None:
        """Packs the picture as it is; twice the same is packed once. One whose file is lost holds up nothing else."""
        if picture is None:
            return None
        name = f"{bundles.PICTURES}/{picture.key}.webp"
        try:
            with picture.storage.open(picture.master_name) as file:
                content = file.read()
        except FileNotFoundError:
            logger.warning("Picture %s has no file", picture.pk)
            return None
        if name not in self._kept:
            self._kept.add(name)
            self._archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content)
        return {"file": name, "alt": alt, "seal": pictures.seal(content)}

    def _post(self, post: Post) -> dict[str, Any]:
        shown = sorted(post.pictures.all(), key=lambda kept: kept.position)
        times = ("created_at", "published_at", "publish_at", "edited_at")
        return {
            "id": post.pk,
            "state": LEAVES_AS.get(post.state, post.state),
            "text": post.text,
            "in_feed": post.in_feed,
            **{name: moment.isoformat() if (moment := getattr(post, name)) else None for name in times},
            "pictures": [said for kept in shown if (said := self._picture(kept.picture, kept.alt))],
            "product": self._product(post) if hasattr(post, "product") else None,
        }

    def _product(self, post: Post) -> dict[str, Any]:
        data = data_of(post.product)
        said = {name: getattr(data, name) for name in ("title", "price_minor", "compare_at_minor", "stock", "condition",
                "attributes", "delivery", "returns", "brand", "specifications", "external_id")}  # fmt: skip
        variants = [
            {"options": v.options, "price_minor": v.price_minor, "stock": v.stock, "sku": v.sku} for v in data.variants
        ]
        return said | {"category": post.product.category.slug, "variants": variants}

    def _row(self, post: Post, files: list[str]) -> Iterator[str]:
        """The product in the columns of TABLE, for other shops."""
        product = post.product
        before = product.compare_at_minor
        cell = {
            "id": product.external_id or str(post.pk),
            "title": product.title,
            "description": post.text.replace("\n", "\\n"),
            "availability": "preorder" if product.stock is None else "in_stock" if product.stock else "out_of_stock",
            "quantity": "" if product.stock is None else str(product.stock),
            "price": self._amount(before or product.price_minor),
            "sale_price": self._amount(product.price_minor) if before else "",
            "condition": {"handmade": "new", "like-new": "used"}.get(product.condition, product.condition),
            "brand": product.brand,
            "product_type": product.category.slug,
            "image_link": files[0] if files else "",
            "additional_image_link": ",".join(files[1:]),
            "product_detail": "; ".join(f"{name}: {value}" for name, value in product.specifications.items()),
        }
        cell |= {name: product.attributes.get(name, "") for name in ("color", "size", "material")}
        return (cell[name] for name in TABLE)

    def _amount(self, minor: int) -> str:
        return f"{money.plain_amount(minor, self._channel.currency)} {self._channel.currency}"


def expire_exports() -> int:
    """Forgets files whose time is over, and gives up on exports no worker is at any more; returns how many went."""
    now = timezone.now()
    lost = now - dt.timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT * 4)
    ChannelExport.objects.filter(state=State.RUNNING, touched_at__lt=lost).update(state=State.FAILED)
    expired = list(ChannelExport.objects.filter(state=State.READY, expires_at__lte=now).order_by("pk")[:200])
    for export in expired:
        storages["private"].delete(export.file)
        ChannelExport.objects.filter(pk=export.pk).update(state=State.EXPIRED, file="")
    return len(expired)
