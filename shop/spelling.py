"""Slips of the finger and of the ear: which words of a vocabulary may have been meant."""

REACH = 7  # letters whose slips are looked up; further ones are compared
_VOWELS = frozenset("aeiouy")


def slips_allowed(word: str) -> int:
    return 1 if len(word) <= 4 else 2


def near_misses(word: str) -> list[str]:
    """The word's beginning, and this short of any one letter (two, where two slips are allowed).

    Two words within the allowed slips of each other share one of them.
    """
    found = layer = {word[:REACH]}
    for _ in range(slips_allowed(word)):
        layer = {each[:i] + each[i + 1 :] for each in layer for i in range(len(each))}
        found = found | layer
    return sorted(found)


def slip_cost(one: str, other: str) -> float:
    """What it costs to turn one word into the other: 1 a letter wrong, missing or too many, less for two neighbors
    swapped, a doubled letter, a vowel for a vowel. Above the allowed slips: infinity."""
    most = slips_allowed(one)
    if abs(len(one) - len(other)) > most:
        return float("inf")
    before: list[tuple[float, int]] = []
    row = _first_row(other)
    for i, letter in enumerate(one):
        cost, slips = row[0]
        fresh = [(cost + _odd_letter(one, i), slips + 1)]
        for j, wanted in enumerate(other):
            same = letter == wanted
            swap = 0.0 if same else 0.7 if letter in _VOWELS and wanted in _VOWELS else 1.0
            ways = [
                (row[j][0] + swap, row[j][1] + (not same)),
                (row[j + 1][0] + _odd_letter(one, i), row[j + 1][1] + 1),
                (fresh[j][0] + _odd_letter(other, j), fresh[j][1] + 1),
            ]
            if i and j and letter == other[j - 1] and one[i - 1] == wanted:
                ways.append((before[j - 1][0] + 0.8, before[j - 1][1] + 1))
            fresh.append(min(ways))
        before, row = row, fresh
    cost, slips = row[-1]
    return cost if slips <= most else float("inf")


def _first_row(word: str) -> list[tuple[float, int]]:
    row = [(0.0, 0)]
    for j in range(len(word)):
        row.append((row[-1][0] + _odd_letter(word, j), j + 1))
    return row


def _odd_letter(word: str, i: int) -> float:
    """What a letter too many, or one left out, costs."""
    if i and word[i] == word[i - 1]:
        return 0.6
    return 0.8 if word[i] in _VOWELS or word[i] == "h" else 1.0
