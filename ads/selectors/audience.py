"""Who looks at ads and who may: the facts an audience is chosen by, of one viewer and of all."""

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from ads.models import Campaign
from ads.selectors import auction
from core.cache import shared as cache
from core.groups import group_of
from recommender import selectors as recommender
from recommender.lookers import Looker
from recommender.models import Interaction
from sellers.models import Channel

EXPERIMENT = "ads"
SECONDS = 300  # for which what is known of a viewer is kept
INTEREST = dt.timedelta(days=30)  # things looked at, saved or bought since say what she cares for
MOST_INTERESTS = 30
LOOK_ALIKES = 5_000  # of one campaign, the likeliest
FOLLOWS, OWN, LIKE, INTERESTS, CITY = range(5)
_KINDS = ", ".join(f"'{kind}'" for kind in Interaction.WEIGHTS)
_FACTS = f"""
SELECT {FOLLOWS}, channel_id, '' FROM sellers_follow WHERE person_id = %(person)s
UNION ALL SELECT {OWN}, channel_id, '' FROM sellers_channelmember WHERE person_id = %(person)s
UNION ALL SELECT {LIKE}, campaign_id, '' FROM ads_lookalike WHERE person_id = %(person)s
UNION ALL SELECT {CITY}, 0, lower(city) FROM payments_address WHERE person_id = %(person)s
UNION ALL (
    SELECT {INTERESTS}, product.category_id, '' FROM recommender_interaction done
    JOIN sellers_product product ON product.id = done.product_id
    WHERE done.person_id = %(person)s AND done.at > %(since)s AND done.kind IN ({_KINDS})
    GROUP BY product.category_id ORDER BY max(done.at) DESC LIMIT {MOST_INTERESTS}
)
"""  # noqa: S608 - our own words
_SHOWN = """
SELECT campaign_id, sum(1 + repeats)::int FROM ads_event
WHERE who = %(who)s AND window_at > %(since)s AND kind IN ('served', 'withheld') GROUP BY campaign_id
"""
MOST_COUNTED = 10_000
_SIZE = f"""
SELECT count(*) FROM (SELECT FROM accounts_user person WHERE person.is_active AND person.market = %(market)s
AND (%(language)s = '' OR person.language = %(language)s)
AND NOT EXISTS (SELECT FROM sellers_channelmember m WHERE m.person_id = person.id AND m.channel_id = %(channel)s)
AND (NOT %(followers)s OR EXISTS (
    SELECT FROM sellers_follow f WHERE f.person_id = person.id AND f.channel_id = %(channel)s))
AND (%(like)s::bigint[] IS NULL OR person.id = ANY(%(like)s::bigint[]))
AND (%(city)s = '' OR EXISTS (
    SELECT FROM payments_address a WHERE a.person_id = person.id AND lower(a.city) = lower(%(city)s)))
AND (%(categories)s::bigint[] = '{{}}' OR EXISTS (
    SELECT FROM recommender_interaction done JOIN sellers_product product ON product.id = done.product_id
    WHERE done.person_id = person.id AND done.at > %(since)s AND done.kind IN ({_KINDS})
    AND product.category_id = ANY(%(categories)s::bigint[])))
LIMIT %(most)s) audience
"""  # noqa: S608 - our own words


class Audience(NamedTuple):
    """Whom a campaign is for. ``category_ids`` are leaves; empty, like ``city`` and ``language``: any."""

    people: str = Campaign.People.EVERYBODY
    category_ids: Sequence[int] = ()
    city: str = ""
    language: str = ""


def who_of(looker: Looker, address: str) -> str:
    """Under which name somebody's ads are counted, at most 40 letters: her number, the key of her session, or for who
    did nothing yet a hash of ``address`` (network address and browser) that changes every day."""
    if looker.person_id:
        return f"p{looker.person_id}"
    if looker.guest:
        return f"g{looker.guest}"
    salt = f"{timezone.now():%Y-%m-%d}{settings.SECRET_KEY}"
    return "a" + hashlib.blake2b(address.encode(), key=salt.encode()[:64], digest_size=12).hexdigest()


def is_held_out(looker: Looker) -> bool:
    """Whether she belongs to the share of people who see no ads, so that it can be said what ads are good for. Only who
    is known can be in it: of others nobody knows what they do next."""
    if not (settings.ADS_HOLDOUT_SHARE and looker.is_known):
        return False
    who = looker.guest or looker.grouped_as or str(looker.person_id)
    return group_of(EXPERIMENT, who, {"held_out": settings.ADS_HOLDOUT_SHARE}, rest="shown") == "held_out"


def get_viewer(looker: Looker, who: str) -> auction.Viewer:
    """What the auction asks of her. One query (how often she saw which ad), one more while nothing is kept."""
    facts = _get_facts(looker.person_id) if looker.person_id else {}
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN, {"who": who, "since": timezone.now() - dt.timedelta(days=1)})
        shown = dict(cursor.fetchall())
    return auction.Viewer(
        follows=facts.get(FOLLOWS, ()),
        barred=facts.get(OWN, ()),
        like=facts.get(LIKE, ()),
        interests=frozenset(facts.get(INTERESTS, ())),
        cities=frozenset(facts.get(CITY, ())),
        scores=recommender.get_scores(looker),
        shown=shown,
    )


def _get_facts(person_id: int) -> dict[int, Collection[Any]]:
    key = f"ads:viewer:{person_id}"
    kept: dict[int, Collection[Any]] | None = cache.get(key)
    if kept is None:
        with connection.cursor() as cursor:
            cursor.execute(_FACTS, {"person": person_id, "since": timezone.now() - INTEREST})
            rows = cursor.fetchall()
        kept = {about: {row[2] if about == CITY else row[1] for row in rows if row[0] == about} for about in range(5)}
        cache.set(key, kept, SECONDS)
    return kept


def get_look_alikes(channel: Channel) -> list[int]:
    """People of the channel's market who are like those who like it, the likeliest first."""
    return recommender.get_look_alikes(channel_id=channel.pk, market=channel.market, limit=LOOK_ALIKES)


def get_audience_size(
    channel: Channel, audience: Audience, *, like: Sequence[int] | None = None, most: int = MOST_COUNTED + 1
) -> int:
    """How many people with an account are in it, the channel's team left out; ``most`` if there are more. ``like`` are its
    look-alikes if they are known. One query, seven to find look-alikes: for a form and not for a list."""
    wants_alike = audience.people == Campaign.People.LOOK_ALIKES
    params: dict[str, Any] = {
        "market": channel.market,
        "channel": channel.pk,
        "language": audience.language,
        "followers": audience.people == Campaign.People.FOLLOWERS,
        "like": (get_look_alikes(channel) if like is None else like) if wants_alike else None,
        "most": most,
        "city": audience.city,
        "categories": list(audience.category_ids),
        "since": timezone.now() - INTEREST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SIZE, params)
        return int(cursor.fetchone()[0])
