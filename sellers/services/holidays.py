"""A channel's holiday: from a day to a day on the market's calendar. Whether it is away is asked of the clock, so it
comes back by itself; the state follows later, for those who read it."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.markets import MARKETS
from sellers import signals
from sellers.models import Channel
from sellers.services.channels import end_holiday, start_holiday
from sellers.services.errors import BadChannel, NotAllowed, Problems
from sellers.services.locks import lock_channel

LONGEST = dt.timedelta(days=366)


@transaction.atomic
def plan_holiday(
    *, channel: Channel, by: User, away_on: dt.date | None = None, back_on: dt.date | None = None, message: str = ""
) -> Channel:
    """Away from the first moment of ``away_on`` (None: now) to that of ``back_on`` (None: until somebody ends it), on
    the market's calendar. A holiday there is gets the new days. Raises BadChannel, NotAllowed."""
    channel = lock_channel(channel.pk)
    if not channel.is_visible():
        raise NotAllowed(_("The channel has changed in the meantime; that step is not open to it now."))
    zone = ZoneInfo(MARKETS[channel.market].time_zone)
    today = timezone.now().astimezone(zone).date()
    _check(today, away_on, back_on, message)
    if channel.state == Channel.State.OPEN:
        channel = start_holiday(channel=channel, by=by, reason=message)
    channel.holiday_from = (
        None if away_on is None or away_on <= today else dt.datetime.combine(away_on, dt.time(), zone)
    )
    channel.holiday_until = back_on and dt.datetime.combine(back_on, dt.time(), zone)
    channel.holiday_message = message.strip()
    channel.save(update_fields=["holiday_from", "holiday_until", "holiday_message"])
    transaction.on_commit(lambda: signals.channels_changed.send(Channel, channel_ids=[channel.pk]))
    return channel


def _check(today: dt.date, away_on: dt.date | None, back_on: dt.date | None, message: str) -> None:
    problems = Problems()
    problems.check_text("message", message, 200)
    if away_on and away_on > today + LONGEST:
        problems.add("away_on", _("That is too far away."))
    if back_on and back_on <= max(today, away_on or today):
        problems.add("back_on", _("Come back after you left."))
    elif back_on and back_on > today + LONGEST:
        problems.add("back_on", _("That is too far away."))
    problems.raise_as(BadChannel)


def end_past_holidays() -> int:
    """Opens the channels whose holiday is over, in state too; returns how many."""
    over = Channel.objects.filter(state=Channel.State.HOLIDAY, holiday_until__lte=timezone.now())
    count = 0
    for channel in over.order_by("pk"):
        count += _end(channel)
    return count


@transaction.atomic
def _end(channel: Channel) -> bool:
    channel = lock_channel(channel.pk)
    until = channel.holiday_until  # somebody may have planned it anew, or come back
    if channel.state != Channel.State.HOLIDAY or until is None or until > timezone.now():
        return False
    end_holiday(channel=channel, by=None, reason="")
    return True
