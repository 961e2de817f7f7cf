"""What is done with money. Verbs are keyword-only and atomic; with the same ``key`` they happen once."""

from payments.models import Line
from payments.services.addresses import delete_address, save_address
from payments.services.advertising import (
    charge_ad_fee,
    charge_ads,
    prepay_ads,
    repay_ads,
    return_prepaid_ads,
    set_ads_limit,
    write_off_ads,
)
from payments.services.alerts import clear_alert, raise_alert
from payments.services.asking import (
    Terms,
    buy,
    cancel_request,
    decline_request,
    edit_request,
    give_address,
    request_money,
    send_request,
)
from payments.services.card_refunds import refund_to_card, settle_refund
from payments.services.charging_back import charge_back, charge_back_key
from payments.services.coupon_steps import apply_coupon, remove_coupon
from payments.services.coupons import check_coupon, make_coupon, pause_coupon, resume_coupon
from payments.services.disputing import (
    add_evidence,
    confirm_decision,
    escalate,
    needs_two_persons,
    propose_decision,
    reject_decision,
)
from payments.services.errors import (
    BadAmount,
    BadRequest,
    CouponRefused,
    KeyReused,
    NotAllowed,
    NotEnoughMoney,
    NotPayable,
    OutOfStock,
    Refused,
    SamePerson,
    StaleVersion,
)
from payments.services.fulfilling import confirm_delivery, release_request, ship_request
from payments.services.paying import (
    Outcome,
    expire_attempt,
    pay_from_wallet,
    redirect_attempt,
    return_attempt,
    settle_attempt,
    start_attempt,
    start_top_up,
)
from payments.services.paying_out import (
    NothingToSend,
    confirm_payout,
    make_payout_file,
    request_payout,
    return_payout,
)
from payments.services.posting import Leg, post
from payments.services.reconciling import Report, reconcile, take_snapshots
from payments.services.refunding import (
    accept_offer,
    accept_refund,
    ask_refund,
    decline_offer,
    offer_partial_refund,
    refund_request_in_full,
    withdraw_refund,
)
from payments.services.settling import REFERENCE_LENGTH, record_settlement
from payments.services.timers import run_due, sweep_attempts
from payments.services.verbs import verb

__all__ = [
    "REFERENCE_LENGTH",
    "BadAmount",
    "BadRequest",
    "CouponRefused",
    "KeyReused",
    "Leg",
    "Line",
    "NotAllowed",
    "NotEnoughMoney",
    "NotPayable",
    "NothingToSend",
    "OutOfStock",
    "Outcome",
    "Refused",
    "Report",
    "SamePerson",
    "StaleVersion",
    "Terms",
    "accept_offer",
    "accept_refund",
    "add_evidence",
    "apply_coupon",
    "ask_refund",
    "buy",
    "cancel_request",
    "charge_ad_fee",
    "charge_ads",
    "charge_back",
    "charge_back_key",
    "check_coupon",
    "clear_alert",
    "confirm_decision",
    "confirm_delivery",
    "confirm_payout",
    "decline_offer",
    "decline_request",
    "delete_address",
    "edit_request",
    "escalate",
    "expire_attempt",
    "give_address",
    "make_coupon",
    "make_payout_file",
    "needs_two_persons",
    "offer_partial_refund",
    "pause_coupon",
    "pay_from_wallet",
    "post",
    "prepay_ads",
    "propose_decision",
    "raise_alert",
    "reconcile",
    "record_settlement",
    "redirect_attempt",
    "refund_request_in_full",
    "refund_to_card",
    "reject_decision",
    "release_request",
    "remove_coupon",
    "repay_ads",
    "request_money",
    "request_payout",
    "resume_coupon",
    "return_attempt",
    "return_payout",
    "return_prepaid_ads",
    "run_due",
    "save_address",
    "send_request",
    "set_ads_limit",
    "settle_attempt",
    "settle_refund",
    "ship_request",
    "start_attempt",
    "start_top_up",
    "sweep_attempts",
    "take_snapshots",
    "verb",
    "withdraw_refund",
    "write_off_ads",
]
