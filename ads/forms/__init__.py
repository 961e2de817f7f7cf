from ads.forms.credit import CreditForm
from ads.forms.paying import BookForm, RepayForm
from ads.forms.staff import ApproveForm, LimitForm, PackageForm, WhyForm

__all__ = ["ApproveForm", "BookForm", "CreditForm", "LimitForm", "PackageForm", "RepayForm", "WhyForm"]
