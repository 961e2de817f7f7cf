"""Every open channel is to be seen a set number of times in seven days."""

import datetime as dt
import logging

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core import markets
from recommender.models import Exposure
from recommender.selectors import popular
from sellers.models import Channel

logger = logging.getLogger(__name__)
WINDOW = dt.timedelta(days=7)
_COUNT = """
INSERT INTO recommender_exposure (channel_id, market, shown, counted_at)
SELECT c.id, c.market, count(i.product_id), %(now)s FROM sellers_channel c
LEFT JOIN sellers_product p ON p.channel_id = c.id
LEFT JOIN recommender_impression i ON i.product_id = p.id AND i.at > %(since)s
WHERE c.state = 'open' GROUP BY c.id
ON CONFLICT (channel_id) DO UPDATE SET market = excluded.market, shown = excluded.shown, counted_at = excluded.counted_at
"""


@transaction.atomic
def count_exposure() -> int:
    """Counts what was shown of each open channel; returns how many impressions all of them together still lack.

    Picks give one place of each list to the channels that lack most, so while there is traffic the shortfall goes to
    nothing, and while there is too little it is spread evenly: the least shown come first.
    """
    now = timezone.now()
    Exposure.objects.exclude(channel__state=Channel.State.OPEN).delete()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"now": now, "since": now - WINDOW})
    popular.forget_unseen(markets.MARKETS)
    open_ones = Exposure.objects.filter(shown__lt=settings.CHANNEL_IMPRESSIONS)
    lacking = sum(settings.CHANNEL_IMPRESSIONS - shown for shown in open_ones.values_list("shown", flat=True))
    if lacking:
        logger.info("Open channels lack %s impressions of this week", lacking)
    return lacking
