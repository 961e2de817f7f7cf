"""What staff look at before or after it is seen: the first products of a new channel, and a sample of larger edits.

A channel is trusted once staff checked its seller or as many of its products as LISTINGS_CHECKED_FIRST are out; what
still waits goes out with the last of them. Locks: channel, post, check.
"""

from collections.abc import Collection, Iterable

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, groups
from news import services as news
from sellers.models import Channel, ListingCheck, ListingStep, Post, Product, Role
from sellers.services.errors import NotAllowed
from sellers.services.listing import refresh_listing
from sellers.services.locks import lock_post

Kind, State = ListingCheck.Kind, ListingCheck.State
SEEN = (Post.State.PUBLISHED, Post.State.ARCHIVED)
SAMPLE = "listing-edits"  # the seed of what is sampled
BY_ITSELF = "trusted"  # the reason kept with what goes out without a look of its own


def has_to_wait(channel: Channel) -> bool:
    """Whether a new product of the channel waits for staff; ask under the channel's lock."""
    first: int = settings.LISTINGS_CHECKED_FIRST
    if not first or channel.is_verified:
        return False
    out = Post.objects.filter(channel=channel.pk, product__isnull=False, state__in=SEEN)
    return out[:first].count() < first


def open_checks(posts: Iterable[Post], *, by: User | None) -> None:
    """Hands those of the posts that wait to staff."""
    waiting = [post for post in posts if post.state == Post.State.WAITING]
    checks = ListingCheck.objects.bulk_create(ListingCheck(post=post, kind=Kind.FIRST) for post in waiting)
    ListingStep.objects.bulk_create(ListingStep(check_of=check, to_state=State.WAITING, by=by) for check in checks)


def sample_edit(*, post: Post, by: User, price_before: int, pictures_before: Collection[int]) -> None:
    """Hands a share of the edits that change price or pictures by more than their bounds to staff; the post stays.

    ``post`` as it is after the edit, locked. The same edit is always or never among them.
    """
    share: float = settings.LISTING_EDITS_SAMPLED
    if post.state != Post.State.PUBLISHED or groups.place_of(SAMPLE, f"{post.pk}:{post.version}") >= share:
        return
    pictures = list(post.pictures.values_list("picture", flat=True))
    new = len(set(pictures) - set(pictures_before))
    moved = abs(post.product.price_minor - price_before) * 100 > price_before * settings.LISTING_PRICE_BOUND
    if not moved and new * 100 <= len(pictures) * settings.LISTING_PICTURE_BOUND:
        return
    if not post.checks.filter(state=State.WAITING).exists():
        check = ListingCheck.objects.create(
            post=post, kind=Kind.EDIT, price_before_minor=price_before, new_pictures=new
        )
        ListingStep.objects.create(check_of=check, to_state=State.WAITING, by=by)


def _close(check: ListingCheck, to_state: str, by: User | None, reason: str) -> None:
    ListingStep.objects.create(check_of=check, from_state=check.state, to_state=to_state, by=by, reason=reason)
    check.state, check.reason, check.closed_at = to_state, reason, timezone.now()
    check.save(update_fields=["state", "reason", "closed_at"])


def _lock(check: ListingCheck) -> tuple[ListingCheck, Post]:
    post = lock_post(check.post)
    check = ListingCheck.objects.select_for_update(no_key=True).get(pk=check.pk)
    if check.state != State.WAITING:
        raise NotAllowed(_("Somebody decided this already."))
    return check, post


def _publish(posts: Collection[Post]) -> None:
    """Out now, or at the time it was dated."""
    now = timezone.now()
    for post in posts:
        post.state, post.published_at = Post.State.PUBLISHED, post.published_at or now
    Post.objects.bulk_update(posts, ["state", "published_at"])
    refresh_listing(list(Product.objects.filter(post__in=posts).order_by("pk").values_list("pk", flat=True)))


def release_waiting(channel: Channel) -> int:
    """Lets out what waits in a channel that is trusted by now; returns how many. Call it under the channel's lock."""
    if has_to_wait(channel):
        return 0
    posts = Post.objects.select_for_update(no_key=True).filter(channel=channel.pk, state=Post.State.WAITING)
    waiting = list(posts.order_by("pk"))
    if waiting:
        _publish(waiting)
        for check in ListingCheck.objects.filter(post__in=waiting, state=State.WAITING).order_by("pk"):
            _close(check, State.APPROVED, None, BY_ITSELF)
    return len(waiting)


def _tell(check: ListingCheck, post: Post, kind: str) -> None:
    """Staff's decision reaches the owner and who wrote the post."""
    people = {member.person for member in post.channel.members.filter(role=Role.OWNER).select_related("person")}
    for person in {*people, *([post.author] if post.author else [])}:
        news.notify(
            person=person,
            kind=kind,
            params={"product": post.product.title, "channel": post.channel.name, "reason": check.reason},
            url=reverse("dashboard:post_edit", args=[post.channel.handle, post.pk]),
            key=f"listing:{check.pk}:{check.state}:{person.pk}",
        )


def _staff(by: User) -> None:
    if not by.is_staff:
        raise NotAllowed(_("Only staff decide this."))


@transaction.atomic
def approve_listing(*, check: ListingCheck, by: User, reason: str = "") -> ListingCheck:
    """A new product goes out, and with the last one a channel needs all that wait; an edit stays. Raises NotAllowed."""
    _staff(by)
    check, post = _lock(check)
    _close(check, State.APPROVED, by, reason.strip()[:500])
    audit.log(actor=by, verb="approved", subject=check, reason=check.reason, data={"post": post.pk})
    if post.state == Post.State.WAITING:
        _publish([post])
        _tell(check, post, "listing_approved")
        release_waiting(post.channel)
    return check


@transaction.atomic
def reject_listing(*, check: ListingCheck, by: User, reason: str) -> ListingCheck:
    """Nobody but its team sees the post until it is corrected, sent again and approved. Raises NotAllowed."""
    _staff(by)
    if not reason.strip():
        raise NotAllowed(_("Write why: the seller reads it."))
    check, post = _lock(check)
    _close(check, State.REJECTED, by, reason.strip()[:500])
    audit.log(actor=by, verb="sent_back", subject=check, reason=check.reason, data={"post": post.pk})
    if post.state in (Post.State.WAITING, *SEEN):
        post.state = Post.State.REJECTED
        post.save(update_fields=["state"])
        refresh_listing([post.product.pk])
        _tell(check, post, "listing_sent_back")
    return check
