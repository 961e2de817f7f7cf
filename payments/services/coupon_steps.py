"""The buyer puts a code onto a request that is not paid yet, or takes it off again."""

from accounts.models import User
from payments.fees import fee_of
from payments.machine import State, Who
from payments.models import Coupon, MoneyRequest, RequestVersion
from payments.services import stock
from payments.services.coupons import give_use_back, keep_use, lock_coupon
from payments.services.errors import NotPayable, StaleVersion
from payments.services.moves import lock_for, move
from payments.services.verbs import verb


def _lock(request: MoneyRequest, by: User, version: int, verb: str) -> MoneyRequest:
    request, _who = lock_for(request, by, verb)
    if request.version != version:
        raise StaleVersion
    if not request.is_payable():
        raise NotPayable
    return request


def _write(
    request: MoneyRequest, terms: RequestVersion, *, verb: str, by: User, key: str, coupon: Coupon | None, off: int
) -> MoneyRequest:
    """The next version: the same promises at another price; an open payment of the old one ends in the wallet."""
    amount = terms.goods_minor + terms.delivery_minor - off
    fee = fee_of(amount, request.fee_basis_points)
    request = move(
        request,
        verb,
        State.REQUESTED,
        who=Who.BUYER,
        by=by,
        key=key,
        coupon=coupon,
        terms_version=request.version + 1,
        amount_minor=amount,
        fee_minor=fee,
    )
    RequestVersion.objects.create(
        request=request,
        version=request.version,
        line_rows=terms.line_rows,
        delivery_minor=terms.delivery_minor,
        discount_minor=terms.discount_minor,
        coupon_code=coupon.code if coupon else "",
        coupon_minor=off,
        amount_minor=amount,
        fee_minor=fee,
        delivery=terms.delivery,
        returns=terms.returns,
        note=terms.note,
    )
    return request


@verb
def apply_coupon(*, request: MoneyRequest, by: User, version: int, code: str, key: str) -> MoneyRequest:
    """The code takes something off what is asked, instead of one that stood there. The time to pay stays as it was.

    Raises NotAllowed, StaleVersion, NotPayable, CouponRefused, KeyReused.
    """
    request = _lock(request, by, version, "apply_coupon")
    terms = request.versions.get(version=request.terms_version)
    stock.give_back(request)
    give_use_back(request)
    coupon, off = lock_coupon(
        channel=request.channel,
        person=by,
        code=code,
        goods_minor=terms.goods_minor,
        delivery_minor=terms.delivery_minor,
    )
    request = _write(request, terms, verb="apply_coupon", by=by, key=key, coupon=coupon, off=off)
    keep_use(request, coupon, off)
    return request


@verb
def remove_coupon(*, request: MoneyRequest, by: User, version: int, key: str) -> MoneyRequest:
    """The price is as it was before the code. Raises NotAllowed, StaleVersion, NotPayable, KeyReused."""
    request = _lock(request, by, version, "remove_coupon")
    terms = request.versions.get(version=request.terms_version)
    stock.give_back(request)
    give_use_back(request)
    return _write(request, terms, verb="remove_coupon", by=by, key=key, coupon=None, off=0)
