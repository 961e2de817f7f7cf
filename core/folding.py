"""Words as search compares them, the same in Python and in the database."""

from django.db import models

_LETTERS = str.maketrans("يىكةۀ۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "ییکهه01234567890123456789")


def fold(words: str) -> str:
    """The words as ``Folded`` writes them."""
    return words.translate(_LETTERS).upper()


class Folded(models.Func):
    """Text in which Arabic letters and digits read like the Persian and Latin ones, in capitals: what search compares."""

    template = "upper(translate(%(expressions)s, 'يىكةۀ۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩', 'ییکهه01234567890123456789'))"
    output_field = models.TextField()


class Joined(models.Func):
    """Several columns as one text, words of one never running into the next; unlike CONCAT it can be indexed."""

    template = "(%(expressions)s)"
    arg_joiner = " || ' ' || "
    output_field = models.TextField()
