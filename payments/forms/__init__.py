"""Forms of money: they parse and validate; the services decide."""

from payments.forms.addresses import AddressForm
from payments.forms.base import KeyedForm
from payments.forms.coupons import CouponForm, code_field
from payments.forms.payouts import PayoutForm
from payments.forms.requests import RequestForm, Thing, find_thing, things_of
from payments.forms.staff import ChargeBackForm, DecisionForm, RejectForm, SettlementForm
from payments.forms.statements import PeriodForm
from payments.forms.steps import STEP_FORMS, AmountStepForm, StepForm
from payments.forms.wallet import CardRefundForm, TopUpForm

__all__ = [
    "STEP_FORMS",
    "AddressForm",
    "AmountStepForm",
    "CardRefundForm",
    "ChargeBackForm",
    "CouponForm",
    "DecisionForm",
    "KeyedForm",
    "PayoutForm",
    "PeriodForm",
    "RejectForm",
    "RequestForm",
    "SettlementForm",
    "StepForm",
    "Thing",
    "TopUpForm",
    "code_field",
    "find_thing",
    "things_of",
]
