"""Whose list it is: a person's, or a guest's under the key of her session."""

import re
from typing import NamedTuple

from django.http import HttpRequest

_ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|scan|fetch|monitor|curl|wget|python|http-?client"
    r"|facebookexternalhit|lighthouse|go-http|java/",
    re.IGNORECASE,
)


class Looker(NamedTuple):
    """``guest`` is empty for a person, and for a guest who did nothing yet; then nobody is known."""

    person_id: int | None = None
    guest: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.person_id or self.guest)


def is_robot(request: HttpRequest) -> bool:
    """Programs that say who they are; what pretends to be a browser is held by the limits of the beacon."""
    agent = request.headers.get("User-Agent", "")
    return not agent or bool(_ROBOTS.search(agent))
