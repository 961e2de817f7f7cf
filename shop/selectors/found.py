"""What a search found, best first, as light rows of a list."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from core import planned
from core.pages import Page, decode_cursor, encode_cursor
from sellers.selectors import AWAY
from shop import facets, ranking
from shop.facets import Counts, Filters, Scope
from shop.ranking import Found
from shop.selectors.rows import CardRow

# Whether pictures are made is asked for each row: joining five tables takes longer to plan than to do.
_SHOWN = f"""
SELECT best.rank, p.id, t.words, t.lexemes, t.noun, p.popularity, p.version,
    EXISTS (SELECT 1 FROM core_picture WHERE id = p.cover_id AND cardinality(widths) > 0) AS has_cover,
    EXISTS (
        SELECT 1 FROM sellers_channel c JOIN core_picture avatar ON avatar.id = c.avatar_id
        WHERE c.id = p.channel_id AND cardinality(avatar.widths) > 0
    ) AS has_avatar,
    EXISTS (SELECT 1 FROM sellers_channel c WHERE c.id = p.channel_id AND {AWAY.format("c")}) AS is_away
FROM best
JOIN shop_searchtitle t ON t.product_id = best.id
JOIN sellers_product p ON p.id = best.id
"""  # noqa: S608 - our own text
_FOUND = """
WITH best AS MATERIALIZED (
    SELECT id, rank FROM (
        SELECT product_id AS id, {score} AS rank FROM (SELECT p.* FROM ({documents}) p WHERE {where} LIMIT {most}) p
    ) scored WHERE {after} ORDER BY rank DESC, id DESC LIMIT %s
)
{shown} ORDER BY best.rank DESC, p.id DESC
"""
_COUNTED = """
WITH inside AS MATERIALIZED ({inside}), best AS MATERIALIZED (
    SELECT id, rank FROM inside WHERE missed = '' ORDER BY rank DESC, id DESC LIMIT %s
), {counted}
SELECT shown.*, NULL AS term, NULL AS n, NULL AS name FROM ({shown}) shown
UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, counts.* FROM ({counts}) counts
"""
Row = tuple[Any, ...]  # what _SHOWN selects


def _look_up(scope: Scope, filters: Filters, after: tuple[int, int] | None, limit: int) -> list[Row]:
    asked = scope.ranking
    if asked is None:
        return []
    either = [term for _facet, terms in filters.terms() for term in terms]
    (documents, found_params), (where, where_params) = asked.documents(scope.market, either), filters.where()
    score, score_params = asked.score()
    sql = _FOUND.format(
        score=score,
        documents=documents,
        where=where,
        most=ranking.MOST,
        after="(rank, id) < (%s, %s)" if after else "TRUE",
        shown=_SHOWN,
    )
    return planned.fetch(sql, [*score_params, *found_params, *where_params, *(after or ()), limit])


def _look_up_and_count(
    scope: Scope, asked: ranking.Ranking, filters: Filters, limit: int, names: Sequence[str]
) -> tuple[list[Row], Counts]:
    """The best rows and the counts of facets in one reading of what is found."""
    inside, params = facets.inside(scope, filters, asked.score())
    sql = _COUNTED.format(inside=inside, counted=facets.COUNTED, shown=_SHOWN, counts=facets.COUNTS)
    channels = [int(value) for value in filters.values("channel")]
    rows = planned.fetch(sql, [*params, limit, channels, list(names)])
    shown = sorted((row[:10] for row in rows if row[0] is not None), key=itemgetter(0, 1), reverse=True)
    return shown, facets.read_counts([row[10:] for row in rows if row[0] is None], scope, names)


def get_found_page(scope: Scope, filters: Filters, after: str, limit: int) -> Page[CardRow]:
    """One page of what a search found, in one query; raises BadCursor.

    Ranks of at least ``ranking.TOP`` are those of the first hundred, which are put in order here; what follows is read
    by PostgreSQL's order, from the cursor on.
    """
    if scope.ranking is None:
        return Page([], "")
    rank, pk = decode_cursor(after, 2) if after else (0, 0)
    if after and rank < ranking.TOP:
        rows = _look_up(scope, filters, (rank, pk), limit + 1)
        return _page(rows, [(row[0], row[1]) for row in rows], limit)
    rows = _look_up(scope, filters, None, ranking.LOOKED_AT + limit + 1)
    order = ranking.put_in_order([Found(*row[:6]) for row in rows], scope.ranking)
    return _page(rows, [place for place in order if not after or place < (rank, pk)][: limit + 1], limit)


def get_first_page(scope: Scope, filters: Filters, limit: int, names: Sequence[str]) -> tuple[Page[CardRow], Counts]:
    """The first page of what a search found, and counts of these facets, in one query."""
    if scope.ranking is None:
        return Page([], ""), Counts(0, {}, {}, {})
    rows, counts = _look_up_and_count(scope, scope.ranking, filters, ranking.LOOKED_AT + limit + 1, names)
    order = ranking.put_in_order([Found(*row[:6]) for row in rows], scope.ranking)
    return _page(rows, order, limit), counts


def _page(rows: Sequence[Row], order: Sequence[tuple[int, int]], limit: int) -> Page[CardRow]:
    facts = {row[1]: row[6:] for row in rows}
    found = []
    for rank, pk in order[:limit]:
        version, has_cover, has_avatar, is_away = facts[pk]
        found.append(CardRow(pk, version, has_cover, has_avatar, is_away, rank))
    return Page(found, encode_cursor(found[-1].rank, found[-1].id) if len(order) > limit else "")
