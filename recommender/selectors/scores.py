"""How much things are a looker's, beside each other: for whoever ranks something else by it, as the auction of ads."""

import heapq

from recommender.lookers import Looker
from recommender.selectors import histories, picks, tables

WHOLE = 1000
MOST = 500


def get_scores(looker: Looker, most: int = MOST) -> dict[int, int]:
    """Of the ``most`` things that are most hers, by product: WHOLE for the best, at least 1 for the others. Empty without
    a history or a table, and for who is held out. No query where the cache has all of it, four at most."""
    history = [] if looker.is_held_out else histories.get_history(looker)[: picks.ROWS]
    if not history:
        return {}
    live = tables.get_live()
    rows = tables.get_rows(live.run, [past.product_id for past in history])
    scores = picks.score(history, rows, live.half_life, ())
    best = max(scores.values(), default=0.0)
    if best <= 0:
        return {}
    likely = heapq.nlargest(most, scores.items(), key=lambda item: (item[1], -item[0]))
    return {pk: max(1, round(WHOLE * said / best)) for pk, said in likely}
