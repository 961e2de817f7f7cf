"""Coupons: making and pausing them, what one takes off, and their uses.

Of all a step locks, a coupon's row comes last: its request, the accounts, the channel with its products, the coupon.
"""

import contextlib
import datetime as dt
import re

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import limits
from core.money import MAX_MINOR, format_money
from core.templatetags.bisat import day
from payments import selectors
from payments.machine import CouponState
from payments.models import Coupon, CouponUse, MoneyRequest, StateChange
from payments.models.coupons import MAX_PERCENT, fold_code
from payments.services.errors import BadRequest, CouponRefused, NotAllowed
from sellers.models import Channel, Role

CODE = re.compile(r"[\w-]{3,20}")
MAX_LIMIT = 1_000_000
WRONG_AN_HOUR = 30  # codes of a person that do not exist; then none of hers counts for the rest of the hour
Use = CouponUse.State


def _check_team(channel: Channel, by: User) -> None:
    if selectors.get_role(channel.pk, by) not in Role.at_least(Role.MANAGER):
        raise NotAllowed


def _check_words(coupon: Coupon) -> None:
    """Raises BadRequest naming the field that makes no sense."""
    if not CODE.fullmatch(coupon.code):
        raise BadRequest("code", _("Write 3 to 20 letters, digits or hyphens."))
    if coupon.kind == Coupon.Kind.PERCENT and not 1 <= coupon.percent <= MAX_PERCENT:
        raise BadRequest("percent", _("Write a number from 1 to 99."))
    if coupon.kind == Coupon.Kind.AMOUNT and not 1 <= coupon.amount_minor <= MAX_MINOR:
        raise BadRequest("amount", _("Write an amount above zero."))
    if not 0 <= coupon.minimum_minor <= MAX_MINOR:
        raise BadRequest("minimum", _("That amount is out of range."))
    if coupon.ends_at and coupon.ends_at <= max(coupon.starts_at, timezone.now()):
        raise BadRequest("ends", _("Choose a day that is still to come, after the first one."))
    for name in ("person_limit", "total_limit"):
        limit = getattr(coupon, name)
        if limit is not None and not 1 <= limit <= MAX_LIMIT:
            raise BadRequest(name, _("That number is out of range."))


@transaction.atomic
def make_coupon(
    *,
    channel: Channel,
    by: User,
    code: str,
    kind: str,
    percent: int = 0,
    amount_minor: int = 0,
    minimum_minor: int = 0,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    person_limit: int | None = 1,
    total_limit: int | None = None,
) -> Coupon:
    """A manager's new code, which counts at once or from ``starts_at`` on. Raises NotAllowed, BadRequest."""
    _check_team(channel, by)
    coupon = Coupon(
        channel=channel,
        code=fold_code(code),
        kind=kind,
        percent=percent if kind == Coupon.Kind.PERCENT else 0,
        amount_minor=amount_minor if kind == Coupon.Kind.AMOUNT else 0,
        minimum_minor=minimum_minor,
        currency=channel.currency,
        starts_at=starts_at or timezone.now(),
        ends_at=ends_at,
        person_limit=person_limit,
        total_limit=total_limit,
        made_by=by,
    )
    _check_words(coupon)
    try:
        with transaction.atomic():
            coupon.save()
    except IntegrityError as error:
        if "coupon_code_once" not in str(error):
            raise
        raise BadRequest("code", _("Your channel has this code already.")) from None
    return coupon


def _turn(coupon: Coupon, by: User, to_state: CouponState) -> Coupon:
    _check_team(coupon.channel, by)
    coupon = Coupon.objects.select_for_update(no_key=True).get(pk=coupon.pk)
    if coupon.state != to_state:
        StateChange.objects.create(
            machine=StateChange.Machine.COUPON,
            row_id=coupon.pk,
            from_state=coupon.state,
            to_state=to_state,
            by=by,
        )
        coupon.state = to_state
        coupon.save(update_fields=["state"])
    return coupon


@transaction.atomic
def pause_coupon(*, coupon: Coupon, by: User) -> Coupon:
    """Nobody else can use it; where it stands on a request already it counts. Raises NotAllowed."""
    return _turn(coupon, by, CouponState.PAUSED)


@transaction.atomic
def resume_coupon(*, coupon: Coupon, by: User) -> Coupon:
    """It counts again. Raises NotAllowed."""
    return _turn(coupon, by, CouponState.ACTIVE)


