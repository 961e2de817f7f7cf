"""What a campaign brought, day by day, and how much of it would not have come without it.

Definitions, each made into ``DailyCount`` by a worker on the clock of the channel's market:

- *seen*: viewers in whose sight the ad was, once an hour each; *clicks*: the same of clicks that are or will be charged;
  *not charged*: clicks of robots, of the team, of our staff, too late or beyond the budget.
- *asked*: conversations opened with the channel (about the product, if the campaign has one) by people who saw or clicked
  the ad in the SEVEN days before; *paid*: money requests of the channel (for the product) paid by such people;
  *followers*: people who began to follow the channel in the SEVEN days after, and still do.
- *lift*: people to whom the ad was given beside those of the held-out group to whom it would have been, each from the
  first time on for SEVEN days, once these are over: how many asked, paid, followed. Who was in both is in neither. The
  campaign's first day is the start of it as long as its events are kept; then the last figures stay, since a start that
  moves would make the limits wrong (core.intervals).
"""

import datetime as dt
from typing import Any, NamedTuple

from django.db import connection

from ads.models import Campaign, CampaignDay, DailyCount, Lift
from core.markets import MARKETS
from recommender.lookers import Arm
from recommender.selectors import lift as statistics
from recommender.selectors.lift import ArmFigures, Measure

SEVEN = "interval '7 days'"
MEASURES = ("asks", "paid", "followers")
PLANNED = 1_000  # people of both groups: where limits are to be narrowest
_EVENTS = """
INSERT INTO ads_dailycount (campaign_id, day, served, withheld, impressions, clicks, unbilled, asks, paid, followers)
SELECT event.campaign_id, event.day,
    count(*) FILTER (WHERE kind = 'served' AND reason = ''), count(*) FILTER (WHERE kind = 'withheld' AND reason = ''),
    count(*) FILTER (WHERE kind = 'impression' AND reason = ''),
    count(*) FILTER (WHERE kind = 'click' AND reason = ''), count(*) FILTER (WHERE kind = 'click' AND reason <> ''), 0, 0, 0
FROM ads_event event JOIN ads_campaign campaign ON campaign.id = event.campaign_id
WHERE window_at >= %(since)s::timestamptz - interval '1 day' AND day >= %(first)s GROUP BY 1, 2
ON CONFLICT (campaign_id, day) DO UPDATE SET served = EXCLUDED.served, withheld = EXCLUDED.withheld,
    impressions = EXCLUDED.impressions, clicks = EXCLUDED.clicks, unbilled = EXCLUDED.unbilled
"""
_TOUCHED = f"""
    FROM ads_event event JOIN ads_campaign campaign ON campaign.id = event.campaign_id
    JOIN sellers_channel channel ON channel.id = campaign.channel_id
    JOIN unnest(%(markets)s::text[], %(zones)s::text[]) AS clock (market, zone) ON clock.market = channel.market
    JOIN {{deeds}}
    WHERE event.kind IN ('impression', 'click') AND event.reason = '' AND event.person_id IS NOT NULL
        AND event.window_at > %(since)s::timestamptz - {SEVEN} - interval '1 hour'
        AND event.at <= {{at}} AND event.at > {{at}} - {SEVEN} AND {{at}} >= %(since)s
"""
_ASKED = """chat_conversation deed ON deed.shopper_id = event.person_id AND deed.channel_id = campaign.channel_id
        AND (campaign.product_id IS NULL OR deed.product_id = campaign.product_id)"""
_PAID = """payments_moneyrequest request ON request.buyer_id = event.person_id AND request.channel_id = campaign.channel_id
        AND (campaign.product_id IS NULL OR request.product_id = campaign.product_id)
    JOIN payments_requesttransition deed ON deed.request_id = request.id
        AND deed.from_state = 'requested' AND deed.to_state = 'held'"""
_FOLLOWED = """sellers_follow deed ON deed.person_id = event.person_id AND deed.channel_id = campaign.channel_id"""


def _followed_up(column: str, deeds: str, at: str) -> str:
    """Counts of what people did after an ad, into the days on which they did it."""
    return f"""
    INSERT INTO ads_dailycount AS counts (
        campaign_id, day, served, withheld, impressions, clicks, unbilled, asks, paid, followers)
    SELECT event.campaign_id, ({at} AT TIME ZONE clock.zone)::date, 0, 0, 0, 0, 0,
        {", ".join("count(DISTINCT deed.id)" if name == column else "0" for name in MEASURES)}
    {_TOUCHED.format(deeds=deeds, at=at)} GROUP BY 1, 2
    HAVING ({at} AT TIME ZONE clock.zone)::date >= %(first)s
    ON CONFLICT (campaign_id, day) DO UPDATE SET {column} = EXCLUDED.{column}
    """


