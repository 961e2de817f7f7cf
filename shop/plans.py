"""How a query is looked up: its words mended from the market's own, and how many of them a product must have.

Words the market's catalogue does not know are joined with their neighbor, parted, or replaced by what was likely
meant. Then all words are asked for; while fewer than a page would be found, all but one, the rarest with any other,
any of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from django.core.cache import cache

from core import planned
from shop.lexemes import lexemes_of, noun_place
from shop.measures import Token, read_tokens
from shop.mending import Mender
from shop.models import SearchDocument
from shop.ranking import IS_POPULAR, USUAL_SIZE, Ranking, Slot, by_words

MOST_WORDS = 12
MOST_LETTERS = 100
ENOUGH = 100  # found things at which no word is given up any more
LONG = 5000  # products that have a word; then a few popular ones say whether there are enough,
FEW = 8  # at least so many, or as many as there would be twice in a part of the market of their size
VERY_COMMON = 25_000  # products that have a word; then filters are looked up with it
KEPT_SECONDS = 60
KEPT_SECONDS_MENDED = 4  # a new thing may have just the word that was unknown
COMMON = 2000  # products that have a word; it is not looked up alone
PROBE = 400  # times as common as the things found so far: then a word is checked on them
MOST_CHOICES = 4  # which word may be left out: the commonest
BARE = 0.6  # a number without its unit
SHORTEST_PAIR = 6  # letters of two words that may be one

# What stood somewhere last night is taken as known; of other words the index is asked.
_KNOWN = """
SELECT w, coalesce(t.documents, 0), CASE WHEN t.documents > 0 THEN TRUE WHEN w <> '' THEN EXISTS (
    SELECT 1 FROM {documents} WHERE d.is_listed AND d.market = %s) END
FROM unnest(%s::text[]) AS w LEFT JOIN shop_searchterm t ON t.market = %s AND t.lexeme = w
"""
# How many things each of some choices of words finds, as far as it matters. Where each word is so common that the index
# takes long, the market's most popular things are asked first: if some of these have them, far more than enough do, and
# what the other choices of its level find need not be known.
_FITS = """d.is_listed AND d.market = place AND (checked = '' OR d.vector @@ checked::tsquery)
    AND NOT d.vector @@ without::tsquery"""
_COUNT = f"""
SELECT is_common, CASE WHEN NOT bool_or(is_common) OVER (PARTITION BY level) THEN (
    SELECT count(*) FROM (SELECT FROM {by_words("choice.words")} WHERE {_FITS} LIMIT {ENOUGH}) found
) END FROM (
    SELECT *, few > 0 AND few = (
        SELECT count(*) FROM (SELECT FROM {by_words("words", IS_POPULAR)} WHERE {_FITS} LIMIT few) found
    ) AS is_common
    FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::int[]) WITH ORDINALITY
        AS x (level, words, checked, without, few, n), (SELECT %s::text AS place) y
    OFFSET 0
) choice ORDER BY n
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Plan:
    """How a query is looked up; ``ranking`` is None when nothing can be found."""

    words: tuple[str, ...]
    ranking: Ranking | None = None
    corrected: str = ""  # the query as it was understood; "" when every word stayed as it was
    is_loose: bool = False  # no product has all words

    @property
    def shown(self) -> tuple[str, ...]:
        """The words looked for, folded and corrected."""
        return tuple(self.corrected.split()) or self.words


@dataclass(slots=True)
class Choice:
    """Some of a query's words: a tsquery to look up, one that is checked on what was found, what stricter choices found."""

    words: str
    checked: str = ""
    without: str = ""
    fewest: int = 0  # how many things had its rarest word last night
    last_night: int = 0  # how many had its only word, found by stricter choices or not; then there is no need to count
    count: int = 0  # how many things it finds now, as far as it matters: 1 beside something common, found or not
    is_common: bool = False  # whether it finds very many


@dataclass(slots=True)
class Known:
    """What the market's catalogue knows of lexemes: which stand in its products, and in how many last night."""

    documents: dict[str, int] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    total: int = 0

    def count(self, slot: Slot) -> int:
        """In how many products one of the slot's lexemes stood last night, or a few more."""
        return sum(self.documents.get(lexeme, 0) for lexeme, _sure in slot.terms)

    def weight(self, lexeme: str) -> float:
        """Rare words matter more: the inverse document frequency of BM25."""
        n = self.documents.get(lexeme, 0)
        return math.log(1 + (max(self.total - n, 0) + 0.5) / (n + 0.5)) if self.total else 1.0


