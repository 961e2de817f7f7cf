"""What can be refused, each with a sentence for the person who asked."""

from django.utils.translation import gettext as _

from core.limits import wait_words


class Refused(Exception):
    """Nothing was written. ``str()`` is a translated sentence."""


class NotAllowed(Refused):
    """This person may not do that, or not now."""


class OwnChannel(NotAllowed):
    def __init__(self) -> None:
        super().__init__(_("This is your own channel: you answer here, so you cannot ask."))


class Blocked(NotAllowed):
    """One of the sides does not want to hear from the other."""


class BadMessage(Refused):
    """The message is empty, too long, or carries what it may not."""


class TooManyMessages(Refused):
    """The limit is used up; ``seconds`` until it is not."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(wait_words(seconds))
