"""What can be refused, each with a sentence for the person who asked."""

from core.limits import wait_words


class Refused(Exception):
    """Nothing was written. ``str()`` is a translated sentence."""


class NotAllowed(Refused):
    """This person may not do that, or not now."""


class BadWords(Refused):
    """Empty, too long, or more than it may carry. ``field`` names the input, if one is to blame."""

    def __init__(self, sentence: str, field: str = "") -> None:
        self.field = field
        super().__init__(sentence)


class TooMuch(Refused):
    """The limit is used up; ``seconds`` until it is not."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(wait_words(seconds))
