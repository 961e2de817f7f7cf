"""The numbers a table is made with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Found by ``tuning`` on a validation slice; the defaults are what most shops end up near.

    An age is in days, or in steps back from a person's newest event where a log knows order alone; a half-life of 0
    means that nothing is forgotten.
    """

    width: int = 50  # K: the most neighbours an item keeps
    source_power: float = 0.5  # a: how much a common item's say is held down
    target_power: float = 0.5  # b: how much a common item is held down as a neighbour
    person_power: float = 0.5  # g: how much a busy person's say is held down
    entry_power: float = 1.0  # p: of the finished likeness
    half_life: float = 0  # of an event's say in likeness
    history_half_life: float = 0  # of an event in the history a list is made for
    step_decay: float = 0  # 0: whatever one person touched is a pair; else a pair counts decay ** (steps between)
    backward: float = 0.7  # what a pair counts from the later to the earlier
    trend_half_life: float = 0  # of the popularity that neighbours are raised by
    trend_power: float = 0
    popular_half_life: float = 0
    popular_share: float = 0  # of decayed popularity in a score whose best neighbour counts 1
    candidates: int = 100  # an item is foretold from its closest ones, at most these
    regression_share: float = 0  # beside likeness, whose sum is 1; 0 leaves it out
    penalty: float = 2.0
    regression_person_power: float = 0.5
    regression_item_power: float = 0.0


SETS = Settings(width=200, regression_share=0.5)
SEQUENCES = Settings(person_power=0.2, target_power=0.2, step_decay=0.8, history_half_life=3.1)
TIMED = Settings(target_power=0.3, half_life=30, history_half_life=10, popular_share=0.01)
