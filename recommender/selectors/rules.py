"""What may be shown to whom, asked when a list is read: a table may be old, and things sell out meanwhile."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection

from payments.machine import State
from recommender.lookers import Looker

NOT_BOUGHT = (State.DRAFT, State.REQUESTED, State.DECLINED, State.CANCELLED, State.EXPIRED)
CATEGORIES = 5  # of hers, those of her newest things

# First her own side of it, small lists; then what is looked at is bounded by indexes, however large the market is.
_TABOO = """
SELECT TRUE, channel_id FROM sellers_channelmember WHERE person_id = %(person)s
UNION ALL SELECT TRUE, channel_id FROM chat_block WHERE shopper_id = %(person)s
UNION ALL SELECT TRUE, channel_id FROM recommender_hiddenchannel WHERE person_id = %(person)s
UNION ALL SELECT TRUE, channel_id FROM recommender_hiddenchannel WHERE guest = %(guest)s AND guest <> ''
UNION ALL SELECT FALSE, product_id FROM recommender_refusal WHERE person_id = %(person)s
UNION ALL SELECT FALSE, product_id FROM recommender_refusal WHERE guest = %(guest)s AND guest <> ''
UNION ALL SELECT FALSE, product_id FROM sellers_save WHERE person_id = %(person)s
UNION ALL SELECT FALSE, product_id FROM payments_moneyrequest
    WHERE buyer_id = %(person)s AND product_id IS NOT NULL AND state <> ALL(%(not_bought)s)
"""
_RULES = """p.is_listed AND (p.stock IS NULL OR p.stock > 0)
    AND p.id <> ALL(%(products)s::bigint[]) AND p.channel_id <> ALL(%(channels)s::bigint[])"""
_POPULAR = "ORDER BY p.popularity DESC, p.id DESC LIMIT %(fill)s"
_COLUMNS = "SELECT p.id, p.channel_id, p.category_id, {source} AS source FROM sellers_product p"
_ALLOWED = f"{_COLUMNS.format(source=0)} WHERE p.id = ANY(%(ids)s::bigint[]) AND p.market = coalesce(%(market)s, p.market) AND {_RULES}"
# Candidates; what is popular in her categories; what is popular; things of the channels that were shown least lately.
_CHOICE = f"""
{_ALLOWED}
UNION ALL (
    SELECT p.* FROM (
        SELECT category_id FROM sellers_product WHERE id = ANY(%(touched)s::bigint[])
        GROUP BY category_id ORDER BY min(array_position(%(touched)s::bigint[], id)) LIMIT %(categories)s
    ) hers CROSS JOIN LATERAL ({_COLUMNS.format(source=1)}
        WHERE p.category_id = hers.category_id AND p.market = %(market)s AND {_RULES} {_POPULAR}) p
)
UNION ALL (SELECT * FROM ({_COLUMNS.format(source=2)} WHERE p.market = %(market)s AND {_RULES} {_POPULAR}) p)
UNION ALL (
    SELECT p.* FROM (
        SELECT channel_id FROM recommender_exposure WHERE market = %(market)s AND shown < %(wanted)s
            AND shown <= %(wanted)s::int / 10 + (SELECT min(shown) FROM recommender_exposure WHERE market = %(market)s)
        ORDER BY shown, channel_id DESC LIMIT %(unseen)s
    ) little CROSS JOIN LATERAL ({_COLUMNS.format(source=3)}
        WHERE p.channel_id = little.channel_id AND p.market = %(market)s AND {_RULES}
        ORDER BY p.published_at DESC, p.id DESC LIMIT 1) p
)
"""  # noqa: S608 - our own words


class Choice(NamedTuple):
    """``source``: 0 asked for, 1 popular in her categories, 2 popular, 3 of a channel that was shown too little."""

    product_id: int
    channel_id: int
    category_id: int
    source: int


class Taboo(NamedTuple):
    """Her own channels, those blocked on either side and those she hid; what she refused, saved or bought."""

    channels: list[int]
    products: list[int]


def get_taboo(looker: Looker) -> Taboo:
    """One query; none for who is not known."""
    if not looker.is_known:
        return Taboo([], [])
    params = {"person": looker.person_id, "guest": looker.guest, "not_bought": [str(state) for state in NOT_BOUGHT]}
    rows = _rows(_TABOO, params)
    return Taboo([pk for is_channel, pk in rows if is_channel], [pk for is_channel, pk in rows if not is_channel])


def get_allowed(
    looker: Looker, ids: Sequence[int], exclude: Iterable[int] = (), *, market: str | None = None
) -> list[Choice]:
    """Those of these products (of this market, if one is given) that may be shown to her, in the order given; two
    queries at most."""
    taboo = get_taboo(looker)
    params = {
        "ids": list(ids),
        "market": market,
        "channels": taboo.channels,
        "products": [*taboo.products, *exclude],
    }
    found = {row[0]: Choice(*row) for row in _rows(_ALLOWED, params)}
    return [found[pk] for pk in ids if pk in found]


def get_choice(looker: Looker, market: str, *, exclude: Iterable[int], **params: Any) -> list[Choice]:
    """All a list may be made of: ``ids``, ``touched`` (whose categories are hers, the newest first); how many to
    ``fill`` up with, and of how many ``unseen`` channels that were shown fewer than ``wanted`` times. Two queries at
    most."""
    taboo = get_taboo(looker)
    params |= {"market": market, "channels": taboo.channels, "products": [*taboo.products, *exclude]}
    return [Choice(*row) for row in _rows(_CHOICE, params | {"categories": CATEGORIES})]


def _rows(sql: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
