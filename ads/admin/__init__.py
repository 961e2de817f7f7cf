from ads.admin.bookings import BookingAdmin, PackageAdmin
from ads.admin.credit import CreditApplicationAdmin
from ads.admin.lines import CreditLineAdmin, StatementAdmin

__all__ = ["BookingAdmin", "CreditApplicationAdmin", "CreditLineAdmin", "PackageAdmin", "StatementAdmin"]
