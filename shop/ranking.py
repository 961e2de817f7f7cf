"""In which order a search shows what it found.

PostgreSQL orders by the share of the query's words found, rare words counting more, in the title more than elsewhere,
over the title's length. The first hundred are then put in order by what needs their words: whether the query's noun
is the title's, whether neighbors are neighbors, how many runs of three letters are the same, how popular they are.
"""

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

HALF_LIFE = dt.timedelta(days=3)  # of popularity
LOOKED_AT = 100
TOP = 10**9  # added to the ranks of those
SHORT = 0.2  # how much a title's length counts
NOUN, NEIGHBORS, LETTERS, POPULAR = 0.06, 0.075, 0.3, 0.02
FAME = 10  # half-lives until the last events no longer count here
USUAL_SIZE = 12.0
# What a word is worth by where it is found: title, kind and brand, seller and specifications, text.
TITLE, KIND, SELLER, TEXT = 1.0, 0.7, 0.5, 0.35
# ts_rank of one word that has one place is the place's weight over the sum of 1/n².
_PLACE = f"ts_rank('{{{TEXT},{SELLER},{KIND},{TITLE}}}', p.vector, %s::tsquery)"
_ONE = 1.6449340668
_BY_WORDS = """unnest(ARRAY[{query}::tsquery]) AS asked (words),
    LATERAL (SELECT * FROM shop_searchdocument WHERE vector @@ asked.words {more} OFFSET 0) d"""
ONE_OF_TERMS = "AND facet_terms && %s::varchar[]"  # the same index knows these
IS_POPULAR = "AND is_popular"  # and these have a small one of their own


def by_words(query: str, more: str = "") -> str:
    """SQL for the documents ``d`` that a tsquery finds, to stand after FROM: always by the index of words. With the words
    and a LIMIT in sight PostgreSQL may rather read the whole table in the hope of an early end."""
    return _BY_WORDS.format(query=query, more=more)


_FOUND = """SELECT d.* FROM {documents}
    WHERE d.is_listed AND d.market = %s AND ({checked} = '' OR d.vector @@ {checked}::tsquery)"""
_CHOSEN = """SELECT d.* FROM unnest(%s::text[], %s::text[], %s::text[]) AS choice (words, checked, without), LATERAL (
    {found} AND NOT d.vector @@ choice.without::tsquery LIMIT {each}
) d LIMIT {most}"""

MOST_OF_A_CHOICE, MOST_CHOSEN = 1000, 2000  # things that count where words were given up: of one choice, of all
MOST = 4000  # things that are put in order


@dataclass(frozen=True, slots=True)
class Slot:
    """One word of a query: the lexemes that stand for it, each with how surely, and how much it matters."""

    word: str
    terms: tuple[tuple[str, float], ...]
    weight: float = 1.0

    @property
    def tsquery(self) -> str:
        either = " | ".join(f"'{lexeme}'" for lexeme, _sure in self.terms)
        return f"({either})" if len(self.terms) > 1 else either


@dataclass(frozen=True, slots=True)
class Ranking:
    slots: tuple[Slot, ...]
    words: str  # what has all words is the list: a tsquery to look up,
    checked: str = ""  # and one that is checked on what was found; unless words were given up:
    choices: tuple[
        tuple[str, str, str], ...
    ] = ()  # then these, the strictest first: the same two, and what is left out
    is_common: bool = False  # whether very many things have all words
    strictest: int = 0  # how many of these are the strictest that find anything
    noun: int = 0  # which slot names the thing
    usual_size: float = USUAL_SIZE  # words of a usual title

    def documents(self, market: str, terms: Sequence[str] = ()) -> tuple[str, list[Any]]:
        """A SELECT of the documents of what the search finds, visible ones of a market only. Those that none of these
        facet terms is true of are not needed, and left out where that saves reading them."""
        if not self.choices:
            narrowed = [list(terms)] if terms and self.is_common else []
            sql = _FOUND.format(documents=by_words("%s", ONE_OF_TERMS if narrowed else ""), checked="%s::text")
            return sql, [self.words, *narrowed, market, self.checked, self.checked]
        found = _FOUND.format(documents=by_words("choice.words"), checked="choice.checked")
        columns = [list(column) for column in zip(*self.choices, strict=True)]
        return _CHOSEN.format(found=found, each=MOST_OF_A_CHOICE, most=MOST_CHOSEN), [*columns, market]

    def score(self) -> tuple[str, list[Any]]:
        """The first order as an SQL integer, 0 to a million and a little more; ``p`` is the document."""
        total = sum(slot.weight for slot in self.slots) or 1.0
        parts: list[str] = []
        params: list[Any] = []
        for slot in self.slots:
            found = [_PLACE if sure == 1 else f"{sure} * {_PLACE}" for _lexeme, sure in slot.terms]
            params += [1_000_000 * _ONE * slot.weight / total, *(f"'{lexeme}'" for lexeme, _sure in slot.terms)]
            best = f"greatest({', '.join(found)})" if len(found) > 1 else found[0]
            parts.append(f"%s * {best}")
        return f"(({' + '.join(parts)}) / ({1 - SHORT} + {SHORT / self.usual_size:.6f} * p.size))::bigint", params


class Found(NamedTuple):
    """What a search found, as PostgreSQL ordered it."""

    rank: int
    id: int
    title: str  # its words
    lexemes: str  # theirs
    noun: int  # which of them names the thing
    popularity: int


def put_in_order(found: Sequence[Found], ranking: Ranking) -> list[tuple[int, int]]:
    """(rank, id) of all found, best first: the first hundred anew, the others as they are."""
    look = _Look(ranking)
    looked_at = [(TOP + look.rank(each), each.id) for each in found[:LOOKED_AT]]
    return sorted(looked_at, reverse=True) + [(each.rank, each.id) for each in found[LOOKED_AT:]]


class _Look:
    """A query as it is compared with titles."""

    def __init__(self, ranking: Ranking) -> None:
        self.slots = [[lexeme for lexeme, _sure in slot.terms] for slot in ranking.slots]
        weights = [slot.weight for slot in ranking.slots]
        self.pairs = [one + other for one, other in pairwise(weights)]
        self.noun = ranking.noun
        self.runs = _runs(" ".join(slot.word for slot in ranking.slots))
        self.now = int(time.time()) // 86400 * 86400 / HALF_LIFE.total_seconds()

    def rank(self, found: Found) -> int:
        words = found.lexemes.split(" ")
        places: list[list[int]] = [
            [i for i, word in enumerate(words) if word in lexemes]
            if any(each in found.lexemes for each in lexemes)
            else []
            for lexemes in self.slots
        ]
        title = f" {found.title} "
        more = LETTERS * sum(map(title.__contains__, self.runs)) / len(self.runs)
        if found.noun in places[self.noun]:
            more += NOUN
        more += NEIGHBORS * self._neighbors(places)
        if found.popularity:
            more += POPULAR * min(max(1 - (self.now - found.popularity / 1e6) / FAME, 0), 1)
        return found.rank + round(1_000_000 * more)

    def _neighbors(self, places: list[list[int]]) -> float:
        """The share of the query's neighboring words that stand as close, in the same order, in the title."""
        if not self.pairs:
            return 1.0
        near = sum(
            weight
            for weight, one, other in zip(self.pairs, places, places[1:], strict=False)
            if any(0 < b - a <= 2 for a in one for b in other)
        )
        return near / (sum(self.pairs) or 1.0)


def _runs(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
