"""What may be shown to whom, asked when a list is read: a table may be old, and things sell out meanwhile."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection

from core import planned
from payments.machine import State
from recommender.lookers import Looker

NOT_BOUGHT = (State.DRAFT, State.REQUESTED, State.DECLINED, State.CANCELLED, State.EXPIRED)
CATEGORIES = 5  # of hers, those of her newest things
# What a row is about: channels of her own, channels blocked or hidden, things refused, things saved or bought; then answers.
OWN, BARRED, REFUSED, KNOWN, MAY_BE_SHOWN, TITLE = range(6)

# Her own channels, those blocked on either side and those she hid; what she refused, saved or bought.
_OF_PERSON = f"""
SELECT {OWN}, channel_id, 0, 0, '' FROM sellers_channelmember WHERE person_id = %(who)s::bigint
UNION ALL SELECT {BARRED}, channel_id, 0, 0, '' FROM chat_block WHERE shopper_id = %(who)s::bigint
UNION ALL SELECT {BARRED}, channel_id, 0, 0, '' FROM recommender_hiddenchannel WHERE person_id = %(who)s::bigint
UNION ALL SELECT {REFUSED}, product_id, 0, 0, '' FROM recommender_refusal WHERE person_id = %(who)s::bigint {{among}}
UNION ALL SELECT {KNOWN}, product_id, 0, 0, '' FROM sellers_save WHERE person_id = %(who)s::bigint {{among}}
UNION ALL SELECT {KNOWN}, product_id, 0, 0, '' FROM payments_moneyrequest
    WHERE buyer_id = %(who)s::bigint AND product_id IS NOT NULL AND state <> ALL(%(not_bought)s) {{among}}
