"""Making the table of neighbours: blocks by any number of workers, then one step that readers see at once.

A block may be made twice and at any time; whoever finishes the last one publishes. Nothing here imports numpy: what
computes is recommender.making.
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from recommender.models import Block, Neighbors, Run, RunTransition, Tuning
from recommender.selectors.tables import LIVE, forget_rows
from recommender.services.errors import AlreadyRunning, NotInTheMaking
from recommender.training.settings import TIMED
from sellers.models import Product

logger = logging.getLogger(__name__)
BLOCK = 1000  # products
BOUND = 0.1  # a table whose NDCG is by more than this share below the live one's is refused
KEPT = 2  # tables that were replaced, to compare with
_COPY = "COPY recommender_neighbors (run_id, product_id, ids, weights) FROM STDIN"
Row = tuple[int, list[int], list[float]]


class Facts(NamedTuple):
    """What the block of number -1 finds out; see recommender.models.Run."""

    figures: dict[str, Any]
    trend: dict[str, tuple[list[int], list[float]]]


@transaction.atomic
def start_run(*, by: User | None = None) -> Run:
    """Begins a table of all products that can be seen, with the newest tuning's settings. Raises AlreadyRunning."""
    if Run.objects.filter(state=Run.State.RUNNING).exists():
        raise AlreadyRunning
    run = Run.objects.create(settings=next_settings())
    RunTransition.objects.create(run=run, to_state=run.state, by=by)
    ids = list(Product.objects.listed().order_by("pk").values_list("pk", flat=True))
    pieces = [ids[start : start + BLOCK] for start in range(0, len(ids), BLOCK)]
    blocks = [Block(run=run, number=number, product_ids=piece) for number, piece in enumerate(pieces)]
    Block.objects.bulk_create([Block(run=run, number=Block.EVALUATION, product_ids=[]), *blocks])
    return run


def next_settings() -> dict[str, Any]:
    """The newest tuning's, as recommender.training.settings.Settings has them."""
    tuning = Tuning.objects.order_by("-at", "-pk").first()
    return dict(tuning.settings) if tuning else asdict(TIMED)


@transaction.atomic
def stop_run(*, run: Run, by: User | None = None, reason: str = "") -> None:
    """Blocks that are done stay for when it goes on. Raises NotInTheMaking."""
    _move(run, Run.State.RUNNING, Run.State.STOPPED, by=by, reason=reason)


@transaction.atomic
def resume_run(*, run: Run, by: User | None = None) -> None:
    """Goes on with the blocks that are not done. Raises NotInTheMaking, AlreadyRunning."""
    if Run.objects.filter(state=Run.State.RUNNING).exists():
        raise AlreadyRunning
    _move(run, Run.State.STOPPED, Run.State.RUNNING, by=by)


@transaction.atomic
def keep_block(*, block: Block, rows: Sequence[Row] = (), facts: Facts | None = None) -> None:
    """Writes what was made of a block, unless the run was stopped meanwhile; the last block publishes."""
    run = Run.objects.select_for_update().get(pk=block.run_id)
    if run.state != Run.State.RUNNING:
        return
    Neighbors.objects.filter(run=run, product_id__in=block.product_ids).delete()
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row((run.pk, *row))
    if facts is not None:
        run.figures, run.trend = facts.figures, facts.trend
        run.save(update_fields=["figures", "trend"])
    Block.objects.filter(pk=block.pk).update(done_at=timezone.now())
    if not run.blocks.filter(done_at=None).exists():
        _publish(run)


def _publish(run: Run) -> None:
    """One step: the run is live and the one before is past, or it is refused."""
    live = Run.objects.select_for_update().filter(state=Run.State.LIVE).first()
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at"])
    if live and _is_worse(run, live):
        ndcg = [round(each.figures["ndcg"], 4) for each in (run, live)]
        _move(run, Run.State.RUNNING, Run.State.REFUSED, reason=f"NDCG at 20: {ndcg[0]}, of the live one {ndcg[1]}")
        logger.error("The new table of neighbors is worse than the live one: %s, %s", run.figures, live.figures)
        return
    if live:
        _move(live, Run.State.LIVE, Run.State.PAST)
    _move(run, Run.State.RUNNING, Run.State.LIVE)
    old = Run.objects.filter(state__in=[Run.State.PAST, Run.State.REFUSED]).order_by("-pk").values_list("pk", flat=True)
    Neighbors.objects.filter(run__in=list(old[KEPT:])).delete()
    transaction.on_commit(lambda: cache.set(LIVE, (run.pk, run.settings), None))


def _is_worse(run: Run, live: Run) -> bool:
    new, old = run.figures.get("ndcg"), live.figures.get("ndcg")
    return new is not None and old is not None and new < old * (1 - BOUND)


@transaction.atomic
def replace_rows(*, run: Run, rows: Sequence[Row]) -> None:
    """New rows of some products in a table that is being read."""
    Neighbors.objects.bulk_create(
        [Neighbors(run=run, product_id=pk, ids=ids, weights=weights) for pk, ids, weights in sorted(rows)],
        update_conflicts=True,
        unique_fields=["run", "product_id"],
        update_fields=["ids", "weights"],
    )
    transaction.on_commit(lambda: forget_rows(run.pk, [row[0] for row in rows]))


def keep_figures(*, run: Run, figures: dict[str, Any]) -> None:
    """How good its lists are by a newer log: what staff see, and what the next table is compared with."""
    run.figures |= figures
    run.save(update_fields=["figures"])


def keep_tuning(*, settings: dict[str, Any], quality: dict[str, Any]) -> Tuning:
    return Tuning.objects.create(settings=settings, quality=quality)


def _move(run: Run, before: str, after: str, *, by: User | None = None, reason: str = "") -> None:
    if not Run.objects.filter(pk=run.pk, state=before).update(state=after):
        raise NotInTheMaking
    RunTransition.objects.create(run=run, from_state=before, to_state=after, by=by, reason=reason)
    run.state = Run.State(after)
