"""Staff's side of ads."""

from ads.admin.bookings import BookingAdmin, PackageAdmin
from ads.admin.creatives import CampaignAdmin, CreativeAdmin
from ads.admin.credit import CreditApplicationAdmin
from ads.admin.lines import CreditLineAdmin, StatementAdmin

__all__ = [
    "BookingAdmin",
    "CampaignAdmin",
    "CreativeAdmin",
    "CreditApplicationAdmin",
    "CreditLineAdmin",
    "PackageAdmin",
    "StatementAdmin",
]
