"""Events of ads on their way to the table: as recommender.buffer, but what is there already is counted, not added."""

from collections.abc import Sequence

from django.db import connection

from recommender.buffer import Buffer, Row

COLUMNS = {
    "campaign_id": "bigint",
    "kind": "text",
    "who": "text",
    "window_at": "timestamptz",
    "at": "timestamptz",
    "day": "date",
    "person_id": "bigint",
    "placement": "text",
    "price_minor": "bigint",
    "reason": "text",
}
KEY = 4  # of the columns, the first
_INSERT = f"""
INSERT INTO ads_event AS kept ({", ".join(COLUMNS)}, repeats)
SELECT * FROM unnest({", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())}, %s::integer[])
ON CONFLICT (campaign_id, kind, who, window_at) DO UPDATE SET repeats = kept.repeats + 1 + EXCLUDED.repeats
"""  # noqa: S608 - our own words


class EventBuffer(Buffer):
    """Rows in the order of COLUMNS; of those with the same key the first counts."""

    def _write(self, rows: Sequence[Row]) -> None:
        first: dict[Row, Row] = {}
        repeats: dict[Row, int] = {}
        for row in rows:
            key = row[:KEY]
            first.setdefault(key, row)
            repeats[key] = repeats.get(key, -1) + 1
        keys = sorted(first)  # two processes never wait for each other crosswise
        columns = [list(column) for column in zip(*(first[key] for key in keys), strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [*columns, [repeats[key] for key in keys]])


events = EventBuffer("ads_event")
