"""What can be refused, each with a sentence for the person who asked. Nothing was written then."""

from django.utils.translation import gettext as _


class Refused(Exception):
    """``str()`` is a translated sentence; ``field`` names the form's field, or nothing."""

    field = ""


class NotAllowed(Refused):
    """This person may not do that, or not now."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("This has changed in the meantime; that step is not open to you now."))


class NotPayable(Refused):
    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("This request cannot be paid any more."))


class StaleVersion(Refused):
    """The request was edited after the page was opened."""

    def __init__(self) -> None:
        super().__init__(_("The request was changed in the meantime. Look at it again before you go on."))


class KeyReused(Refused):
    """The same key came with other words: a fault of the program that asks."""

    def __init__(self) -> None:
        super().__init__(_("This form was sent before with other contents. Open it again."))


class NotEnoughMoney(Refused):
    field = "amount"

    def __init__(self) -> None:
        super().__init__(_("There is not enough money for that."))


class OutOfStock(Refused):
    field = "quantity"

    def __init__(self) -> None:
        super().__init__(_("There are not so many left."))


class BadRequest(Refused):
    """What was asked makes no sense; ``field`` says where."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class BadAmount(BadRequest):
    def __init__(self, sentence: str = "") -> None:
        super().__init__("amount", sentence or _("That amount is out of range."))


class CouponRefused(BadRequest):
    """The code does not count: for this person, now, or for what is asked."""

    def __init__(self, sentence: str) -> None:
        super().__init__("coupon", sentence)


class SamePerson(Refused):
    def __init__(self) -> None:
        super().__init__(_("A second person must confirm this decision."))
