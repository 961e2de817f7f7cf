"""Takes a catalogue file into a channel: new rows become published product posts, changed ones are edited."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from sellers import selectors
from sellers.catalogue.reader import BadFile, BadRow, Row, count_lines, read_rows
from sellers.catalogue.rules import OTHER, guess_leaf
from sellers.models import Attribute, Category, Channel, Post, PostEdit, Product
from sellers.services import approving
from sellers.services.errors import Problems
from sellers.services.listing import refresh_listing
from sellers.services.locks import lock_channel
from sellers.services.products import ProductData, check_product, data_of, snapshot

CHUNK = 500
COLORS = {
    "gray": "grey",
    "anthracite": "grey",
    "titanium": "grey",
    "graphite": "grey",
    "charcoal": "grey",
    "pink": "rose",
    "magenta": "rose",
    "violet": "purple",
    "lilac": "purple",
    "cyan": "blue",
    "ivory": "white",
    "multicolour": "multicolor",
    "multicolored": "multicolor",
    "assorted": "multicolor",
    "turquoise": "teal",
    "stainless-steel": "silver",
    "aluminium": "silver",
    "aluminum": "silver",
    "metallic": "silver",
    "chrome": "silver",
    "platinum": "silver",
    "bronze": "gold",
    "cream": "beige",
    "dark-blue": "navy",
}


@dataclass(slots=True)
class ImportReport:
    """What an import did; ``seconds`` is wall time."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    seconds: float = 0.0

    def add(self, other: "ImportReport") -> None:
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass(frozen=True, slots=True)
class _Job:
    """What all rows of an import share."""

    channel: Channel
    author: User
    category: Category | selectors.CategoryNode | None
    announce: bool
    stock: int
    is_checked: bool
    tree: selectors.CategoryTree
    on_error: Callable[[int, str], None]


@dataclass(slots=True)
class _Changes:
    """What one chunk writes."""

    new: list[tuple[Row, ProductData]] = field(default_factory=list)
    edited: list[tuple[Post, str, ProductData]] = field(default_factory=list)
    unchanged: int = 0
    refused: int = 0


def import_catalogue(
    *,
    path: Path,
    channel: Channel,
    author: User,
    category: Category | None = None,
    announce: bool = False,
    stock: int = 1,
    is_checked: bool = False,
    on_progress: Callable[[int], None] | None = None,
    on_error: Callable[[int, str], None] | None = None,
) -> ImportReport:
    """Reads the file row by row; a row is in as a whole or not at all, and running it again changes nothing.

    ``category`` is a leaf for all rows; without one new rows are filed by their words, and a known product stays
    where it is. ``stock`` is what "in stock" means where the file has no quantity: a known product that has some
    keeps its number. ``announce`` shows new posts in followers' feeds; with ``is_checked`` none waits for staff.
    ``on_progress`` gets the line reached, ``on_error`` line and reason of each refused row. Raises BadFile before
    anything is written.
    """
    started = time.monotonic()
    tree, on_error = selectors.get_category_tree(), on_error or (lambda *_args: None)
    job = _Job(channel, author, category, announce, stock, is_checked, tree, on_error)
    report = ImportReport()
    for rows in _chunks(_good_rows(job, path, report)):
        report.add(_import_rows(job, rows))
        if on_progress:
            on_progress(rows[-1].line)
    report.rows = report.new + report.changed + report.unchanged + report.refused
    report.seconds = time.monotonic() - started
    return report


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _good_rows(job: _Job, path: Path, report: ImportReport) -> Iterator[Row]:
    """The rows that can be read, each id once; the others are reported."""
    seen: dict[str, int] = {}
    for line, row in read_rows(path, job.channel.currency):
        if isinstance(row, Row) and row.id in seen:
            row = BadRow(_("line {n} has the same id").format(n=seen[row.id]))  # noqa: PLW2901
        if isinstance(row, BadRow):
            report.refused += 1
            job.on_error(line, str(row))
            continue
        seen[row.id] = line
        yield row


def _import_rows(job: _Job, rows: list[Row]) -> ImportReport:
    """One transaction; if the database refuses it, row by row, so that one bad row stops no other."""
    try:
        return _write_rows(job, rows)
    except (DataError, IntegrityError) as error:
        if len(rows) == 1:
            job.on_error(rows[0].line, " ".join(str(error).split("\n")[0].split()))
            return ImportReport(refused=1)
    report = ImportReport()
    for row in rows:
        report.add(_import_rows(job, [row]))
    return report


@transaction.atomic
def _write_rows(job: _Job, rows: list[Row]) -> ImportReport:
    lock_channel(job.channel.pk)
    posts = Post.objects.filter(channel=job.channel, product__external_id__in=[row.id for row in rows])
    locked = posts.select_for_update(no_key=True, of=("self",)).select_related("product__category")
    known = {
        post.product.external_id: post
        for post in locked.order_by("pk").prefetch_related("product__variants", "pictures")
    }
    changes = _Changes()
    for row in rows:
        _sort_row(job, row, known.get(row.id), changes)
    pks = _write_new(job, changes.new) + _write_edited(job, changes.edited)
    refresh_listing(sorted(pks))
    return ImportReport(
        new=len(changes.new), changed=len(changes.edited), unchanged=changes.unchanged, refused=changes.refused
    )


