"""Every open channel is to be seen a set number of times in seven days."""

import logging

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone

from core import markets
from recommender.models import Exposure
from recommender.selectors import popular
from recommender.selectors.exposure import WINDOW, get_overdue

logger = logging.getLogger(__name__)
# A channel without a thing that can be bought has nothing to show. Feeds show channels to their own followers: what
# counts is being shown in the shop.
_COUNT = """
INSERT INTO recommender_exposure (channel_id, market, shown, counted_at)
SELECT channel.id, channel.market, coalesce(sum(shown.count), 0), %(now)s
FROM sellers_channel channel
LEFT JOIN sellers_product product ON product.channel_id = channel.id
LEFT JOIN (
    SELECT product_id, count(*) FROM recommender_impression WHERE at > %(since)s AND place <> 'feed' GROUP BY product_id
) shown ON shown.product_id = product.id
WHERE channel.state = 'open' AND EXISTS (
    SELECT FROM sellers_product WHERE channel_id = channel.id AND is_listed AND (stock IS NULL OR stock > 0)
)
GROUP BY channel.id
ON CONFLICT (channel_id) DO UPDATE SET market = excluded.market, shown = excluded.shown, counted_at = excluded.counted_at
"""


@transaction.atomic
def count_exposure() -> int:
    """Counts what was shown of each open channel with something to show; returns how many impressions all of them
    together still lack.

    Picks give one place of each list to the channels that lack most, so while there is traffic the shortfall goes to
    nothing, and while there is too little it is spread evenly: the least shown come first, new ones before others.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"now": now, "since": now - WINDOW})
    Exposure.objects.filter(counted_at__lt=now).delete()
    popular.forget_unseen(markets.MARKETS)
    little = Exposure.objects.filter(shown__lt=settings.CHANNEL_IMPRESSIONS)
    lacking: int = little.aggregate(sum=Sum(settings.CHANNEL_IMPRESSIONS - F("shown"), default=0))["sum"]
    return lacking


def report_exposure() -> int:
    """Alerts staff to channels that were shown too little although they were open all week; returns how many."""
    count = get_overdue(Exposure.objects.all()).count()
    if count:
        logger.error("%s channels were shown fewer than %s times in a week", count, settings.CHANNEL_IMPRESSIONS)
    return count
