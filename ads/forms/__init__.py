"""What forms of ads parse and check; nothing is written here."""

from ads.forms.campaigns import CampaignForm
from ads.forms.credit import CreditForm
from ads.forms.paying import BookForm, RepayForm
from ads.forms.staff import ApproveForm, LimitForm, PackageForm, WhyForm

__all__ = [
    "ApproveForm",
    "BookForm",
    "CampaignForm",
    "CreditForm",
    "LimitForm",
    "PackageForm",
    "RepayForm",
    "WhyForm",
]