def know(lexemes: Sequence[str], market: str) -> Known:
    known = Known()
    sql = _KNOWN.format(documents=by_words("quote_literal(w)"))
    for lexeme, documents, is_there in planned.fetch(sql, [market, ["", *lexemes], market]):
        known.documents[lexeme] = documents
        if is_there:
            known.present.add(lexeme)
    known.total = known.documents.pop("")
    return known


def _joined(one: Token, other: Token) -> str:
    word = one.word + other.word
    return word if word.isalpha() and word < "\u3400" and len(word) >= SHORTEST_PAIR else ""


def _read(tokens: Sequence[Token], market: str) -> tuple[dict[str, str], Known]:
    """The lexemes of a query's words, of neighbors written as one and of bare numbers, and what is known of them."""
    words = {word for token in tokens for word in (token.word, token.number) if word}
    words |= {joined for pair in pairwise(tokens) if (joined := _joined(*pair))}
    lexemes = lexemes_of(words)
    return lexemes, know(sorted(set(lexemes.values())), market)


def _slots(tokens: Sequence[Token], market: str, *, literal: bool) -> tuple[list[Slot], list[str], Known]:
    """The slots of a query, how it reads, and what is known of its words."""
    lexemes, known = _read(tokens, market)
    mender = None if literal else Mender(tokens, lexemes, known.present, known.documents, market)
    slots: list[Slot] = []
    shown: list[str] = []
    for i, token in enumerate(tokens):
        lexeme = lexemes[token.word]
        terms = [(lexeme, 1.0)]
        if token.number:
            terms.append((lexemes[token.number], BARE))
        pairs = [pair for pair in (tokens[i : i + 2], tokens[max(i - 1, 0) : i + 1]) if len(pair) == 2]
        terms += [
            (lexemes[joined], 1.0) for pair in pairs if (joined := _joined(*pair)) and lexemes[joined] in known.present
        ]
        is_known = any(each in known.present for each, _sure in terms)
        mended = mender.mend(token, is_known=is_known) if mender else None
        if mended is None:
            slots.append(Slot(token.word, tuple(dict.fromkeys(terms))))
            shown.append(token.text)
        elif is_known:
            slots.append(Slot(token.word, (*dict.fromkeys(terms), *mended[0].terms)))
            shown.append(token.text)
        else:
            slots += mended
            shown += [slot.word for slot in mended]
    if mender:
        known.documents |= mender.documents
        known.present |= {lexeme for slot in slots for lexeme, _sure in slot.terms if lexeme in mender.meant}
    return slots, shown, known


def _weigh(slots: Sequence[Slot], known: Known) -> list[Slot]:
    """Each lexeme once, with what it weighs; unknown words weigh nothing where others are known."""
    first = {slot.terms[0][0]: slot for slot in reversed(slots)}
    chosen = [slot for slot in slots if first[slot.terms[0][0]] is slot]
    return [replace(slot, weight=_weight(slot, known)) for slot in chosen]


def _weight(slot: Slot, known: Known) -> float:
    there = [lexeme for lexeme, _sure in slot.terms if known.documents.get(lexeme)]
    return max(known.weight(slot.terms[0][0] if slot.terms[0][0] in there or not there else there[0]), 0.01)


def _levels(slots: Sequence[Slot], known: Known) -> list[list[Choice]]:
    """Choices from all words to any of them, each finding what none before it finds. Only words joined by "and" are
    cheap to look up at any size: so every choice of words is a lookup of its own, and words in very many products are not
    looked up alone, but for the rarest."""
    levels = [[_together(slots, known)]]
    if len(slots) == 1:
        return levels
    by_weight = sorted(range(len(slots)), key=lambda i: slots[i].weight)
    seen = [f"({_tsquery(slots)})"]
    if len(slots) > 2:
        one_less = {gone: [*slots[:gone], *slots[gone + 1 :]] for gone in by_weight[:MOST_CHOICES]}
        levels.append([_together(left, known, slots[gone].tsquery) for gone, left in one_less.items()])
        seen = [f"({_tsquery(left)})" for left in one_less.values()]
    rarest, *others = (slots[i] for i in reversed(by_weight))
    for level in ([rarest], [slot for slot in others if known.count(slot) <= COMMON]):
        choices = []
        for slot in level:
            choices.append(Choice(slot.tsquery, without=" | ".join(seen), last_night=known.count(slot)))
            seen.append(slot.tsquery)
        if choices:
            levels.append(choices)
    return levels


def _tsquery(slots: Sequence[Slot]) -> str:
    return " & ".join(slot.tsquery for slot in slots)