def _sort_row(job: _Job, row: Row, post: Post | None, changes: _Changes) -> None:
    """Puts a row among the new, changed, unchanged or refused."""
    before = data_of(post.product) if post else None
    data = _data(job, row, before)
    problems = Problems()
    check_product(problems, data, strict=True, tree=job.tree)
    if before and before.variants:
        problems.add("variants", _("this product has variants by now; change it in the dashboard"))
    if problems.found:
        changes.refused += 1
        job.on_error(row.line, "; ".join(f"{name}: {texts[0]}" for name, texts in problems.found.items()))
    elif post is None:
        changes.new.append((row, data))
    elif before and (post.text, snapshot(before)) == (row.text, snapshot(data)):
        changes.unchanged += 1
    else:
        changes.edited.append((post, row.text, data))


def _data(job: _Job, row: Row, before: ProductData | None) -> ProductData:
    """What the row says; of a known product what the row does not speak of stays."""
    node = job.category or (before.category if before else None)
    if node is None:
        node = job.tree.by_slug.get(guess_leaf(row.kind, row.title)) or job.tree.by_slug[OTHER]
    attributes, unfit = _attributes(row, {a.slug: a for a in job.tree.attributes_of(node.pk)})
    data = ProductData(
        title=row.title,
        price_minor=row.price_minor,
        category=node,
        compare_at_minor=row.compare_at_minor,
        stock=_stock(row, before, job.stock),
        condition=row.condition,
        attributes=attributes,
        brand=row.brand,
        specifications=row.specifications | unfit,
        external_id=row.id,
    )
    if before is None:
        return data
    kept = {slug: value for slug, value in before.attributes.items() if not job.category or slug in attributes}
    return replace(
        data,
        attributes=kept | attributes,
        delivery=before.delivery,
        returns=before.returns,
        condition=row.condition if row.has_condition else before.condition,
    )


def _stock(row: Row, before: ProductData | None, default: int) -> int | None:
    if row.is_made_to_order:
        return None
    if row.is_sold_out:
        return 0
    if row.quantity is not None:
        return row.quantity
    return before.stock if before and before.stock else default


def _attributes(row: Row, asked: dict[str, Attribute]) -> tuple[dict[str, str], dict[str, str]]:
    """Color, size, material and brand as the category's choices; what does not fit is a specification."""
    fit, unfit = {}, {}
    for name, written in row.values.items():
        first = slugify(written.replace("/", ",").split(",")[0])
        value = COLORS.get(first, first) if name == "color" else first
        if name in asked and value in {slug for slug, _label in asked[name].choices}:
            fit[name] = value
        if fit.get(name) != slugify(written):
            unfit[name.capitalize()] = written[:200]
    if "brand" in asked and row.brand:
        fit["brand"] = row.brand
    return fit, unfit


def _write_new(job: _Job, new: Iterable[tuple[Row, ProductData]]) -> list[int]:
    """Published at once or waiting for staff, without pictures: these are the seller's to add."""
    now = timezone.now()
    rows = list(new)
    is_held = bool(rows) and not job.is_checked and approving.has_to_wait(job.channel)
    columns = {"state": Post.State.WAITING} if is_held else {"state": Post.State.PUBLISHED, "published_at": now}
    posts = Post.objects.bulk_create(
        Post(channel=job.channel, author=job.author, text=row.text, in_feed=job.announce, **columns)
        for row, _data in rows
    )
    products = Product.objects.bulk_create(
        Product(
            post=post, channel=job.channel, currency=job.channel.currency, market=job.channel.market, **data.columns()
        )
        for post, (_row, data) in zip(posts, rows, strict=True)
    )
    approving.open_checks(posts, by=job.author)
    return [product.pk for product in products]


def _write_edited(job: _Job, edited: list[tuple[Post, str, ProductData]]) -> list[int]:
    """Edits as a person's would be: with what was said before, and a new version."""
    now = timezone.now()
    history = []
    for post, text, data in edited:
        before = {
            "text": post.text,
            "pictures": [[row.picture_id, row.alt] for row in sorted(post.pictures.all(), key=lambda p: p.position)],
            "product": snapshot(data_of(post.product)),
        }
        history.append(PostEdit(post=post, version=post.version, before=before, by=job.author))
        post.text, post.version, post.edited_at = text, post.version + 1, now
        for name, value in data.columns().items():
            setattr(post.product, name, value)
    PostEdit.objects.bulk_create(history)
    Post.objects.bulk_update([post for post, _text, _data in edited], ["text", "version", "edited_at"])
    products = [post.product for post, _text, _data in edited]
    if products:
        Product.objects.bulk_update(products, list(edited[0][2].columns()))
    return [product.pk for product in products]


__all__ = ["BadFile", "ImportReport", "count_lines", "import_catalogue"]
