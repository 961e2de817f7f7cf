"""What the rooms keep of people: what is given to a person who asks for it, and what becomes of it when she leaves.

core knows no other room, so each declares its own (in a ``personal`` module, from ``AppConfig.ready``): every column
that names a person or a guest is either ``keep``-t under one of the fates below or said not to be personal. A test
walks all models and finds what nobody declared.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from core.models import Picture

Words = str | Promise
Person = Any  # accounts.User: core imports no room


class Fate(Enum):
    """Of a row, when its person leaves."""

    DELETED = "deleted"
    DELETED_LAST = "last"  # by its own room, when all others are done
    NAMELESS = "nameless"  # the row stays, and nobody's name with it
    KEPT = "kept"  # the books must add up: the row points to an account without name or address


@dataclass(frozen=True)
class Kept:
    """One model's column that names a person. ``columns`` are what she is given of a row; ``emptied`` what a row that
    stays loses; ``guest`` names the column with the guest's key she may have been before."""

    model: type[models.Model]
    of: str
    label: Words
    fate: Fate
    columns: tuple[str, ...] = ()
    emptied: Mapping[str, Any] = field(default_factory=dict)
    guest: str = ""
    pictures: str = ""  # the way from a row to its core.Picture
    days: str = ""  # the setting that says how long rows are kept anyway
    home: str = ""  # the room, where the model is another program's

    @property
    def room(self) -> str:
        return self.home or self.model._meta.app_label

    @property
    def name(self) -> str:
        """What its file is called in an archive."""
        return f"{self.room}/{self.model._meta.model_name}-{self.of.replace('__', '-')}"

    @property
    def is_given(self) -> bool:
        return bool(self.columns)

    @property
    def kept_days(self) -> int | None:
        return getattr(settings, self.days) if self.days else None


Step = Callable[[Person], None]
Reasons = Callable[[Person], Iterable[str]]
_kept: list[Kept] = []
_not_personal: set[tuple[str, str]] = set()
_steps: list[Step] = []
_reasons: list[Reasons] = []


def keep(*kept: Kept) -> None:
    """Declares what a room keeps; in the order in which it is erased."""
    _kept.extend(each for each in kept if each not in _kept)


def not_personal(model: type[models.Model], *columns: str) -> None:
    """These columns name staff at work, or nobody: they are neither given nor erased."""
    _not_personal.update((model._meta.label, column) for column in columns)


def before_erasing(step: Step) -> Step:
    """Registers what a room does in its own words before rows are erased; runs in the transaction of the erasure."""
    if step not in _steps:
        _steps.append(step)
    return step


def refuses_erasing(reasons: Reasons) -> Reasons:
    """Registers a function of a person: sentences that say why she cannot leave yet."""
    if reasons not in _reasons:
        _reasons.append(reasons)
    return reasons


def everything_kept() -> list[Kept]:
    return list(_kept)


def is_declared(model: type[models.Model], column: str) -> bool:
    label = model._meta.label
    return (label, column) in _not_personal or any(
        each.model._meta.label == label and column in (each.of, each.guest) for each in _kept
    )


def reasons_to_stay(person: Person) -> list[str]:
    return [reason for reasons in _reasons for reason in reasons(person)]


def rows_of(kept: Kept, person: Person) -> QuerySet[Any]:
    """Hers, and those of the guest she was before she signed up."""
    hers = Q(**{kept.of: person.pk})
    if kept.guest and person.grouped_as:
        hers |= Q(**{kept.guest: person.grouped_as})
    return kept.model._base_manager.filter(hers)


def given_rows(kept: Kept, person: Person) -> Iterator[dict[str, Any]]:
    """What she is given, row by row; a thousand are in memory at once."""
    yield from rows_of(kept, person).order_by("pk").values(*kept.columns).iterator(chunk_size=1000)


def given_pictures(kept: Kept, person: Person) -> Iterator[Picture]:
    if kept.pictures:
        found = rows_of(kept, person).exclude(**{kept.pictures: None}).values(kept.pictures)
        yield from Picture.objects.filter(pk__in=found).order_by("pk").iterator(chunk_size=100)


@transaction.atomic
def erase(person: Person) -> None:
    """Runs every room's steps, then deletes or empties what was declared. Pictures that nothing shows any more are
    swept at night; those of rows that stay are taken off first."""
    for step in _steps:
        step(person)
    for kept in _kept:
        rows = rows_of(kept, person)
        if kept.fate is Fate.DELETED:
            rows.delete()
        elif kept.emptied:
            rows.update(**kept.emptied)
