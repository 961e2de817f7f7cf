# ruff: noqa: S608 - our own words only
"""How a day of the logs becomes rows: SQL, run in this order by insights.services.rollups.

Each takes ``day``, its first moment ``since`` and the next day's ``until``, and first forgets what it wrote of the day.
Staff are nobody's shoppers, and a team does not look at its own things.
"""

from insights.models import CohortDay, FunnelDay

_TODAY = "at >= %(since)s AND at < %(until)s"

# A guest who signed up is one shopper all along: both are known by the key she had as a guest.
_SHOPPERS = f"""
WITH deeds AS (
    SELECT person_id, guest FROM recommender_interaction WHERE {_TODAY}
    UNION SELECT person_id, guest FROM insights_visit WHERE {_TODAY}
), names AS (
    SELECT hashtextextended(CASE WHEN deeds.person_id IS NULL THEN deeds.guest
        ELSE coalesce(nullif(person.grouped_as, ''), person.id::text) END, 0) AS who, max(person.id) AS person_id
    FROM deeds LEFT JOIN accounts_user person ON person.id = deeds.person_id
    WHERE (deeds.person_id IS NULL AND deeds.guest <> '') OR NOT person.is_staff
    GROUP BY who
), known AS (
    INSERT INTO insights_shopper AS shopper (who, person_id, first_day) SELECT who, person_id, %(day)s FROM names
    ON CONFLICT (who) DO UPDATE SET first_day = least(shopper.first_day, excluded.first_day),
        person_id = coalesce(excluded.person_id, shopper.person_id)
    WHERE excluded.first_day < shopper.first_day OR (shopper.person_id IS NULL AND excluded.person_id IS NOT NULL)
)
INSERT INTO insights_shopperday (day, shopper_id) SELECT %(day)s, who FROM names
"""

_COHORTS = f"""
INSERT INTO insights_cohortday (first_day, after, people)
SELECT first_day, %(day)s - first_day, count(*)
FROM insights_shopperday here JOIN insights_shopper shopper ON shopper.who = here.shopper_id
WHERE here.day = %(day)s AND %(day)s - first_day IN {CohortDay.AFTER} GROUP BY first_day
"""

# Somebody looked at a thing: once for each of both, in the hour she did so first.
_LOOKS = f"""
looks AS (
    SELECT coalesce(done.person_id::text, done.guest) AS who, done.product_id, thing.channel_id, thing.category_id,
        extract(hour FROM min(done.at) AT TIME ZONE 'UTC')::int AS hour
    FROM recommender_interaction done JOIN sellers_product thing ON thing.id = done.product_id
    LEFT JOIN accounts_user person ON person.id = done.person_id
    WHERE {_TODAY} AND kind IN ('view', 'search_click') AND person.is_staff IS NOT TRUE AND NOT EXISTS (
        SELECT FROM sellers_channelmember member
        WHERE member.channel_id = thing.channel_id AND member.person_id = done.person_id)
    GROUP BY who, done.product_id, thing.channel_id, thing.category_id
)"""
_TALKS = """
talks AS (
    SELECT channel_id, product_id FROM chat_conversation
    WHERE opened_at >= %(since)s AND opened_at < %(until)s AND last_message_at IS NOT NULL
)"""
_STEPS = f"""
steps AS (
    SELECT request.channel_id, request.product_id, step.to_state
    FROM payments_requesttransition step JOIN payments_moneyrequest request ON request.id = step.request_id
    WHERE {_TODAY} AND step.from_state <> step.to_state
        AND (step.to_state = 'released'
            OR (step.to_state IN ('requested', 'held') AND step.from_state IN ('', 'draft', 'requested')))
)"""

_FUNNEL = f"""
WITH {_LOOKS}, {_TALKS}, {_STEPS}, did AS (
    SELECT category_id, 'seen' AS step, count(*) AS n FROM looks GROUP BY category_id
    UNION ALL SELECT thing.category_id, 'asked', count(*)
        FROM talks JOIN sellers_product thing ON thing.id = talks.product_id GROUP BY thing.category_id
    UNION ALL SELECT thing.category_id, steps.to_state, count(*)
        FROM steps JOIN sellers_product thing ON thing.id = steps.product_id GROUP BY thing.category_id, steps.to_state
)
INSERT INTO insights_funnelday (day, category_id, {", ".join(FunnelDay.STEPS)})
SELECT %(day)s, category_id, {
    ", ".join(
        f"coalesce(sum(n) FILTER (WHERE step = '{state}'), 0)"
        for state in ("seen", "asked", "requested", "held", "released")
    )
}
FROM did GROUP BY category_id
"""

