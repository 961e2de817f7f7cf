"""How much one person may write. The team answers many, so it has no limit."""

from community.selectors import Standing
from community.services.errors import TooMuch
from core import limits

HOUR, DAY = 3600, 24 * 3600
TOPICS_A_DAY, REPLIES_AN_HOUR, VOTES_AN_HOUR, REPORTS_A_DAY = 8, 40, 120, 20


def _take(what: str, standing: Standing, limit: int, seconds: int) -> None:
    if standing.is_team:
        return
    try:
        limits.take(f"group:{what}:{standing.person.pk}", limit=limit, seconds=seconds)
    except limits.TooMany as refusal:
        raise TooMuch(refusal.seconds) from None


def take_topic(standing: Standing) -> None:
    """Counts one topic. Raises TooMuch."""
    _take("topic", standing, TOPICS_A_DAY, DAY)


def take_reply(standing: Standing) -> None:
    """Counts one reply. Raises TooMuch."""
    _take("reply", standing, REPLIES_AN_HOUR, HOUR)


def take_vote(standing: Standing) -> None:
    """Counts one vote given or taken back. Raises TooMuch."""
    _take("vote", standing, VOTES_AN_HOUR, HOUR)


def take_report(standing: Standing) -> None:
    """Counts one report. Raises TooMuch."""
    _take("report", standing, REPORTS_A_DAY, DAY)
