"""Writes rows of a catalogue as product posts: a chunk in one transaction, a row as a whole or not at all."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from core.models import Picture
from sellers import selectors
from sellers.catalogue.reader import Row
from sellers.catalogue.rules import OTHER, guess_leaf
from sellers.models import Attribute, Category, Channel, Post, PostEdit, PostPicture, Product
from sellers.services import approving
from sellers.services.errors import Problems
from sellers.services.listing import refresh_listing
from sellers.services.locks import lock_channel
from sellers.services.products import ProductData, check_product, data_of, snapshot

Leaf = Category | selectors.CategoryNode
Pictures = Mapping[int, Sequence[Picture]]  # by the row's line
NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
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


@dataclass(frozen=True, slots=True)
class Job:
    """What all rows share. ``guess`` says where a row without a category of its own belongs; None refuses it."""

    channel: Channel
    author: User
    category: Leaf | None
    announce: bool
    stock: int
    tree: selectors.CategoryTree
    guess: Callable[[Row], Leaf | None]
    is_checked: bool = False  # nothing of it waits for staff


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row; ``version`` is its post's."""

    line: int
    kind: str
    reason: str = ""
    post_id: int | None = None
    version: int | None = None


@dataclass(slots=True)
class _Changes:
    """What one chunk writes."""

    new: list[tuple[Row, ProductData]] = field(default_factory=list)
    edited: list[tuple[Row, Post, ProductData]] = field(default_factory=list)
    others: list[Outcome] = field(default_factory=list)


def guess_by_rules(tree: selectors.CategoryTree) -> Callable[[Row], Leaf | None]:
    """By the row's words, as the rules of sellers.catalogue know them; the leaf for the rest if they know none."""
    return lambda row: tree.by_slug.get(guess_leaf(row.kind, row.title)) or tree.by_slug[OTHER]


def known_posts(channel: Channel, ids: Iterable[str]) -> dict[str, Post]:
    """The channel's posts of these numbers with all that an edit looks at, locked."""
    posts = Post.objects.filter(channel=channel, product__external_id__in=list(ids))
    locked = posts.select_for_update(no_key=True, of=("self",)).select_related("product__category")
    found = locked.order_by("pk").prefetch_related("product__variants", "pictures")
    return {post.product.external_id: post for post in found}


def write_rows(job: Job, rows: Sequence[Row], pictures: Pictures | None = None) -> list[Outcome]:
    """One transaction; if the database refuses it, row by row, so that one bad row stops no other."""
    try:
        return _write(job, rows, pictures or {})
    except (DataError, IntegrityError) as error:
        if len(rows) == 1:
            return [Outcome(rows[0].line, REFUSED, " ".join(str(error).split("\n")[0].split()))]
    return [outcome for row in rows for outcome in write_rows(job, [row], pictures)]


@transaction.atomic
def _write(job: Job, rows: Sequence[Row], pictures: Pictures) -> list[Outcome]:
    lock_channel(job.channel.pk)
    known = known_posts(job.channel, [row.id for row in rows])
    changes = _Changes()
    for row in rows:
        _sort_row(job, row, known.get(row.id), changes, has_pictures=bool(pictures.get(row.line)))
    new, edited = _write_new(job, changes.new, pictures), _write_edited(job, changes.edited, pictures)
    refresh_listing(sorted(post.product.pk for post in [*new, *edited]))
    return [
        *changes.others,
        *(Outcome(row.line, NEW, "", post.pk, 1) for (row, _d), post in zip(changes.new, new, strict=True)),
        *(Outcome(row.line, CHANGED, "", post.pk, post.version) for row, post, _data in changes.edited),
    ]