_HOURS = ", ".join(f"count(*) FILTER (WHERE hour = {hour})" for hour in range(24))
_CHANNELS = f"""
WITH {_LOOKS}, {_TALKS}, {_STEPS}, did AS (
    SELECT thing.channel_id, 'shown' AS what, count(*) AS n
        FROM recommender_impression shown JOIN sellers_product thing ON thing.id = shown.product_id
        WHERE {_TODAY} GROUP BY thing.channel_id
    UNION ALL SELECT channel_id, 'seen', count(*) FROM looks GROUP BY channel_id
    UNION ALL SELECT thing.channel_id, 'saved', count(DISTINCT (done.person_id, done.guest, done.product_id))
        FROM recommender_interaction done JOIN sellers_product thing ON thing.id = done.product_id
        WHERE {_TODAY} AND kind = 'save' AND NOT EXISTS (
            SELECT FROM sellers_channelmember member
            WHERE member.channel_id = thing.channel_id AND member.person_id = done.person_id)
        GROUP BY thing.channel_id
    UNION ALL SELECT channel_id, 'asked', count(*) FROM talks GROUP BY channel_id
    UNION ALL SELECT channel_id, to_state, count(*) FROM steps GROUP BY channel_id, to_state
    UNION ALL SELECT channel_id, 'followed', count(*) FROM sellers_follow
        WHERE followed_at >= %(since)s AND followed_at < %(until)s GROUP BY channel_id
), hours AS (SELECT channel_id, ARRAY[{_HOURS}]::int[] AS seen FROM looks GROUP BY channel_id)
INSERT INTO insights_channelday (day, channel_id, shown, seen, saved, asked, requested, paid, followed, hours)
SELECT %(day)s, did.channel_id, {
    ", ".join(
        f"coalesce(sum(n) FILTER (WHERE what = '{what}'), 0)"
        for what in ("shown", "seen", "saved", "asked", "requested", "held", "followed")
    )
}, min(hours.seen)
FROM did LEFT JOIN hours ON hours.channel_id = did.channel_id GROUP BY did.channel_id
"""

_SOURCES = f"""
INSERT INTO insights_channelsource (day, channel_id, place, visits)
SELECT %(day)s, channel.id, visit.came_from, count(*)
FROM insights_visit visit LEFT JOIN sellers_product thing ON thing.id = visit.product_id
JOIN sellers_channel channel ON channel.id = coalesce(visit.channel_id, thing.channel_id)
LEFT JOIN accounts_user person ON person.id = visit.person_id
WHERE {_TODAY} AND visit.came_from <> '' AND person.is_staff IS NOT TRUE AND NOT EXISTS (
    SELECT FROM sellers_channelmember member
    WHERE member.channel_id = channel.id AND member.person_id = visit.person_id)
GROUP BY channel.id, visit.came_from
"""

# Posted or sold something.
_STORES = """
INSERT INTO insights_storeweek (week, channel_id)
SELECT date_trunc('week', %(day)s::timestamp)::date, channel_id FROM (
    SELECT channel_id FROM sellers_post WHERE published_at >= %(since)s AND published_at < %(until)s
    UNION SELECT channel_id FROM insights_channelday WHERE day = %(day)s AND paid > 0
) did ON CONFLICT (week, channel_id) DO NOTHING
"""

_SEARCHES = """
INSERT INTO insights_searchday (day, market, language, searches, found, clicked)
SELECT day, market, language, count(*), count(*) FILTER (WHERE found > 0), count(*) FILTER (WHERE is_clicked)
FROM insights_search WHERE day = %(day)s GROUP BY day, market, language
"""
TERMS = 500  # of each market and day
_TERMS = f"""
INSERT INTO insights_searchterm (day, market, words, searches)
SELECT %(day)s, market, words, n FROM (
    SELECT market, words, count(*) AS n, row_number() OVER (PARTITION BY market ORDER BY count(*) DESC, words) AS place
    FROM insights_search WHERE day = %(day)s AND found = 0 GROUP BY market, words
) ranked WHERE place <= {TERMS}
"""

