"""Takes an import back, row by row from its end: what nobody has used or changed since goes, the rest says why it stays."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import CASCADE, Exists, ForeignObjectRel, OuterRef, QuerySet
from django.utils.translation import gettext as _

from core.models import Picture
from sellers import selectors
from sellers.models import Import, ImportRow, Post, PostEdit, Product, Variant
from sellers.services.errors import Refused
from sellers.services.listing import refresh_listing
from sellers.services.locks import lock_channel
from sellers.services.posts import edit_post
from sellers.services.products import ProductData, VariantData, data_of

CHUNK = 50


def undo_some(job: Import) -> bool:
    """Handles the next rows, newest first, in the caller's transaction; False once none is left."""
    below = job.reading.get("undo_below")
    rows = ImportRow.objects.filter(job=job, post__isnull=False)
    if below is not None:
        rows = rows.filter(line__lt=below)
    chunk = list(rows.order_by("-line")[:CHUNK])
    if not chunk:
        return False
    lock_channel(job.channel_id)
    _undo_new(job, [row for row in chunk if row.outcome == ImportRow.Outcome.NEW])
    for row in chunk:
        if row.outcome == ImportRow.Outcome.CHANGED:
            _undo_change(job, row)
    job.reading = job.reading | {"undo_below": chunk[-1].line}
    job.position += len(chunk)
    job.save(update_fields=["reading", "position"])
    return True


def _used(rows: QuerySet[Any], path: str) -> set[int]:
    """Values of ``path`` of the rows that something points to which would outlive them: money, talks, ads.

    What goes with a product (hearts, the search index) does not count, nor do our own records.
    """
    used: set[int] = set()
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many or relation.related_model is ImportRow:
            continue
        if relation.on_delete is CASCADE:
            continue
        pointing = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        used |= set(rows.filter(Exists(pointing)).values_list(path, flat=True))
    return used


def used_posts(posts: Iterable[int]) -> set[int]:
    """Those of these posts that somebody asked about, bought or advertised."""
    pks = list(posts)
    return (
        _used(Post.objects.filter(pk__in=pks), "pk")
        | _used(Product.objects.filter(post__in=pks), "post_id")
        | _used(Variant.objects.filter(product__post__in=pks), "product__post_id")
    )


def _stay(rows: Iterable[ImportRow], reason: str) -> None:
    for row in rows:
        row.reason = reason
    ImportRow.objects.bulk_update(rows, ["reason"])


def _undo_new(job: Import, rows: list[ImportRow]) -> None:
    """Deletes posts nobody outside has had to do with; the public loses sight of them first."""
    pks = [row.post_id for row in rows if row.post_id]
    versions = dict(
        Post.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=pks).values_list("pk", "version")
    )
    used = used_posts(pks)
    _stay([row for row in rows if versions.get(row.post_id or 0) != row.version], _("It stays: it was changed since."))
    _stay([row for row in rows if row.post_id in used], _("It stays: somebody asked about it or bought it."))
    gone = [pk for row in rows if (pk := row.post_id) and versions.get(pk) == row.version and pk not in used]
    Post.objects.filter(pk__in=gone).update(state=Post.State.ARCHIVED)
    refresh_listing(list(Product.objects.filter(post__in=gone).order_by("pk").values_list("pk", flat=True)))
    Post.objects.filter(pk__in=gone).delete()


def _undo_change(job: Import, row: ImportRow) -> None:
    """Says again what the post said before. The number at hand stays: units may have been sold meanwhile."""
    post = Post.objects.select_related("channel", "product__category").filter(pk=row.post_id or 0).first()
    edit = PostEdit.objects.filter(post=row.post_id or 0, version=(row.version or 0) - 1).first()
    if post is None or edit is None or post.version != row.version:
        _stay([row], _("It stays: it was changed since."))
        return
    try:
        with transaction.atomic():
            edit_post(
                post=post,
                by=job.created_by or job.channel.members.get(role="owner").person,
                expected_version=post.version,
                text=edit.before["text"],
                pictures=_pictures(edit.before["pictures"]),
                product=_product(edit.before["product"], data_of(post.product)),
            )
    except (Refused, KeyError) as refusal:
        _stay([row], _("It stays: {why}").format(why=refusal))
        return
    row.post = None
    row.save(update_fields=["post"])


def _pictures(kept: list[list[Any]]) -> list[tuple[Picture, str]]:
    """Those of the pictures before that are still there."""
    found = Picture.objects.in_bulk([pk for pk, _alt in kept])
    return [(found[pk], alt) for pk, alt in kept if pk in found]


def _product(before: dict[str, Any], now: ProductData) -> ProductData:
    columns = {name: value for name, value in before.items() if name not in ("category_id", "variants", "stock")}
    variants = [VariantData(**variant) for variant in before["variants"]]
    category = selectors.get_category_tree().by_id[before["category_id"]]
    return replace(now, category=category, variants=variants, **columns)