UNION ALL"""  # noqa: S608 - our own words
_OF_GUEST = f"""
SELECT {BARRED}, channel_id, 0, 0, '' FROM recommender_hiddenchannel WHERE guest = %(who)s
UNION ALL SELECT {REFUSED}, product_id, 0, 0, '' FROM recommender_refusal WHERE guest = %(who)s {{among}}
UNION ALL"""  # noqa: S608 - our own words
_SAYS_NO = {"person": _OF_PERSON, "guest": _OF_GUEST, "nobody": ""}
_IN_STOCK = "p.is_listed AND (p.stock IS NULL OR p.stock > 0)"
_ASKED = f"""
SELECT {MAY_BE_SHOWN}, p.id, p.channel_id, p.category_id, '' FROM sellers_product p
WHERE p.id = ANY(%(ids)s::bigint[]) AND {_IN_STOCK} AND (p.market = %(market)s::text OR %(market)s::text = '')
UNION ALL SELECT {TITLE}, id, 0, 0, title FROM sellers_product WHERE id = ANY(%(titled)s::bigint[])
"""  # noqa: S608 - our own words
_AMONG = "AND product_id = ANY(%(ids)s::bigint[])"  # what is hers is bounded by what is asked for, not by her years
_QUESTION = {kind: no.format(among=_AMONG) + _ASKED for kind, no in _SAYS_NO.items()}
_TABOO = {kind: no.format(among="").removesuffix("UNION ALL") for kind, no in _SAYS_NO.items()}
_TABOO_AMONG = {kind: no.format(among=_AMONG).removesuffix("UNION ALL") for kind, no in _SAYS_NO.items()}
# What is popular in her categories; what is popular.
_POPULAR = f"""SELECT p.id, p.channel_id, p.category_id, {{source}} FROM sellers_product p
    WHERE {{where}} p.market = %(market)s AND {_IN_STOCK}
        AND p.id <> ALL(%(products)s::bigint[]) AND p.channel_id <> ALL(%(channels)s::bigint[])
    ORDER BY p.popularity DESC, p.id DESC LIMIT %(fill)s"""  # noqa: S608 - our own words
_FILL = f"""
SELECT found.* FROM (
    SELECT category_id FROM sellers_product WHERE id = ANY(%(touched)s::bigint[])
    GROUP BY category_id ORDER BY min(array_position(%(touched)s::bigint[], id)) LIMIT %(categories)s
) hers CROSS JOIN LATERAL ({_POPULAR.format(source=1, where="p.category_id = hers.category_id AND")}) found
UNION ALL ({_POPULAR.format(source=2, where="")})
"""  # noqa: S608 - our own words


class Choice(NamedTuple):
    """``source``: 0 asked for, 1 popular in her categories, 2 popular."""

    product_id: int
    channel_id: int
    category_id: int
    source: int


class Answer(NamedTuple):
    """``allowed`` by product."""

    allowed: dict[int, Choice]
    titles: dict[int, str]


class Limits(NamedTuple):
    """Channels blocked on either side or hidden, products refused; and products she saved or bought."""

    channels: set[int]
    products: set[int]
    known: set[int]

    def allow(self, channel_id: int, product_id: int | None) -> bool:
        return channel_id not in self.channels and product_id not in self.products


def get_limits(looker: Looker, product_ids: Iterable[int]) -> Limits:
    """Of all channels and of these products; one query, none for who is not known."""
    rows = _rows(_TABOO_AMONG, looker, {"ids": _array(product_ids)}) if looker.is_known else []
    return Limits(_about(rows, BARRED), _about(rows, REFUSED), _about(rows, KNOWN))


def get_taboo_channels(looker: Looker) -> set[int]:
    """None of these is shown to her; one query, none for who is not known."""
    rows = _rows(_TABOO_AMONG, looker, {"ids": _array(())}) if looker.is_known else []
    return _about(rows, OWN, BARRED)


def get_allowed(looker: Looker, ids: Sequence[int], exclude: Iterable[int] = (), *, market: str = "") -> list[Choice]:
    """Those of these products (of this market, if one is given) that may be shown to her, in the order given; one
    query."""
    allowed, left_out = ask(looker, market, ids=ids).allowed, set(exclude)
    return [allowed[pk] for pk in ids if pk in allowed and pk not in left_out]


def ask(looker: Looker, market: str = "", *, ids: Iterable[int], titled: Iterable[int] = ()) -> Answer:
    """Which of these products may be shown to her, in one market or in any, and the titles of others; one query."""
    rows = _rows(_QUESTION, looker, {"ids": _array(ids), "titled": _array(titled), "market": market})
    channels, products = _about(rows, OWN, BARRED), _about(rows, REFUSED, KNOWN)
    allowed, titles = {}, {}
    for about, pk, channel, category, title in rows:
        if about == TITLE:
            titles[pk] = title
        elif about == MAY_BE_SHOWN and pk not in products and channel not in channels:
            allowed[pk] = Choice(pk, channel, category, 0)
    return Answer(allowed, titles)


def get_fill(looker: Looker, market: str, *, touched: Sequence[int], exclude: Iterable[int], fill: int) -> list[Choice]:
    """The ``fill`` most popular things of each of her categories, which are those of what she ``touched``, and of the
    market. Two queries at most, for lists that what is kept does not fill."""
    rows = _rows(_TABOO, looker, {}) if looker.is_known else []
    params: dict[str, Any] = {
        "market": market,
        "touched": _array(touched),
        "products": _array([*exclude, *_about(rows, REFUSED, KNOWN)]),
        "channels": _array(_about(rows, OWN, BARRED)),
        "fill": fill,
        "categories": CATEGORIES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FILL, params)
        return [Choice(*row) for row in cursor.fetchall()]


def _rows(statements: dict[str, str], looker: Looker, params: dict[str, Any]) -> list[Any]:
    kind = "person" if looker.person_id else "guest" if looker.guest else "nobody"
    hers = {"who": looker.person_id or looker.guest, "not_bought": [str(state) for state in NOT_BOUGHT]}
    return planned.fetch(statements[kind], hers | params)


def _about(rows: Sequence[Any], *kinds: int) -> set[int]:
    return {row[1] for row in rows if row[0] in kinds}


def _array(ids: Iterable[int]) -> str:
    """As PostgreSQL writes it: the driver takes its time for each number."""
    return f"{{{','.join(map(str, ids))}}}"