def _sort_row(job: Job, row: Row, post: Post | None, changes: _Changes, *, has_pictures: bool) -> None:
    """Puts a row among the new, changed, unchanged or refused. Pictures are for what has none."""
    before = data_of(post.product) if post else None
    data = _data(job, row, before)
    if data is None:
        reason = _("no category could be guessed; choose one for such rows")
        changes.others.append(Outcome(row.line, REFUSED, reason))
        return
    problems = Problems()
    check_product(problems, data, strict=True, tree=job.tree)
    if before and before.variants:
        problems.add("variants", _("this product has variants by now; change it in the dashboard"))
    if problems.found:
        reason = "; ".join(f"{name}: {texts[0]}" for name, texts in problems.found.items())
        changes.others.append(Outcome(row.line, REFUSED, reason))
    elif post is None:
        changes.new.append((row, data))
    elif (
        before
        and (post.text, snapshot(before)) == (row.text, snapshot(data))
        and not (has_pictures and not post.pictures.all())
    ):
        changes.others.append(Outcome(row.line, UNCHANGED, "", post.pk, post.version))
    else:
        changes.edited.append((row, post, data))


def _data(job: Job, row: Row, before: ProductData | None) -> ProductData | None:
    """What the row says; of a known product what the row does not speak of stays. None: it belongs nowhere."""
    node = job.category or (before.category if before else job.guess(row))
    if node is None:
        return None
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


def _write_new(job: Job, new: Sequence[tuple[Row, ProductData]], pictures: Pictures) -> list[Post]:
    """Published at once or waiting for staff; one that comes without pictures is among what the desk says needs some."""
    is_held = bool(new) and not job.is_checked and approving.has_to_wait(job.channel)
    columns = (
        {"state": Post.State.WAITING} if is_held else {"published_at": timezone.now(), "state": Post.State.PUBLISHED}
    )
    posts = Post.objects.bulk_create(
        Post(channel=job.channel, author=job.author, text=row.text, in_feed=job.announce, **columns)
        for row, _data in new
    )
    Product.objects.bulk_create(
        Product(
            post=post, channel=job.channel, currency=job.channel.currency, market=job.channel.market, **data.columns()
        )
        for post, (_row, data) in zip(posts, new, strict=True)
    )
    approving.open_checks(posts, by=job.author)
    _write_pictures([(post, pictures.get(row.line, ())) for post, (row, _data) in zip(posts, new, strict=True)])
    return posts


def _write_pictures(pairs: Iterable[tuple[Post, Sequence[Picture]]]) -> None:
    PostPicture.objects.bulk_create(
        PostPicture(post=post, picture=picture, position=position)
        for post, pictures in pairs
        for position, picture in enumerate(pictures)
    )


def _write_edited(job: Job, edited: Sequence[tuple[Row, Post, ProductData]], pictures: Pictures) -> list[Post]:
    """Edits as a person's would be: with what was said before, a new version, and a sample for staff to look at."""
    now = timezone.now()
    history = []
    for row, post, data in edited:
        before = {
            "text": post.text,
            "pictures": [[kept.picture_id, kept.alt] for kept in sorted(post.pictures.all(), key=lambda p: p.position)],
            "product": snapshot(data_of(post.product)),
        }
        history.append(PostEdit(post=post, version=post.version, before=before, by=job.author))
        post.text, post.version, post.edited_at = row.text, post.version + 1, now
        for name, value in data.columns().items():
            setattr(post.product, name, value)
    PostEdit.objects.bulk_create(history)
    Post.objects.bulk_update([post for _row, post, _data in edited], ["text", "version", "edited_at"])
    if edited:
        Product.objects.bulk_update([post.product for _row, post, _data in edited], list(edited[0][2].columns()))
    _write_pictures((post, pictures.get(row.line, ())) for row, post, _data in edited if not post.pictures.all())
    for (_row, post, _data), edit in zip(edited, history, strict=True) if not job.is_checked else ():
        shown = [picture for picture, _alt in edit.before["pictures"]]
        price = edit.before["product"]["price_minor"]
        approving.sample_edit(post=post, by=job.author, price_before=price, pictures_before=shown)
    return [post for _row, post, _data in edited]
