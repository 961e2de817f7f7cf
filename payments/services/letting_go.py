"""What a request keeps while it is not paid: units and the use of a coupon."""

from payments.models import MoneyRequest
from payments.services import coupons, stock


def let_go(request: MoneyRequest) -> None:
    """Both are free again; the coupon's row is locked last."""
    stock.give_back(request)
    coupons.give_use_back(request)
