"""Offers of an import become products: the post of the message begins to sell what its words named."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from sellers import selectors
from sellers.models import Import, ImportRow, Post, PostEdit
from sellers.services import approving
from sellers.services.errors import BadPost, NotAllowed, Refused
from sellers.services.locks import lock_post
from sellers.services.posts import check_post, pictures_of, refresh_post, saying, write_product
from sellers.services.products import ProductData


@dataclass(frozen=True, slots=True)
class Offer:
    """What the seller agrees to for one row; ``category`` is a leaf's id."""

    row: int
    title: str
    price_minor: int
    category: int | None
    stock: int | None


@transaction.atomic
def add_product(*, post: Post, by: User, product: ProductData) -> Post:
    """A post without a product begins to carry one, in its place and with its date; one of a new channel
    waits for staff. Raises NotAllowed, BadPost."""
    post = lock_post(post)
    if hasattr(post, "product"):
        raise NotAllowed(_("This post sells something already."))
    pictures = pictures_of(post)
    check_post(post.text, pictures, product, strict=post.state != Post.State.DRAFT)
    before = saying(post.text, pictures, None)
    PostEdit.objects.create(post=post, version=post.version, before=before, by=by)
    post.version, post.edited_at = post.version + 1, timezone.now()
    if post.state == Post.State.PUBLISHED and approving.has_to_wait(post.channel):
        post.state = Post.State.WAITING
    post.save(update_fields=["version", "edited_at", "state"])
    post.product = write_product(post, product)
    refresh_post(post)
    approving.open_checks([post], by=by)
    return post


def accept_offers(*, job: Import, by: User, offers: Sequence[Offer]) -> dict[int, str]:
    """Takes each offer by itself; returns what is wrong with the others, by row. An offer that is taken stays so."""
    wrong: dict[int, str] = {}
    for offer in offers:
        try:
            _accept(job, by, offer)
        except BadPost as refusal:
            wrong[offer.row] = " ".join(sentence for all_ in refusal.problems.values() for sentence in all_)
        except Refused as refusal:
            wrong[offer.row] = str(refusal)
    return wrong


@transaction.atomic
def _accept(job: Import, by: User, offer: Offer) -> None:
    rows = ImportRow.objects.select_for_update(no_key=True, of=("self",)).select_related("post__channel")
    row = rows.filter(job=job, pk=offer.row).exclude(offer=None).first()
    if row is None or row.post is None:
        raise NotAllowed(_("The post of this message is gone."))
    if row.offer_state == ImportRow.Offer.ACCEPTED:
        return
    leaf = selectors.get_category_tree().by_id.get(offer.category or 0)
    if leaf is None:
        raise BadPost({"category": [_("Choose a category.")]})
    was_untouched = row.post.version == row.version
    data = ProductData(title=offer.title, price_minor=offer.price_minor, category=leaf, stock=offer.stock)
    post = add_product(post=row.post, by=by, product=data)
    row.offer_state = ImportRow.Offer.ACCEPTED
    row.version = post.version if was_untouched else row.version
    row.save(update_fields=["offer_state", "version"])


@transaction.atomic
def decline_offers(*, job: Import, by: User, rows: Sequence[int]) -> int:
    """Leaves these messages ordinary posts; returns how many that were."""
    open_ = ImportRow.objects.filter(job=job, pk__in=rows, offer_state=ImportRow.Offer.OPEN)
    return open_.update(offer_state=ImportRow.Offer.DECLINED)
