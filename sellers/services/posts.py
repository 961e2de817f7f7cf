"""Writing, publishing and changing posts. A product post is a post with a product; its pictures are the post's."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.models import Picture
from core.templatetags.bisat import number
from sellers.models import Channel, Post, PostEdit, PostPicture, Product
from sellers.models.posts import MAX_PICTURES
from sellers.services import approving
from sellers.services.errors import BadPost, NotAllowed, Problems, StalePost
from sellers.services.listing import refresh_listing
from sellers.services.locks import lock_channel, lock_post
from sellers.services.products import ProductData, add_variants, change_variants, check_product, data_of, snapshot

State = Post.State
Pictures = Sequence[tuple[Picture, str]]
MAX_TEXT = 4000
LONGEST_WAIT = dt.timedelta(days=366)


def check_post(
    text: str, pictures: Pictures, product: ProductData | None, *, strict: bool, may_lack_picture: bool = False
) -> None:
    """Raises BadPost with all that is wrong; ``strict`` asks for what the public needs."""
    problems = Problems()
    problems.check_text("text", text, MAX_TEXT)
    if len(pictures) > MAX_PICTURES:
        problems.add("pictures", _("A post has at most {n} pictures.").format(n=number(MAX_PICTURES)))
    if len({picture.pk for picture, _alt in pictures}) < len(pictures):
        problems.add("pictures", _("The same picture is there twice."))
    for _picture, alt in pictures:
        problems.check_text("pictures", alt, 200)
    if product:
        check_product(problems, product, strict=strict)
        if strict and not pictures and not may_lack_picture:
            problems.add("pictures", _("A product needs at least one picture."))
    elif not text.strip() and not pictures:
        problems.add("text", _("Write something or add a picture."))
    problems.raise_as(BadPost)


def _check_time(publish_at: dt.datetime) -> None:
    problems = Problems()
    if timezone.is_naive(publish_at):
        raise ValueError("publish_at must know its time zone")
    if not timezone.now() < publish_at < timezone.now() + LONGEST_WAIT:
        problems.add("publish_at", _("Choose a time from now to a year ahead."))
    problems.raise_as(BadPost)


def _add_pictures(post: Post, pictures: Pictures) -> None:
    PostPicture.objects.bulk_create(
        PostPicture(post=post, picture=picture, alt=alt.strip(), position=position)
        for position, (picture, alt) in enumerate(pictures)
    )


@contextmanager
def _external_id_once() -> Iterator[None]:
    """Raises BadPost if the channel uses this external id already."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "external_id_once" not in str(error):
            raise
        raise BadPost({"external_id": [_("Another product of this channel has this number.")]}) from None


def write_product(post: Post, data: ProductData) -> Product:
    """The product of a post that has none, with its variants. Raises BadPost."""
    channel = post.channel
    product = Product(post=post, channel=channel, currency=channel.currency, market=channel.market, **data.columns())
    with _external_id_once():
        product.save(force_insert=True)
    add_variants(product, data)
    return product


def _change_product(post: Post, data: ProductData) -> Product:
    columns = data.columns()
    product = Product.objects.select_for_update(no_key=True).get(post=post)
    for name, value in columns.items():
        setattr(product, name, value)
    with _external_id_once():
        product.save(update_fields=[*columns])
    change_variants(product, data)
    return product


def refresh_post(post: Post) -> None:
    """The listing of the post's product, if it has one."""
    if product := getattr(post, "product", None):
        refresh_listing([product.pk])
        product.refresh_from_db()


@transaction.atomic
def create_post(
    *,
    channel: Channel,
    author: User,
    text: str = "",
    pictures: Pictures = (),
    product: ProductData | None = None,
    publish: Literal["draft", "now"] | dt.datetime = "draft",
    published_at: dt.datetime | None = None,
    in_feed: bool = True,
) -> Post:
    """Writes a post, and its product; a draft may lack what the public needs. Raises BadPost.

    ``published_at`` dates a post of ``publish="now"`` back; without ``in_feed`` followers are not shown it as news.
    A channel that is not open yet may publish: its posts are seen from the day it opens. The first products of a
    channel wait for staff (sellers.services.approving).
    """
    check_post(text, pictures, product, strict=publish != "draft")
    channel = lock_channel(channel.pk)
    post = Post(channel=channel, author=author, text=text.strip(), in_feed=in_feed)
    if isinstance(publish, dt.datetime):
        _check_time(publish)
        post.state, post.publish_at = State.SCHEDULED, publish
    elif publish == "now":
        is_held = product is not None and approving.has_to_wait(channel)
        post.state = State.WAITING if is_held else State.PUBLISHED
        post.published_at = published_at or (None if is_held else timezone.now())
    post.save()
    _add_pictures(post, pictures)
    if product:
        post.product = write_product(post, product)
        refresh_post(post)
    approving.open_checks([post], by=author)
    return post


def _product_data(post: Post) -> ProductData | None:
    product = getattr(post, "product", None)
    return data_of(product) if product else None


def pictures_of(post: Post) -> list[tuple[Picture, str]]:
    """A post's pictures with their words, in order."""
    rows = post.pictures.select_related("picture").order_by("position")
    return [(row.picture, row.alt) for row in rows]


