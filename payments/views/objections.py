"""Why somebody may not be asked for money now: the room above that knows says so when it starts."""

from collections.abc import Callable

from accounts.models import User
from payments import selectors
from sellers.models import Channel

Check = Callable[[Channel, User], None]
_checks: list[Check] = []


def register(check: Check) -> None:
    """``check`` raises payments.services.NotAllowed with a sentence for the team of the channel."""
    _checks.append(check)


def check_may_ask(channel: Channel, buyer: User, key: str) -> None:
    """Before the team puts words before the buyer; what was done with this ``key`` already is not asked again."""
    if not selectors.is_done(key):
        for check in _checks:
            check(channel, buyer)
