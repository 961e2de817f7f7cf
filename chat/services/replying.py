"""How soon channels answer, counted at night."""

import datetime as dt

from django.db import connection, transaction
from django.utils import timezone

from chat.models import ReplyTime

COUNTED_DAYS = 90
ENOUGH = 5  # conversations; before, a time says nothing

# From a shopper's first words in a conversation to the first that somebody of the team wrote after them.
_COUNT = """
WITH asked AS (
    SELECT talk.id, talk.channel_id, min(said.sent_at) AS at
    FROM chat_conversation talk JOIN chat_message said ON said.conversation_id = talk.id
    WHERE said.side = 'shopper' AND said.kind IN ('text', 'pictures')
    GROUP BY talk.id HAVING min(said.sent_at) >= %(since)s
), answered AS (
    SELECT asked.channel_id, (
        SELECT min(sent_at) FROM chat_message said
        WHERE said.conversation_id = asked.id AND said.side = 'channel' AND said.sent_at > asked.at
            AND said.kind IN ('text', 'pictures', 'product') AND NOT said.is_automatic
    ) - asked.at AS took FROM asked
)
INSERT INTO chat_replytime (channel_id, seconds, talks, counted_at)
SELECT channel_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM took))::int, count(took), %(now)s
FROM answered WHERE took IS NOT NULL GROUP BY channel_id HAVING count(took) >= %(enough)s
ON CONFLICT (channel_id)
    DO UPDATE SET seconds = excluded.seconds, talks = excluded.talks, counted_at = excluded.counted_at
"""


@transaction.atomic
def count_reply_times(*, now: dt.datetime | None = None) -> int:
    """Counts the last 90 days anew; returns for how many channels there was enough to say. The others lose theirs."""
    now = now or timezone.now()
    values: dict[str, dt.datetime | int] = {
        "since": now - dt.timedelta(days=COUNTED_DAYS),
        "now": now,
        "enough": ENOUGH,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        counted = cursor.rowcount
    ReplyTime.objects.exclude(counted_at=now).delete()
    return counted
