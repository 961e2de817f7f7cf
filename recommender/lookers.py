"""Whose list it is: a person's, or a guest's under the key of her session."""

import re
from enum import StrEnum
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest

from core.groups import group_of

EXPERIMENT = "picks"
_ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|scan|fetch|monitor|curl|wget|python|http-?client"
    r"|facebookexternalhit|lighthouse|go-http|java/",
    re.IGNORECASE,
)


class Arm(StrEnum):
    """The two groups by which it is seen what picking for people is good for."""

    PICKED = "picked"
    HELD_OUT = "held_out"  # their lists are what is popular, the same rules kept


class Looker(NamedTuple):
    """``guest`` is empty for a person, and for a guest who did nothing yet; then nobody is known. ``grouped_as`` is the
    guest whom a person was before she signed up. Of who is quiet nothing is written down, and her lists are what is popular."""

    person_id: int | None = None
    guest: str = ""
    grouped_as: str = ""
    is_quiet: bool = False

    @property
    def is_known(self) -> bool:
        return bool(self.person_id or self.guest)

    @property
    def owner(self) -> dict[str, Any]:
        """Fields of a row that is hers, to write it and to find it; no row is nobody's."""
        return {"person_id": self.person_id, "guest": "" if self.person_id else self.guest}

    @property
    def arm(self) -> str:
        """Empty while nobody is held out, and for who is not known."""
        if self.is_quiet or not (settings.HOLDOUT_SHARE and self.is_known):
            return ""
        who = self.guest or self.grouped_as or str(self.person_id)
        return group_of(EXPERIMENT, who, {Arm.HELD_OUT: settings.HOLDOUT_SHARE}, rest=Arm.PICKED)

    @property
    def is_held_out(self) -> bool:
        return self.arm == Arm.HELD_OUT


def is_robot(request: HttpRequest) -> bool:
    """Programs that say who they are; what pretends to be a browser is held by the limits of the beacon."""
    agent = request.headers.get("User-Agent", "")
    return not agent or bool(_ROBOTS.search(agent))