def check_coupon(*, channel: Channel, person: User, code: str, goods_minor: int, delivery_minor: int = 0) -> int:
    """What the code would take off now for this person, in minor units; keeps nothing back. Raises CouponRefused."""
    _refuse_guessing(person)
    coupon = selectors.find_coupon(channel, code)
    if coupon is None:
        count_wrong_code(person=person)
    return _off(coupon, person, goods_minor, delivery_minor)


def count_wrong_code(*, person: User) -> None:
    """Outside of the step that was refused, which takes back what it wrote."""
    with contextlib.suppress(limits.TooMany):  # the next code is refused
        limits.take(f"coupon:{person.pk}", limit=WRONG_AN_HOUR, seconds=3600)


def _refuse_guessing(person: User) -> None:
    if limits.seconds_left(f"coupon:{person.pk}", limit=WRONG_AN_HOUR):
        raise CouponRefused(_("Too many of these codes do not exist. Try again in an hour."))


def lock_coupon(
    *, channel: Channel, person: User, code: str, goods_minor: int, delivery_minor: int
) -> tuple[Coupon, int]:
    """The coupon, locked, and what it takes off. Raises CouponRefused."""
    _refuse_guessing(person)
    known = selectors.find_coupon(channel, code)
    coupon = Coupon.objects.select_for_update(no_key=True).get(pk=known.pk) if known else None
    off = _off(coupon, person, goods_minor, delivery_minor)
    assert coupon is not None  # noqa: S101 - for the type checker; _off refuses what is not there
    return coupon, off


def _check_counts(coupon: Coupon, person: User) -> None:
    """Raises CouponRefused if it does not count now or not for this person."""
    if coupon.state == CouponState.PAUSED or coupon.currency != coupon.channel.currency:
        raise CouponRefused(_("This code does not count now."))
    if coupon.starts_at > timezone.now():
        raise CouponRefused(_("This code counts from {day} on.").format(day=day(coupon.starts_at)))
    if coupon.is_ended and coupon.last_day:
        raise CouponRefused(_("This code counted until {day}.").format(day=day(coupon.last_day)))
    if coupon.is_used_up:
        raise CouponRefused(_("This code is used up."))
    if coupon.person_limit is not None and selectors.count_uses(coupon, person) >= coupon.person_limit:
        raise CouponRefused(_("One person can use this code no more often."))


def _off(coupon: Coupon | None, person: User, goods_minor: int, delivery_minor: int) -> int:
    """Raises CouponRefused with the reason why it takes nothing off."""
    if coupon is None:
        raise CouponRefused(_("This channel has no such code."))
    _check_counts(coupon, person)
    if goods_minor < coupon.minimum_minor:
        least = format_money(coupon.minimum_minor, coupon.currency)
        raise CouponRefused(_("This code counts from {sum} on, without delivery.").format(sum=least))
    off = coupon.off(goods_minor=goods_minor, delivery_minor=delivery_minor)
    if not off:
        is_free = coupon.kind == Coupon.Kind.DELIVERY
        raise CouponRefused(_("There is no delivery to pay here.") if is_free else _("This code takes nothing off."))
    if off >= goods_minor + delivery_minor:
        raise CouponRefused(_("With this code nothing would be left to pay."))
    return off


def keep_use(request: MoneyRequest, coupon: Coupon, off_minor: int) -> None:
    """One use of a locked coupon is the request's."""
    CouponUse.objects.create(coupon=coupon, request=request, off_minor=off_minor)
    Coupon.objects.filter(pk=coupon.pk).update(use_count=F("use_count") + 1)


def claim_use(request: MoneyRequest) -> None:
    """The request is paid: its use, if it has one, counts for good."""
    if request.coupon_id:
        CouponUse.objects.filter(request=request.pk, state=Use.RESERVED).update(state=Use.USED)


def give_use_back(request: MoneyRequest) -> None:
    """The use that a locked request has is free again: it was called off, changed, or refunded in full."""
    if request.coupon_id is None:
        return
    use = CouponUse.objects.filter(request=request.pk).exclude(state=Use.RETURNED).first()
    if use is None:
        return
    Coupon.objects.filter(pk=use.coupon_id).update(use_count=F("use_count") - 1)
    use.state = Use.RETURNED
    use.save(update_fields=["state"])
