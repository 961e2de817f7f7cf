"""What may be shown to whom, asked when a list is read: a table may be old, and things sell out meanwhile."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from payments.machine import State
from recommender.lookers import Looker

NOT_BOUGHT = (State.DRAFT, State.REQUESTED, State.DECLINED, State.CANCELLED, State.EXPIRED)

# Hidden, sold out, of another market, left out by the caller; her own, of channels blocked on either side, what she
# refused, saved or bought.
_RULES = """
p.is_listed AND (p.stock IS NULL OR p.stock > 0) AND p.id <> ALL(%(exclude)s)
AND NOT EXISTS (SELECT FROM sellers_channelmember m WHERE m.channel_id = p.channel_id AND m.person_id = %(person)s)
AND NOT EXISTS (SELECT FROM chat_block b WHERE b.channel_id = p.channel_id AND b.shopper_id = %(person)s)
AND NOT EXISTS (SELECT FROM recommender_refusal r WHERE r.product_id = p.id
    AND (r.person_id = %(person)s OR r.guest <> '' AND r.guest = %(guest)s))
AND NOT EXISTS (SELECT FROM sellers_save s WHERE s.product_id = p.id AND s.person_id = %(person)s)
AND NOT EXISTS (SELECT FROM payments_moneyrequest q WHERE q.product_id = p.id AND q.buyer_id = %(person)s
    AND q.state <> ALL(%(not_bought)s))
"""
_MARKET = "p.market = %(market)s"
_OF_MARKET = f"(%(market)s = '' OR {_MARKET})"
_COLUMNS = "SELECT p.id, p.channel_id, p.category_id, {source} AS source FROM sellers_product p"
_POPULAR = "ORDER BY p.popularity DESC, p.id DESC LIMIT %(fill)s"
_ALLOWED = f"{_COLUMNS.format(source=0)} WHERE p.id = ANY(%(ids)s) AND {_OF_MARKET} AND {_RULES}"
# Candidates; what is popular in her categories; what is popular; things of the channels that were shown least lately.
_CHOICE = f"""
{_ALLOWED}
UNION ALL (SELECT * FROM ({_COLUMNS.format(source=1)}
    WHERE p.category_id IN (SELECT category_id FROM sellers_product WHERE id = ANY(%(touched)s)) AND {_MARKET} AND {_RULES} {_POPULAR}) p)
UNION ALL (SELECT * FROM ({_COLUMNS.format(source=2)} WHERE {_MARKET} AND {_RULES} {_POPULAR}) p)
UNION ALL (SELECT p.id, p.channel_id, p.category_id, 3 FROM (
    SELECT c.id FROM sellers_channel c LEFT JOIN recommender_exposure e ON e.channel_id = c.id
    WHERE c.market = %(market)s AND c.state = 'open' AND coalesce(e.shown, 0) < %(wanted)s
    ORDER BY coalesce(e.shown, 0), c.opened_at DESC, c.id LIMIT %(unseen)s) c
    CROSS JOIN LATERAL (SELECT * FROM sellers_product p WHERE p.channel_id = c.id AND {_MARKET} AND {_RULES}
        ORDER BY p.published_at DESC, p.id DESC LIMIT 1) p)
"""  # noqa: S608


class Choice(NamedTuple):
    """``source``: 0 asked for, 1 popular in her categories, 2 popular, 3 of a channel that was shown too little."""

    product_id: int
    channel_id: int
    category_id: int
    source: int


def get_allowed(looker: Looker, market: str, ids: Sequence[int], exclude: Sequence[int] = ()) -> list[Choice]:
    """Those of these products that may be shown to her, in the order given; of any market if that is empty. One query."""
    found = {choice.product_id: choice for choice in _ask(_ALLOWED, looker, market, ids=list(ids), exclude=[*exclude])}
    return [found[pk] for pk in ids if pk in found]


def get_choice(looker: Looker, market: str, **params: Any) -> list[Choice]:
    """All a list may be made of: ``ids``, ``touched`` (whose categories are hers), ``exclude``; how many to ``fill`` up
    with, and of how many ``unseen`` channels that were shown fewer than ``wanted`` times. One query."""
    return _ask(_CHOICE, looker, market, **params)


def _ask(sql: str, looker: Looker, market: str, **params: Any) -> list[Choice]:
    hers = {"person": looker.person_id, "guest": looker.guest, "market": market}
    with connection.cursor() as cursor:
        cursor.execute(sql, hers | {"not_bought": [str(state) for state in NOT_BOUGHT]} | params)
        return [Choice(*row) for row in cursor.fetchall()]
