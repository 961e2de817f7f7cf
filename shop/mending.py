"""What may have been meant by a word the market's catalogue does not know: its own words near to it, or two of them."""

import math
from collections.abc import Sequence

from django.db import connection

from core import planned
from shop.lexemes import lexemes_of
from shop.measures import Token
from shop.ranking import IS_POPULAR, Slot, by_words
from shop.spelling import near_misses, slip_cost

MEANINGS = 3  # words that stand for one unknown
LESS_SURE = 0.7  # each further of them
SLACK = 0.6  # how much worse than the best they may be
SHORTEST = 3
RARE, OFTEN = 2, 20  # a word in so few products may be a slip of one in so many times more
FIRST_LETTER, COMPANY, FREQUENCY = 0.5, 0.125, 0.05

# By their index whatever PostgreSQL thinks of it: comparing a few thousand arrays takes fifty times longer.
_NEAR = """
SELECT s.word, s.lexeme, coalesce(t.documents, 0) FROM (SELECT %s::varchar[] AS misses OFFSET 0) asked,
    LATERAL (SELECT word, lexeme FROM shop_searchword WHERE near && asked.misses LIMIT 1000) s
LEFT JOIN shop_searchterm t ON t.market = %s AND t.lexeme = s.lexeme
"""
# The popular things know most pairs of common words, which take long to look up among all.
_HAVE = "(SELECT count(*) FROM (SELECT FROM {} WHERE d.is_listed AND d.market = place.market LIMIT place.most) hits)"
_TOGETHER = f"""
SELECT CASE {_HAVE.format(by_words("q", IS_POPULAR))} WHEN place.most THEN place.most ELSE {_HAVE.format(by_words("q"))} END
FROM unnest(%s::text[]) WITH ORDINALITY AS x (q, i) CROSS JOIN (SELECT %s::text, %s::int) AS place (market, most) ORDER BY i
"""  # noqa: S608 - our own text

_LIKE = """
SELECT DISTINCT ON (s.lexeme) word, documents FROM shop_searchword s
JOIN shop_searchterm t ON t.market = %s AND t.lexeme = s.lexeme
WHERE near && %s::varchar[] OR word LIKE %s ORDER BY s.lexeme, length(word) LIMIT 200
"""
FIRST_LETTERS = 4

Candidate = tuple[float, str, str]  # how far from what was typed, the word, its lexeme


def _counts(queries: Sequence[str], market: str, most: int) -> list[int]:
    """How many visible products each tsquery finds, at most ``most``."""
    return [count for (count,) in planned.fetch(_TOGETHER, [list(queries), market, most])] if queries else []


class Mender:
    """Mends the words of one query; the words it knows are the company in which the others are understood."""

    def __init__(
        self,
        tokens: Sequence[Token],
        lexemes: dict[str, str],
        present: set[str],
        documents: dict[str, int],
        market: str,
    ) -> None:
        self.lexemes, self.present, self.market = lexemes, present, market
        self.documents = dict(documents)
        self.meant: set[str] = set()  # lexemes that stand for others, all in visible products
        known = [lexemes[token.word] for token in tokens if lexemes[token.word] in present and len(token.word) > 2]
        self.company = list(dict.fromkeys(known))

    def mend(self, token: Token, *, is_known: bool) -> list[Slot] | None:
        """What stands for a word: slots in its place, for a rare word a further meaning; None leaves it as it is."""
        word = token.word
        if not word.isalpha() or len(word) < SHORTEST or word >= "\u3400":
            return None
        if not is_known:
            mended = self._replace(word)
            self.meant.update(lexeme for slot in mended or () for lexeme, _sure in slot.terms)
            return mended
        lexeme = self.lexemes[word]
        if len(word) > 4 and 0 < self.documents.get(lexeme, 0) <= RARE and lexeme in self.present:
            return self._widen(word, lexeme)
        return None

    def _near(self, word: str) -> list[Candidate]:
        found = []
        for each, lexeme, documents in planned.fetch(_NEAR, [near_misses(word), self.market]):
            cost = slip_cost(word, each)
            if cost < math.inf and each != word:
                self.documents.setdefault(lexeme, documents)
                cost -= FIRST_LETTER * (each[0] == word[0]) + FREQUENCY * math.log(1 + documents)
                found.append((cost, each, lexeme))
        return sorted(found)[:8]

    def _replace(self, word: str) -> list[Slot] | None:
        near = self._near(word)
        halves = self._halves(word) if not near or slip_cost(word, near[0][1]) > 1 else None
        if halves:
            return halves
        meant = self._in_company(near)
        if not meant:
            return None
        chosen: dict[str, float] = {}
        for cost, _each, lexeme in meant:
            if cost <= meant[0][0] + SLACK and len(chosen) < MEANINGS:
                chosen.setdefault(lexeme, LESS_SURE ** len(chosen))
        return [Slot(meant[0][1], tuple(chosen.items()))]

    def _widen(self, word: str, lexeme: str) -> list[Slot] | None:
        least = OFTEN * self.documents[lexeme]
        near = [each for each in self._near(word) if self.documents[each[2]] >= least and each[2] != lexeme]
        near = [each for each in near if slip_cost(word, each[1]) <= 1]
        return [Slot(near[0][1], ((near[0][2], LESS_SURE),))] if near else None

    def _in_company(self, near: Sequence[Candidate]) -> list[Candidate]:
        """Those the market has, nearer where they stand in one product with the query's other words."""
        fresh = [f"'{lexeme}'" for _cost, _word, lexeme in near if not self.documents[lexeme]]
        pairs = [f"'{lexeme}' & '{other}'" for _cost, _word, lexeme in near for other in self.company]
        counts = _counts([*fresh, *pairs], self.market, 1)
        there = dict(zip([*fresh, *pairs], counts, strict=True))
        found = []
        for cost, word, lexeme in near:
            if self.documents[lexeme] or there[f"'{lexeme}'"]:
                together = [other for other in self.company if there[f"'{lexeme}' & '{other}'"]]
                found.append((cost - COMPANY * min(sum(map(self._weight, together)), 8), word, lexeme))
        return sorted(found)

    def _weight(self, lexeme: str) -> float:
        total = max(self.documents.values(), default=0)
        return math.log(2 + total / (1 + self.documents.get(lexeme, 0)))

    def _halves(self, word: str) -> list[Slot] | None:
        """The two words of the market that were written as one, if they stand in one product."""
        parts = [(word[:i], word[i:]) for i in range(SHORTEST, len(word) - SHORTEST + 1)]
        lexemes = lexemes_of(part for pair in parts for part in pair)
        counts = _counts([f"'{lexemes[one]}' & '{lexemes[other]}'" for one, other in parts], self.market, 50)
        best = max(zip(counts, parts, strict=True), default=(0, ("", "")))
        return [Slot(part, ((lexemes[part], 1.0),)) for part in best[1]] if best[0] else None


def find_near_words(words: Sequence[str], market: str, limit: int = 6) -> list[str]:
    """The market's words that look or begin like one of these, the most common first. A query a word, four at most."""
    found: dict[str, int] = {}
    for word in [each for each in words if each.isalpha() and len(each) >= SHORTEST][:4]:
        with connection.cursor() as cursor:
            cursor.execute(_LIKE, [market, near_misses(word), f"{word[:FIRST_LETTERS]}%"])
            found |= dict(cursor.fetchall())
    for word in words:
        found.pop(word, None)
    return sorted(found, key=lambda word: (-found[word], word))[:limit]
