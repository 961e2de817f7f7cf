"""Money: the ledger, requests that ask for it, and what is on its way."""

from payments.models.addresses import Address
from payments.models.alerts import Alert
from payments.models.attempts import PaymentAttempt, Refund, StateChange
from payments.models.coupons import Coupon, CouponUse
from payments.models.disputes import Dispute, Evidence
from payments.models.ledger import Account, Effect, Entry, Posting, Snapshot
from payments.models.payouts import Payout, PayoutBatch
from payments.models.refunds import RefundOffer, RefundRequest
from payments.models.requests import Line, MoneyRequest, RequestTransition, RequestVersion
from payments.models.stock import Reservation

__all__ = [
    "Account",
    "Address",
    "Alert",
    "Coupon",
    "CouponUse",
    "Dispute",
    "Effect",
    "Entry",
    "Evidence",
    "Line",
    "MoneyRequest",
    "PaymentAttempt",
    "Payout",
    "PayoutBatch",
    "Posting",
    "Refund",
    "RefundOffer",
    "RefundRequest",
    "RequestTransition",
    "RequestVersion",
    "Reservation",
    "Snapshot",
    "StateChange",
]
