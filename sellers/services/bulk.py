"""Changing many products at once: previewed, carried out row by row by a worker, and taken back as far as it can be.

A row is changed in a transaction of its own, by the services that change one post, so its history says the same; a run
that dies is begun again where it stopped.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from core.templatetags.bisat import number
from sellers import selectors
from sellers.models import Channel, Post, Variant
from sellers.models.bulk import BulkEdit, BulkRow
from sellers.services import bulk_rules as rules
from sellers.services.errors import NotAllowed, Refused
from sellers.services.posts import archive_post, edit_post, pictures_of, restore_post
from sellers.services.products import ProductData, data_of, snapshot

Kind, State, Row = BulkEdit.Kind, BulkEdit.State, BulkRow.State
AT_ONCE = 20  # so few rows are done while the person waits
BATCH = 200  # rows of one task
FORGOTTEN = dt.timedelta(hours=1)  # previews nobody carried out


def _read(posts: Iterable[int]) -> list[Post]:
    variants = Prefetch("product__variants", queryset=Variant.objects.order_by("position", "pk"))
    found = Post.objects.filter(pk__in=posts, product__isnull=False).select_related("channel", "product__category")
    return list(found.prefetch_related(variants).order_by("-pk"))


@transaction.atomic
def preview_bulk_edit(
    *, channel: Channel, by: User, posts: list[int], kind: str, value: int | None = None, category: int | None = None
) -> BulkEdit:
    """What would become of each of the channel's product posts; nothing else is written. A constant number of queries.

    ``value`` as of BulkEdit, ``category`` a leaf. Raises NotAllowed for none or too many.
    """
    if not posts:
        raise NotAllowed(_("Choose at least one product."))
    if len(posts) > settings.BULK_EDIT_ROWS:
        most = number(settings.BULK_EDIT_ROWS)
        raise NotAllowed(_("At most {n} products at once. Narrow the list, or change it in parts.").format(n=most))
    stale = BulkEdit.objects.filter(channel=channel, by=by, state=State.PREVIEW)
    stale.filter(created_at__lt=timezone.now() - FORGOTTEN).delete()
    bulk = BulkEdit.objects.create(
        channel=channel,
        by=by,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        kind=kind,
        value=value,
        category_id=category,
    )
    tree = selectors.get_category_tree()
    BulkRow.objects.bulk_create(_plan(bulk, post, tree) for post in _read(posts) if post.channel_id == channel.pk)
    return bulk


def _plan(bulk: BulkEdit, post: Post, tree: selectors.CategoryTree) -> BulkRow:
    """The row of one product, with what it would say or why it stays."""
    data = data_of(post.product)
    before = rules.facts_of(data, post.state)
    row = BulkRow(bulk=bulk, post=post, version=post.version, state=Row.READY, before=before, after=before)
    try:
        if bulk.kind == Kind.ARCHIVE:
            if post.state != Post.State.PUBLISHED:
                raise NotAllowed(_("Only what is published can be archived."))
            row.after = before | {"state": str(Post.State.ARCHIVED)}
            return row
        changed = rules.change(data, bulk, tree)
        rules.check(changed, post, tree)
        if snapshot(changed) == snapshot(data):
            raise NotAllowed(_("It says that already."))
        row.after = rules.facts_of(changed, post.state)
    except Refused as refusal:
        row.state, row.problem = Row.REFUSED, str(refusal)[:300]
    return row


def _begin(bulk: BulkEdit, come_from: str, to: str, waiting: str, **columns: Any) -> BulkEdit:
    """Moves the bulk edit and lets it run: at once for a few rows, by a worker for many."""
    bulk = BulkEdit.objects.select_for_update(no_key=True).get(pk=bulk.pk)
    if bulk.state not in (come_from, to):
        raise NotAllowed(_("This bulk edit has gone on in the meantime."))
    BulkEdit.objects.filter(pk=bulk.pk).update(state=to, **columns)
    pk, is_short = bulk.pk, bulk.rows.filter(state=waiting)[: AT_ONCE + 1].count() <= AT_ONCE
    transaction.on_commit(lambda: run_bulk_edit(pk) if is_short else go_on(pk))
    return BulkEdit.objects.get(pk=bulk.pk)


def go_on(bulk_id: int) -> None:
    """Lets a worker do what is left of it."""
    current_app.send_task("sellers.run_bulk_edit", [bulk_id])


@transaction.atomic
def apply_bulk_edit(*, bulk: BulkEdit, by: User) -> BulkEdit:
    """Carries the preview out; again, it goes on where it stopped. Raises NotAllowed."""
    return _begin(bulk, State.PREVIEW, State.APPLYING, Row.READY)


@transaction.atomic
def undo_bulk_edit(*, bulk: BulkEdit, by: User) -> BulkEdit:
    """Takes all of it back, less what somebody changed since. Raises NotAllowed."""
    return _begin(bulk, State.DONE, State.UNDOING, Row.DONE, undone_by=by)


def run_bulk_edit(bulk_id: int) -> bool:
    """Does the next BATCH rows of one that runs; returns whether some may be left. Two workers do no row twice."""
    bulk = BulkEdit.objects.select_related("channel", "by", "undone_by").get(pk=bulk_id)
    if not bulk.is_running:
        return False
    is_undo = bulk.state == State.UNDOING
    waiting, act = (Row.DONE, _undo) if is_undo else (Row.READY, _apply)
    rows = list(bulk.rows.filter(state=waiting).order_by("pk").values_list("pk", flat=True)[: BATCH + 1])
    with translation.override(bulk.language):
        for pk in rows[:BATCH]:
            _run_row(bulk, pk, waiting, act, refused=Row.KEPT if is_undo else Row.REFUSED)
    if len(rows) > BATCH:
        return True
    to, moment = (State.UNDONE, "undone_at") if is_undo else (State.DONE, "applied_at")
    BulkEdit.objects.filter(pk=bulk.pk, state=bulk.state).update(state=to, **{moment: timezone.now()})
    return False


def go_on_with_bulk_edits() -> None:
    """Hands those that run to workers again, in case theirs died."""
    for pk in BulkEdit.objects.filter(state__in=BulkEdit.RUNNING).order_by("pk").values_list("pk", flat=True):
        go_on(pk)


@transaction.atomic
def _run_row(
    bulk: BulkEdit, pk: int, waiting: str, act: Callable[[BulkEdit, BulkRow, Post], Any], refused: str
) -> None:
    row = BulkRow.objects.select_for_update(no_key=True).filter(pk=pk, state=waiting).first()
    if row is None:
        return
    (post,) = _read([row.post_id])
    try:
        with transaction.atomic():
            act(bulk, row, post)
    except Refused as refusal:
        row.state, row.problem = refused, str(refusal)[:300]
    row.save(update_fields=["state", "problem", "version", "before", "after"])


def _changed(post: Post, by: User, data: ProductData) -> Post:
    return edit_post(
        post=post,
        by=by,
        expected_version=post.version,
        text=post.text,
        pictures=pictures_of(post),
        product=data,
    )


def _check_version(row: BulkRow, post: Post) -> None:
    if post.version != row.version:
        raise NotAllowed(_("Somebody changed it in the meantime."))


def _somebody(person: User | None) -> User:
    if person is None:
        raise NotAllowed(_("Who began this has no account any more."))
    return person


def _apply(bulk: BulkEdit, row: BulkRow, post: Post) -> None:
    _check_version(row, post)
    by = _somebody(bulk.by)
    data = data_of(post.product)
    row.before = rules.facts_of(data, post.state)
    if bulk.kind == Kind.ARCHIVE:
        archive_post(post=post, by=by)
    else:
        changed = rules.change(data, bulk, selectors.get_category_tree())
        row.after = rules.facts_of(changed, post.state)
        row.version = _changed(post, by, changed).version
    row.state = Row.DONE


def _undo(bulk: BulkEdit, row: BulkRow, post: Post) -> None:
    _check_version(row, post)
    by = _somebody(bulk.undone_by)
    if bulk.kind == Kind.ARCHIVE:
        restore_post(post=post, by=by)
    else:
        _changed(post, by, rules.take_back(data_of(post.product), bulk, row.before, row.after))
    row.state = Row.UNDONE