# Income is positive in the ledger, what is owed to us negative: so a loan lowers its account and repaying raises it.
_AD_MONEY = """
INSERT INTO insights_admoneyday (day, currency, income_minor, lent_minor, repaid_minor)
SELECT %(day)s, leg.currency, coalesce(sum(amount_minor) FILTER (WHERE account.kind = 'ad_income'), 0),
    coalesce(-sum(amount_minor) FILTER (WHERE account.kind = 'ad_receivable' AND amount_minor < 0), 0),
    coalesce(sum(amount_minor) FILTER (WHERE account.kind = 'ad_receivable' AND amount_minor > 0 AND NOT EXISTS (
        SELECT FROM payments_posting other JOIN payments_account its ON its.id = other.account_id
        WHERE other.entry_id = entry.id AND its.kind = 'write_off')), 0)
FROM payments_entry entry JOIN payments_posting leg ON leg.entry_id = entry.id
JOIN payments_account account ON account.id = leg.account_id
WHERE entry.at >= %(since)s AND entry.at < %(until)s AND account.kind IN ('ad_income', 'ad_receivable')
GROUP BY leg.currency
"""

_HOUSE = f"""
WITH spent AS (
    SELECT sum(visible_ms) / 1000 AS seconds FROM insights_visit visit
    LEFT JOIN accounts_user person ON person.id = visit.person_id
    WHERE {_TODAY} AND person.is_staff IS NOT TRUE GROUP BY visit.person_id, visit.guest
), asked AS (
    SELECT talk.id, min(said.sent_at) AS at
    FROM chat_conversation talk JOIN chat_message said ON said.conversation_id = talk.id
    WHERE talk.last_message_at >= %(month)s AND said.side = 'shopper' AND said.kind IN ('text', 'pictures')
    GROUP BY talk.id HAVING min(said.sent_at) >= %(month)s AND min(said.sent_at) < %(until)s
), answered AS (
    SELECT extract(epoch FROM (
        SELECT min(sent_at) FROM chat_message said
        WHERE said.conversation_id = asked.id AND said.side = 'channel' AND said.sent_at > asked.at
            AND said.sent_at < %(until)s AND said.kind IN ('text', 'pictures', 'product') AND NOT said.is_automatic
    ) - asked.at) AS took FROM asked
)
INSERT INTO insights_shopday (
    day, is_final, rolled_at, shoppers, week_shoppers, month_shoppers, timed_shoppers, seconds, median_seconds,
    open_stores, active_stores, paid, disputed, talks, answered, reply_median, reply_p90
) SELECT %(day)s, %(is_final)s, now(),
    (SELECT count(*) FROM insights_shopperday WHERE day = %(day)s),
    (SELECT count(DISTINCT shopper_id) FROM insights_shopperday WHERE day > %(day)s - 7 AND day <= %(day)s),
    (SELECT count(DISTINCT shopper_id) FROM insights_shopperday WHERE day > %(day)s - 30 AND day <= %(day)s),
    (SELECT count(*) FROM spent), (SELECT coalesce(sum(seconds), 0) FROM spent),
    (SELECT coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), 0) FROM spent),
    (SELECT count(*) FROM sellers_channel WHERE opened_at < %(until)s AND state IN ('open', 'holiday')),
    (SELECT count(*) FROM sellers_channel store WHERE opened_at < %(until)s AND state = 'open' AND (
        EXISTS (SELECT FROM sellers_post WHERE channel_id = store.id
            AND published_at >= %(until)s - interval '28 days' AND published_at < %(until)s)
        OR id IN (SELECT channel_id FROM insights_channelday WHERE day > %(day)s - 28 AND day <= %(day)s AND paid > 0))),
    (SELECT count(*) FROM payments_requesttransition
        WHERE {_TODAY} AND from_state IN ('draft', 'requested') AND to_state = 'held'),
    (SELECT count(*) FROM payments_dispute WHERE opened_at >= %(since)s AND opened_at < %(until)s),
    count(*), count(took), percentile_cont(0.5) WITHIN GROUP (ORDER BY took),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY took) FROM answered
"""


def _forget(*tables: str) -> tuple[str, ...]:
    return tuple(f"DELETE FROM insights_{table} WHERE day = %(day)s" for table in tables)


ALL = (
    *_forget(
        "shopperday", "funnelday", "channelday", "channelsource", "searchday", "searchterm", "admoneyday", "shopday"
    ),
    "DELETE FROM insights_cohortday WHERE first_day + after = %(day)s",
    _SHOPPERS,
    _COHORTS,
    _FUNNEL,
    _CHANNELS,
    _SOURCES,
    _STORES,
    _SEARCHES,
    _TERMS,
    _AD_MONEY,
    _HOUSE,
)
