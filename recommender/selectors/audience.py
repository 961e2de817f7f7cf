"""People who are like those who like some things: for ads, made by a worker and not for a page."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from recommender.models import Interaction
from recommender.selectors import tables
from recommender.selectors.rules import NOT_BOUGHT
from sellers.models import Product

FOLLOWERS = 200  # of a channel, the newest, by whose histories others are found
DEEDS = 30  # of each of them, the newest
SEEDS = 200  # things that stand for a channel: at most half are what its followers like, the rest its own most popular
NEIGHBORS = 500  # things that stand close to the seeds, the closest
EACH = 2_000  # of what was done with each of these, the newest
WINDOW = dt.timedelta(days=90)
HALF_LIFE = 30 * 86_400  # seconds in which a deed loses half of what it says
_WEIGHTS = " ".join(f"WHEN '{kind}' THEN {weight}" for kind, weight in Interaction.WEIGHTS.items())
_KINDS = ", ".join(f"'{kind}'" for kind in Interaction.WEIGHTS)
# What more of the followers touched than of all people stands for them: what everybody likes tells nobody apart.
_LIKED = f"""
WITH followers AS (
    SELECT person_id FROM sellers_follow WHERE channel_id = %(channel)s ORDER BY followed_at DESC LIMIT {FOLLOWERS}
), liked AS (
    SELECT done.product_id, count(DISTINCT followers.person_id) AS people
    FROM followers CROSS JOIN LATERAL (
        SELECT product_id FROM recommender_interaction
        WHERE person_id = followers.person_id AND at > %(since)s AND product_id IS NOT NULL AND kind IN ({_KINDS})
        ORDER BY at DESC LIMIT {DEEDS}
    ) done GROUP BY done.product_id
)
SELECT liked.product_id FROM liked JOIN sellers_product thing ON thing.id = liked.product_id
WHERE thing.is_listed ORDER BY liked.people / sqrt(1 + greatest(thing.popularity, 0)) DESC, thing.id LIMIT {SEEDS // 2}
"""  # noqa: S608 - our own words
# A thing counts once for each person, by the most she said of it. Whoever belongs to its channels, follows them,
# bought there, is blocked on either side or wanted to see no more of them is none of the audience.
_PEOPLE = f"""
WITH deeds AS (
    SELECT done.person_id, near.id, max(near.weight * CASE done.kind {_WEIGHTS} END
        * power(2, -extract(epoch FROM %(now)s - done.at)::float8 / {HALF_LIFE})) AS says
    FROM unnest(%(ids)s::bigint[], %(weights)s::float8[]) AS near (id, weight) CROSS JOIN LATERAL (
        SELECT person_id, kind, at FROM recommender_interaction
        WHERE product_id = near.id AND at > %(since)s AND person_id IS NOT NULL AND kind IN ({_KINDS})
        ORDER BY at DESC LIMIT {EACH}
    ) done GROUP BY done.person_id, near.id
), out AS (
    SELECT person_id FROM sellers_channelmember WHERE channel_id = ANY(%(channels)s)
    UNION ALL SELECT person_id FROM sellers_follow WHERE channel_id = ANY(%(channels)s)
    UNION ALL SELECT shopper_id FROM chat_block WHERE channel_id = ANY(%(channels)s)
    UNION ALL SELECT person_id FROM recommender_hiddenchannel WHERE channel_id = ANY(%(channels)s) AND person_id IS NOT NULL
    UNION ALL SELECT person_id FROM recommender_refusal WHERE product_id = ANY(%(own)s) AND person_id IS NOT NULL
    UNION ALL SELECT buyer_id FROM payments_moneyrequest
        WHERE channel_id = ANY(%(channels)s) AND state <> ALL(%(not_bought)s)
)
SELECT deeds.person_id FROM deeds JOIN accounts_user person ON person.id = deeds.person_id
WHERE person.is_active AND person.market = %(market)s AND NOT EXISTS (SELECT FROM out WHERE out.person_id = deeds.person_id)
GROUP BY deeds.person_id ORDER BY sum(deeds.says) DESC, deeds.person_id LIMIT %(limit)s
"""  # noqa: S608 - our own words


def get_look_alikes(
    *, product_ids: Sequence[int] = (), channel_id: int | None = None, market: str, limit: int
) -> list[int]:
    """People of a market whose recent looks, saves and purchases are of these things, of what a channel's followers
    like or it has itself, or of what the live table says is close to them; the likeliest first. At most six queries;
    what is read is bounded by (NEIGHBORS + seeds) * EACH events, however large the log is."""
    now = timezone.now()
    own, liked = list(product_ids), []
    if channel_id is not None:
        liked = _get_liked(channel_id, now - WINDOW)
        popular = Product.objects.listed().filter(channel=channel_id).order_by("-popularity", "-pk")
        own += popular.values_list("pk", flat=True)[: SEEDS - len(liked)]
    near = _get_near([*own, *liked])
    if not near:
        return []
    channels = set(Product.objects.filter(pk__in=own).values_list("channel_id", flat=True))
    params: dict[str, Any] = {
        "ids": list(near),
        "weights": list(near.values()),
        "own": own,
        "channels": [*channels, *([channel_id] if channel_id else [])],
        "not_bought": [str(state) for state in NOT_BOUGHT],
        "market": market,
        "now": now,
        "since": now - WINDOW,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, params)
        return [pk for (pk,) in cursor.fetchall()]


def _get_liked(channel_id: int, since: dt.datetime) -> list[int]:
    """What the channel's followers touched lately, what tells them most from others first."""
    with connection.cursor() as cursor:
        cursor.execute(_LIKED, {"channel": channel_id, "since": since})
        return [pk for (pk,) in cursor.fetchall()]


def _get_near(seeds: Sequence[int]) -> dict[int, float]:
    """The seeds, each as much as the closest of all, and their neighbors by the sum of what the seeds say for them."""
    rows = tables.get_rows(tables.get_live().run, seeds) if seeds else {}
    near: dict[int, float] = {}
    for row in rows.values():
        for pk, weight in zip(row.ids, row.weights, strict=True):
            near[pk] = near.get(pk, 0) + weight
    most = max(near.values(), default=1.0)
    near |= dict.fromkeys(seeds, most)
    return dict(sorted(near.items(), key=lambda item: (-item[1], item[0]))[: NEIGHBORS + len(seeds)])
