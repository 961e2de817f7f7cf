"""What can be refused beside what payments refuses, each with a sentence for the person who asked."""

from django.utils.translation import gettext as _

from payments import services as payments


class NotReserved(payments.Refused):
    """More comes back or was spent than is reserved: a fault of the program that asks."""

    def __init__(self) -> None:
        super().__init__(_("That was not reserved for this campaign."))


class NoCreditLine(payments.Refused):
    def __init__(self) -> None:
        super().__init__(_("This channel has no ads on credit."))