def saying(text: str, pictures: Pictures, product: ProductData | None) -> dict[str, object]:
    """What a post says, as the history keeps it."""
    return {
        "text": text,
        "pictures": [[picture.pk, alt] for picture, alt in pictures],
        "product": snapshot(product) if product else None,
    }


@transaction.atomic
def edit_post(
    *,
    post: Post,
    by: User,
    expected_version: int,
    text: str,
    pictures: Pictures,
    product: ProductData | None = None,
) -> Post:
    """Says something else, and keeps what was said before. Nothing different: nothing written.

    Units sold since the form was opened stay sold (``stock_seen``).
    Raises StalePost if the post is not at ``expected_version`` any more, BadPost. A product that was published
    without a picture (by an import) may be edited without one, but none may be taken away to the last.
    """
    post = lock_post(post)
    if post.version != expected_version:
        raise StalePost(post)
    before_product = _product_data(post)
    if (before_product is None) != (product is None):
        raise TypeError("a product post stays one, a post without a product too")
    if product and before_product:
        product = product.since(before_product)
    before_pictures = pictures_of(post)
    strict = post.state in (State.SCHEDULED, State.PUBLISHED, State.WAITING)
    check_post(text, pictures, product, strict=strict, may_lack_picture=not before_pictures)
    before = saying(post.text, before_pictures, before_product)
    clean = [(picture, alt.strip()) for picture, alt in pictures]
    if before == saying(text.strip(), clean, product):
        return post
    PostEdit.objects.create(post=post, version=post.version, before=before, by=by)
    post.text, post.version, post.edited_at = text.strip(), post.version + 1, timezone.now()
    post.save(update_fields=["text", "version", "edited_at"])
    post.pictures.all().delete()
    _add_pictures(post, clean)
    if product:
        post.product = _change_product(post, product)
    refresh_post(post)
    if before_product:
        shown = [picture.pk for picture, _alt in before_pictures]
        price = before_product.lowest_price()
        approving.sample_edit(post=post, by=by, price_before=price, pictures_before=shown)
    return post


@transaction.atomic
def reorder_pictures(*, post: Post, by: User, picture_ids: list[int]) -> Post:
    """The same pictures in another order; the first is the cover. Raises BadPost if they are not the same."""
    post = lock_post(post)
    rows = {row.picture_id: row for row in post.pictures.all()}
    if sorted(rows) != sorted(picture_ids):
        raise BadPost({"pictures": [_("The pictures have changed in the meantime. Look again.")]})
    for position, pk in enumerate(picture_ids):
        rows[pk].position = position
    PostPicture.objects.bulk_update(rows.values(), ["position"])
    refresh_post(post)
    return post


def _in_state(post: Post, *states: str) -> Post:
    """The post under lock; raises NotAllowed if it has left these states."""
    post = lock_post(post)
    if post.state not in states:
        raise NotAllowed(_("The post has changed in the meantime; that is not open to it now."))
    return post


def _check_ready(post: Post) -> None:
    check_post(post.text, pictures_of(post), _product_data(post), strict=True)


@transaction.atomic
def publish_post(*, post: Post, by: User) -> Post:
    """A draft or scheduled post goes out now, or waits for staff; one that was sent back does. Raises NotAllowed, BadPost."""
    post = _in_state(post, State.DRAFT, State.SCHEDULED, State.REJECTED)
    _check_ready(post)
    is_held = post.state == State.REJECTED or (hasattr(post, "product") and approving.has_to_wait(post.channel))
    post.publish_at = None
    post.state = State.WAITING if is_held else State.PUBLISHED
    if not is_held:
        post.published_at = timezone.now()
    post.save(update_fields=["state", "published_at", "publish_at"])
    refresh_post(post)
    approving.open_checks([post], by=by)
    return post


@transaction.atomic
def schedule_post(*, post: Post, by: User, publish_at: dt.datetime) -> Post:
    """A draft goes out by itself at ``publish_at``; again for another time. Raises NotAllowed, BadPost."""
    post = _in_state(post, State.DRAFT, State.SCHEDULED)
    _check_time(publish_at)
    _check_ready(post)
    post.state, post.publish_at = State.SCHEDULED, publish_at
    post.save(update_fields=["state", "publish_at"])
    return post


@transaction.atomic
def unschedule_post(*, post: Post, by: User) -> Post:
    """A scheduled post is a draft again. Raises NotAllowed."""
    post = _in_state(post, State.SCHEDULED)
    post.state, post.publish_at = State.DRAFT, None
    post.save(update_fields=["state", "publish_at"])
    return post


@transaction.atomic
def archive_post(*, post: Post, by: User) -> Post:
    """Takes a published post out of sight; links to it, its likes and its history stay. Raises NotAllowed."""
    post = _in_state(post, State.PUBLISHED)
    post.state = State.ARCHIVED
    post.save(update_fields=["state"])
    refresh_post(post)
    return post


@transaction.atomic
def restore_post(*, post: Post, by: User) -> Post:
    """An archived post is back in its old place in the stream. Raises NotAllowed."""
    post = _in_state(post, State.ARCHIVED)
    post.state = State.PUBLISHED
    post.save(update_fields=["state"])
    refresh_post(post)
    return post


@transaction.atomic
def delete_draft(*, post: Post, by: User) -> None:
    """Forgets a post nobody outside sees. Raises NotAllowed."""
    _in_state(post, State.DRAFT, State.SCHEDULED, State.WAITING, State.REJECTED).delete()
