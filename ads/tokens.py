"""What an ad carries to be counted by: signed, so that nobody makes one up, and good for ten minutes.

It is single-use without a list of used ones: it names the hour in which it was given out, and the table of events has
one row for a campaign, a kind, a viewer and an hour (ads.models.Event).
"""

import datetime as dt
from typing import NamedTuple

from django.core.signing import BadSignature, Signer
from django.utils import timezone

SECONDS = 600
_signer = Signer(salt="ads")


class BadToken(Exception):
    """It is none of ours."""


class Token(NamedTuple):
    """``at`` in seconds since 1970; ``price_minor`` is what a click costs by the auction."""

    campaign_id: int
    placement: str
    who: str
    price_minor: int
    at: int

    @property
    def person_id(self) -> int | None:
        """Whose it was given to, if she has an account."""
        return int(self.who[1:]) if self.who.startswith("p") else None

    @property
    def is_late(self) -> bool:
        return not 0 <= timezone.now().timestamp() - self.at <= SECONDS

    @property
    def window_at(self) -> dt.datetime:
        """The beginning of the hour in which the ad was given out."""
        return dt.datetime.fromtimestamp(self.at - self.at % 3600, dt.UTC)


def make(token: Token) -> str:
    """Letters, digits and -_: for an address."""
    return _signer.sign_object(list(token))


def read(text: str) -> Token:
    """Raises BadToken. Whether it is late is for the caller: a click goes on to what was clicked anyway."""
    try:
        return Token(*_signer.unsign_object(text))
    except (BadSignature, ValueError, TypeError):
        raise BadToken from None
