"""The stems under which words are kept: English endings are cut by PostgreSQL, words of other letters stay whole."""

from collections.abc import Iterable

from django.db import connection

from shop.measures import Token

MOST_KEPT = 200_000
LONGEST = 60  # letters of a word that count
_kept: dict[str, str] = {}
_STEM = "SELECT w, coalesce((ts_lexize('bisat_stem', w))[1], w) FROM unnest(%s::text[]) AS w"


def lexemes_of(words: Iterable[str]) -> dict[str, str]:
    """Each word's lexeme. At most one query, for words this process has not met."""
    asked = {word: word[:LONGEST] for word in words}
    unknown = sorted({word for word in asked.values() if word.isascii() and word.isalpha()} - _kept.keys())
    if unknown:
        if len(_kept) + len(unknown) > MOST_KEPT:
            _kept.clear()
        with connection.cursor() as cursor:
            cursor.execute(_STEM, [unknown])
            _kept.update(cursor.fetchall())
    return {word: _kept.get(short, short) for word, short in asked.items()}


def words_of(tokens: Iterable[Token]) -> list[str]:
    """What tokens are found by, in order: each word, and after a measure its bare number."""
    return [word for token in tokens for word in (token.word, token.number) if word]


_ENDS = frozenset(("with", "for", "in", "by", "to"))  # what comes after them is no longer the thing itself


def noun_place(words: list[str]) -> int:
    """Which of the words most likely names the thing: the last before "with" or "for"; in Persian the first."""
    named = [i for i, word in enumerate(words) if not word[0].isdigit()]
    if not named:
        return 0
    if "\u0600" <= words[named[0]][0] <= "\u06ff":
        return named[0]
    end = next((i for i in named if i and words[i] in _ENDS), len(words))
    return max((i for i in named if i < end), default=named[0])
