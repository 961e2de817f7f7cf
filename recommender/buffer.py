"""Rows on their way to the log: a page hands them over and goes on; a thread of its process writes them together.

They go by COPY straight into PostgreSQL, at the latest INTERACTION_SECONDS later and when the process ends, so Redis may
restart meanwhile. A process that is killed loses what it took in that time; while PostgreSQL is away up to MOST wait.
"""

import atexit
import logging
import multiprocessing.util
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from django.conf import settings
from django.db import DataError, Error, connection

from recommender.selectors import histories

logger = logging.getLogger(__name__)
MOST = 50_000
BATCH = 2_000
COLUMNS = {
    "recommender_interaction": ("at", "person_id", "guest", "product_id", "channel_id", "kind", "dwell_ms", "arm"),
    "recommender_impression": ("at", "person_id", "guest", "product_id", "place", "slot", "probability", "arm"),
}
Row = tuple[Any, ...]


class Buffer:
    """What waits for one table."""

    def __init__(
        self, table: str, written: Callable[[Sequence[Row]], None] | None = None, *, columns: Sequence[str] = ()
    ) -> None:
        """``written`` is told of rows that are in the table now; ``columns`` are those of a room above."""
        self._table = table
        self._copy = f"COPY {table} ({', '.join(columns or COLUMNS.get(table, ()))}) FROM STDIN"
        self._written = written
        self._rows: deque[Row] = deque(maxlen=MOST)
        self._writing = threading.Lock()
        self._due = threading.Event()
        self._thread: threading.Thread | None = None

    def put(self, rows: Sequence[Row]) -> None:
        """Takes rows in the order of their columns; with INTERACTION_SECONDS 0 they are written at once."""
        if not settings.INTERACTION_SECONDS:
            self._write(rows)
            return
        self._rows.extend(rows)
        if self._thread is None or not self._thread.is_alive():  # also in a process forked since
            self._start()
        if len(self._rows) >= BATCH:
            self._due.set()

    def flush(self) -> None:
        """Writes all that waits. What PostgreSQL does not take now is kept for the next time."""
        with self._writing:
            while rows := [self._rows.popleft() for _ in range(min(BATCH, len(self._rows)))]:
                try:
                    self._write(rows)
                except (psycopg.DataError, DataError):  # COPY's errors come as the driver's own
                    logger.exception("%s events make no sense to the database and are dropped", len(rows))
                except (psycopg.Error, Error) as error:
                    logger.warning("%s events wait for the database: %s", len(self._rows) + len(rows), error)
                    self._rows.extendleft(reversed(rows))
                    return

    def _start(self) -> None:
        with self._writing:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self._table, daemon=True)
                self._thread.start()
                atexit.register(self.flush)
                multiprocessing.util.Finalize(None, self.flush, exitpriority=0)  # such processes skip atexit

    def _run(self) -> None:
        while True:
            self._due.wait(settings.INTERACTION_SECONDS or None)  # 0: nothing waits here, so neither does it spin
            self._due.clear()
            if self._rows:
                self.flush()
                connection.close()  # back to the pool, or away if the server left

    def _write(self, rows: Sequence[Row]) -> None:
        with connection.cursor() as cursor, cursor.copy(self._copy) as copy:
            for row in rows:
                copy.write_row(row)
        if self._written:
            self._written(rows)


interactions = Buffer("recommender_interaction", histories.append)
impressions = Buffer("recommender_impression")
