"""What services of this room refuse; the message is for whoever asked."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """Nothing was changed."""

    message: str | Promise = _("This is not possible now.")

    def __init__(self, message: str | Promise = "") -> None:
        super().__init__(str(message or self.message))


class NotAllowed(Refused):
    message = _("This is for staff only.")


class NotReady(Refused):
    """The test lacks something that visitors would miss; the message names it."""


class NotOpen(Refused):
    message = _("This is not offered at the moment.")


class WrongState(Refused):
    message = _("That is not possible in this state any more.")


class NeedsWords(Refused):
    message = _("Write a few words: the person will read them.")


class Unreachable(Refused):
    message = _("This person left no way to reach her.")


class NotAFile(Refused):
    """The upload is refused; the message tells its owner why."""
