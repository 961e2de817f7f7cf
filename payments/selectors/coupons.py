"""What pages and services read about coupons."""

from django.db.models import Count, Q, Sum

from accounts.models import User
from payments.models import Coupon, CouponUse
from payments.models.coupons import fold_code
from sellers.models import Channel


def find_coupon(channel: Channel, code: str) -> Coupon | None:
    """The channel's coupon of a code, however it is typed."""
    return Coupon.objects.select_related("channel").filter(channel=channel.pk, code=fold_code(code)[:40]).first()


def count_uses(coupon: Coupon, person: User) -> int:
    """How often the code stands on the person's requests or was paid with them."""
    uses = CouponUse.objects.filter(coupon=coupon.pk, request__buyer=person.pk)
    return uses.exclude(state=CouponUse.State.RETURNED).count()


def get_coupons(channel: Channel) -> list[Coupon]:
    """A channel's newest hundred, each with ``paid_count`` and ``given_minor``: what it took off what was paid."""
    paid = Q(uses__state=CouponUse.State.USED)
    coupons = Coupon.objects.filter(channel=channel.pk).annotate(
        paid_count=Count("uses", filter=paid), given_minor=Sum("uses__off_minor", filter=paid, default=0)
    )
    return list(coupons.order_by("-pk")[:100])
