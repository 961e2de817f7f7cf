"""What workers compute: blocks of a run, rows that follow events, settings. Imports numpy, so tasks import it late."""

import datetime as dt
from dataclasses import asdict
from typing import Any

import numpy as np
from django.utils import timezone
from scipy import sparse

from recommender import copied, inputs, store
from recommender.models import Block, Run
from recommender.selectors import deeds
from recommender.services import tables
from recommender.training import tuning
from recommender.training.evaluation import Figures, evaluate
from recommender.training.log import Floats, Ints
from recommender.training.settings import TIMED, Settings
from recommender.training.table import Maker

TREND = 200  # things of a market whose popularity lists are raised by
DIGITS = ".5g"  # of a weight that are kept
LATE = dt.timedelta(minutes=5)  # an event is in the log that long after its moment, or waits for the night


def make_block(block: Block) -> None:
    """Computes and writes one block of its run."""
    if block.number == Block.EVALUATION:
        tables.keep_block(block=block, facts=_facts(block.run))
        return
    read = store.inputs_of(block.run)
    tables.keep_block(block=block, rows=_rows(read, store.maker_of(block.run), block.product_ids))


def _facts(run: Run) -> tables.Facts:
    read, made = store.inputs_of(run), Settings(**run.settings)
    figures = _evaluate(read, made)
    counts = {"events": len(read.log.items), "products": len(read.products), "people_in_log": read.log.shape[0]}
    popularity, trend = read.log.popularity(made.popular_half_life), {}
    for market in np.unique(read.markets).tolist():
        here = np.flatnonzero((read.markets == market) & (popularity > 0))
        best = here[np.argsort(-popularity[here], kind="stable")[:TREND]]
        trend[market] = (read.products[best].tolist(), np.round(popularity[best].astype(float), 6).tolist())
    return tables.Facts(counts | (figures.as_json() if figures else {}), trend)


def refresh(run: Run, *, most: int = deeds.MOST, late: dt.timedelta = LATE) -> int:
    """Makes the rows of products with new events anew; returns how many.

    An event is followed at once, and each stretch of time is looked at once more when it is ``late`` old: rows come into the
    log after their moment, by far if the database was away. So a row is made twice for an event at most, a round makes a
    bounded number (``most`` for each), and what is beyond that comes first in the next."""
    now, count = timezone.now(), 0
    for mark, begin, until in (("refreshed_at", run.until, now), ("settled_at", run.until - late, now - late)):
        changed = deeds.get_changed(getattr(run, mark) or begin, until, most)
        if changed.ids:
            _follow(run, changed.ids)
        Run.objects.filter(pk=run.pk).update(**{mark: changed.until})
        count += len(changed.ids)
    return count


def _follow(run: Run, product_ids: list[int]) -> None:
    now, made = timezone.now(), Settings(**run.settings)
    read = inputs.read_around(product_ids, now)
    foretold = _foretold(run, read) if made.regression_share else None
    maker = Maker(read.log, made, read.content, _totals(read, now, made), foretold)
    tables.replace_rows(run=run, rows=_rows(read, maker, product_ids))


def _foretold(run: Run, read: inputs.Inputs) -> sparse.csr_matrix | None:
    """What the night's regression says among these products: it is not solved again for each event."""
    whole, products = store.maker_of(run).foretold, store.inputs_of(run).products
    if whole is None:
        return None
    known, places = copied.places_in(products, read.products)
    inside = whole[places][:, places].tocoo()
    here = np.flatnonzero(known)
    return sparse.csr_matrix((inside.data, (here[inside.row], here[inside.col])), shape=(len(known), len(known)))


def _totals(read: inputs.Inputs, now: Any, made: Settings) -> Floats:
    known = deeds.get_totals(now, read.products.tolist(), made.half_life)
    return np.array([known.get(pk, 0) for pk in read.products.tolist()], np.float32)


def _rows(read: inputs.Inputs, maker: Maker, product_ids: list[int]) -> list[tables.Row]:
    places: Ints = read.places_of(product_ids)
    matrix = maker.rows(places)
    rows = []
    for number, place in enumerate(places):
        inside = slice(matrix.indptr[number], matrix.indptr[number + 1])
        ids = read.products[matrix.indices[inside]].tolist()
        rows.append((int(read.products[place]), ids, [float(f"{w:{DIGITS}}") for w in matrix.data[inside].tolist()]))
    return rows


def tune(seconds: float) -> dict[str, Any]:
    """Finds settings on later-in-time slices of the shop's own log and keeps them for the next table."""
    log = inputs.read(timezone.now()).log
    best, quality = tuning.tune(log, TIMED, tuning.TIMED, tuning.later_slices, seconds=seconds)
    tables.keep_tuning(settings=asdict(best), quality=quality._asdict())
    return asdict(best) | quality._asdict()


def evaluate_now() -> Figures | None:
    """Measures the live table's settings on the log as it is now and says so beside the table; without a table it is
    the settings that the next one will be made with. None where nobody did anything new."""
    run, read = Run.objects.filter(state=Run.State.LIVE).first(), inputs.read(timezone.now())
    figures = _evaluate(read, Settings(**(run.settings if run else tables.next_settings())))
    if run and figures:
        tables.keep_figures(run=run, figures=figures.as_json())
    return figures


def _evaluate(read: inputs.Inputs, made: Settings) -> Figures | None:
    if not len(read.log.items):
        return None
    return evaluate(read.log, made, read.channels, read.content, store.regression_seconds())