def _together(slots: Sequence[Slot], known: Known, without: str = "") -> Choice:
    """All these words. To probe the long list of a very common word for each of few things takes longer than to look at
    those things: such words are checked on what the others find."""
    first, *others = sorted(slots, key=known.count)
    fewest = known.count(first)
    looked_up, few = [first], max(fewest, 1)
    for slot in others:
        if known.count(slot) < PROBE * few:
            looked_up.append(slot)
            few = max(few // 4, 1)  # about so much does a further word of a query narrow
    checked = _tsquery([slot for slot in others if slot not in looked_up])
    return Choice(_tsquery(looked_up), checked, without, fewest)


def count_found(levels: Sequence[Sequence[Choice]], total: int, market: str) -> None:
    """Says of each choice how many things it finds; ``total`` is how many the market had last night."""
    asked = [(number, each) for number, level in enumerate(levels) for each in level if not each.last_night]
    if not asked:
        return
    few = max(FEW, 2 * ENOUGH * SearchDocument.MOST_POPULAR // max(total, 1))
    rows = [
        (number, each.words, each.checked, each.without, few if each.fewest >= LONG else 0) for number, each in asked
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    for (_number, each), (is_common, count) in zip(asked, planned.fetch(_COUNT, [*columns, market]), strict=True):
        each.is_common = is_common
        each.count = ENOUGH if is_common else 1 if count is None else count


def _gather(
    levels: Sequence[Sequence[Choice]], total: int, market: str, *, at_once: int
) -> tuple[list[Choice], int, int]:
    """The choices of as many levels as needed, how many of them the strictest that finds anything has, and which this
    is; nothing where all words alone find enough. A query for the first ``at_once`` levels, then one a level."""
    choices: list[Choice] = []
    found, strictest, first = 0, 0, len(levels)
    for number, level in enumerate(levels):
        if number == 0 or number >= at_once:
            count_found(levels[number : max(at_once, number + 1)], total, market)
        choices += [each for each in level if each.count or each.last_night]
        found = max(found + sum(each.count for each in level), *(each.last_night for each in level))
        if found and not strictest:
            strictest, first = len(choices), number
        if found >= ENOUGH:
            break
    return ([], 0, first) if first == 0 and len(choices) == 1 else (choices, strictest, first)


def _plan(tokens: Sequence[Token], market: str, *, literal: bool) -> Plan:
    words = tuple(token.text for token in tokens)
    slots, shown, known = _slots(tokens, market, literal=literal)
    usable = [slot for slot in slots if any(lexeme in known.present for lexeme, _sure in slot.terms)]
    corrected = " ".join(shown) if tuple(shown) != words else ""
    slots = _weigh(usable or slots, known)
    levels = _levels(slots, known)
    fewest = min(map(known.count, slots), default=0)
    choices: list[Choice] = []
    strictest, first = 0, 0
    if not (usable and len(levels) == 1):
        at_once = len(levels) if fewest < ENOUGH else 1
        choices, strictest, first = _gather(levels, known.total, market, at_once=at_once)
    noun = noun_place([slot.word for slot in slots])
    is_loose = first > 0 or (bool(usable) and len(usable) < len(shown))
    ranking = Ranking(
        tuple(slots),
        levels[0][0].words,
        levels[0][0].checked,
        tuple((each.words, each.checked, each.without) for each in choices),
        fewest >= VERY_COMMON and (levels[0][0].is_common or len(levels) == 1),
        strictest,
        noun,
        USUAL_SIZE,
    )
    return Plan(words, ranking, corrected, is_loose)


def is_quoted(text: str) -> bool:
    """Whether a query stands in quotation marks: it means what it says, nothing is mended."""
    return len(text) > 2 and text[0] == text[-1] == '"'


def plan_query(text: str, market: str) -> Plan:
    """How to look ``text`` up in a market; kept for a minute, else a few queries."""
    literal = is_quoted(text)
    text = text[1:-1] if literal else text
    tokens = tuple(dict.fromkeys(read_tokens(text[:MOST_LETTERS])))[:MOST_WORDS]
    if not tokens:
        return Plan(())
    key = f"search:{market}:{literal:d}:{' '.join(token.text for token in tokens).encode().hex()}"
    kept: Plan | None = cache.get(key)
    if kept is None:
        kept = _plan(tokens, market, literal=literal)
        is_sure = not kept.corrected and not kept.is_loose and not (kept.ranking and kept.ranking.choices)
        cache.set(key, kept, KEPT_SECONDS if is_sure else KEPT_SECONDS_MENDED)
    return kept


def has_unknown_word(text: str, market: str) -> bool:
    """Whether the market's catalogue lacks one of the words as they are written."""
    tokens = read_tokens(text[:MOST_LETTERS])
    lexemes = lexemes_of(word for token in tokens for word in (token.word, token.number) if word)
    present = know(sorted(set(lexemes.values())), market).present
    return any({lexemes[token.word], lexemes.get(token.number)}.isdisjoint(present) for token in tokens)
