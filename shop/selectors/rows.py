"""The light row of all lists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CardRow:
    """A product as a list knows it: enough to find its card. The first two flags say whether its pictures are made."""

    id: int
    version: int
    has_cover: bool
    has_avatar: bool
    is_away: bool = False  # its seller is on holiday
    rank: int = 0
