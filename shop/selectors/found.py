"""What a search found, best first, as light rows of a list."""

from typing import Any

from django.db import connection

from core.pages import Page, decode_cursor, encode_cursor
from shop import ranking
from shop.facets import Filters, Scope
from shop.ranking import Found
from shop.selectors.rows import CardRow

_FOUND = """
WITH best AS MATERIALIZED (
    SELECT id, rank FROM (
        SELECT product_id AS id, {score} AS rank FROM (SELECT d.* FROM ({documents}) d WHERE {where} LIMIT {most}) d
    ) scored WHERE {after} ORDER BY rank DESC, id DESC LIMIT %s
)
SELECT best.rank, p.id, t.words, t.lexemes, t.noun, p.popularity, p.version,
    coalesce(cardinality(cover.widths) > 0, FALSE), coalesce(cardinality(avatar.widths) > 0, FALSE)
FROM best
JOIN shop_searchtitle t ON t.product_id = best.id
JOIN sellers_product p ON p.id = best.id
JOIN sellers_channel c ON c.id = p.channel_id
LEFT JOIN core_picture cover ON cover.id = p.cover_id
LEFT JOIN core_picture avatar ON avatar.id = c.avatar_id
ORDER BY best.rank DESC, p.id DESC
"""


def _look_up(scope: Scope, filters: Filters, after: tuple[int, int] | None, limit: int) -> list[tuple[Any, ...]]:
    asked = scope.ranking
    if asked is None:
        return []
    (documents, found_params), (where, where_params) = asked.documents(scope.market), filters.where("d")
    score, score_params = asked.score()
    params = [*score_params, *found_params, *where_params, *(after or ()), limit]
    sql = _FOUND.format(
        score=score,
        documents=documents,
        where=where,
        most=ranking.MOST,
        after="(rank, id) < (%s, %s)" if after else "TRUE",
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def get_found_page(scope: Scope, filters: Filters, after: str, limit: int) -> Page[CardRow]:
    """One page of what a search found, in one query; raises BadCursor.

    Ranks of at least ``ranking.TOP`` are those of the first two hundred, which are put in order here; what follows is read
    by PostgreSQL's order, from the cursor on.
    """
    if scope.ranking is None:
        return Page([], "")
    rank, pk = decode_cursor(after, 2) if after else (0, 0)
    if after and rank < ranking.TOP:
        rows = _look_up(scope, filters, (rank, pk), limit + 1)
        order = [(row[0], row[1]) for row in rows]
    else:
        rows = _look_up(scope, filters, None, ranking.LOOKED_AT + limit + 1)
        order = ranking.put_in_order([Found(*row[:6]) for row in rows], scope.ranking)
        order = [place for place in order if not after or place < (rank, pk)][: limit + 1]
    facts = {row[1]: row[6:] for row in rows}
    found = []
    for place, pk in order:
        version, has_cover, has_avatar = facts[pk]
        found.append(CardRow(pk, version, has_cover, has_avatar, place))
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], encode_cursor(last.rank, last.id) if last else "")