_ANEW = "UPDATE ads_dailycount SET asks = 0, paid = 0, followers = 0 WHERE day >= %(first)s"
ROLL_UP = (
    _EVENTS,
    _ANEW,
    _followed_up("asks", _ASKED, "deed.opened_at"),
    _followed_up("paid", _PAID, "deed.at"),
    _followed_up("followers", _FOLLOWED, "deed.followed_at"),
)
# Of each person the first time and what she did in the seven days after; then both groups.
_ARMS = f"""
WITH given AS (
    SELECT person_id, kind, at, min(at) OVER (PARTITION BY person_id) AS first FROM ads_event
    WHERE campaign_id = %(campaign)s AND kind IN ('served', 'withheld') AND person_id IS NOT NULL AND reason = ''
), people AS (
    SELECT person_id, min(kind) AS kind, first AS at FROM given
    WHERE first <= %(until)s - {SEVEN} AND at < first + {SEVEN} GROUP BY person_id, first HAVING min(kind) = max(kind)
), done AS (
    SELECT people.kind,
        (SELECT count(*) FROM chat_conversation deed WHERE deed.shopper_id = people.person_id
            AND deed.channel_id = %(channel)s AND (%(product)s::bigint IS NULL OR deed.product_id = %(product)s)
            AND deed.opened_at >= people.at AND deed.opened_at < people.at + {SEVEN})::float8 AS asks,
        (SELECT count(*) FROM payments_moneyrequest request JOIN payments_requesttransition deed
            ON deed.request_id = request.id AND deed.from_state = 'requested' AND deed.to_state = 'held'
            WHERE request.buyer_id = people.person_id AND request.channel_id = %(channel)s
            AND (%(product)s::bigint IS NULL OR request.product_id = %(product)s)
            AND deed.at >= people.at AND deed.at < people.at + {SEVEN})::float8 AS paid,
        (SELECT count(*) FROM sellers_follow deed WHERE deed.person_id = people.person_id
            AND deed.channel_id = %(channel)s
            AND deed.followed_at >= people.at AND deed.followed_at < people.at + {SEVEN})::float8 AS followers
    FROM people
)
SELECT kind, count(*), {", ".join(f"sum({name}), avg({name}), var_samp({name})" for name in MEASURES)}
FROM done GROUP BY kind
"""  # noqa: S608 - our own words
_AS_ARM = {"served": Arm.PICKED, "withheld": Arm.HELD_OUT}


class Report(NamedTuple):
    """``days`` from the first to today, those without anything as zeros; ``spent`` in minor units."""

    days: list[DailyCount]
    spent: list[tuple[dt.date, int]]
    arms: dict[str, ArmFigures]

    @property
    def totals(self) -> dict[str, int]:
        sums = {name: sum(getattr(day, name) for day in self.days) for name in DailyCount.COUNTS}
        return sums | {"spent": sum(minor for _day, minor in self.spent)}

    def points(self, name: str) -> list[tuple[dt.date, int]]:
        return [(row.day, getattr(row, name)) for row in self.days]


def clock_params() -> dict[str, list[str]]:
    return {"markets": list(MARKETS), "zones": [market.time_zone for market in MARKETS.values()]}


def get_report(campaign: Campaign, today: dt.date) -> Report:
    """All days of a campaign until today or its last one; three queries."""
    counted = {row.day: row for row in DailyCount.objects.filter(campaign=campaign)}
    spent = dict(CampaignDay.objects.filter(campaign=campaign).values_list("day", "spent_minor"))
    first = min([campaign.start_date, *counted, *spent])
    last = max([min(today, campaign.end_date), first, *counted, *spent])
    dates = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    kept = Lift.objects.filter(campaign=campaign).first()
    return Report(
        days=[counted.get(date) or DailyCount(campaign=campaign, day=date) for date in dates],
        spent=[(date, spent.get(date, 0)) for date in dates],
        arms=from_json(kept.figures) if kept else {},
    )


def get_arms(campaign: Campaign, until: dt.datetime) -> dict[str, ArmFigures]:
    """Both groups since the campaign's first day, as recommender.selectors.lift compares them, of those whose seven days
    were over at ``until``; one query, for a worker."""
    params: dict[str, Any] = {
        "campaign": campaign.pk,
        "channel": campaign.channel_id,
        "product": campaign.product_id,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ARMS, params)
        rows = cursor.fetchall()
    return {
        _AS_ARM[kind]: ArmFigures(people, {name: Measure(*told[3 * n : 3 * n + 3]) for n, name in enumerate(MEASURES)})
        for kind, people, *told in rows
    }


def from_json(kept: dict[str, Any]) -> dict[str, ArmFigures]:
    """What recommender.selectors.lift.to_json made of ``get_arms``."""
    return {
        arm: ArmFigures(told["people"], {name: Measure(*told[name]) for name in MEASURES}) for arm, told in kept.items()
    }


def get_lifts(arms: dict[str, ArmFigures]) -> dict[str, statistics.Lift]:
    """By measure, of those about which something can be said."""
    found = {name: statistics.get_lift(arms, name, PLANNED) for name in MEASURES}
    return {name: lift for name, lift in found.items() if lift}
