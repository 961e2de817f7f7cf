"""Campaigns as their channel's team and the staff see them. Loaders refuse strangers with 404."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import F, Q, Sum
from django.http import Http404

from ads.models import Campaign, CampaignTransition, Creative
from sellers import selectors as sellers
from sellers.models import Channel, Product

MOST_PRODUCTS = 300  # that a form offers, the newest
# What of an ad's subject staff looked at: words and pictures, not price or stock.
_FINGERPRINTS = """
SELECT c.id, CASE WHEN c.product_id IS NULL
    THEN md5(concat_ws(chr(31), channel.name, channel.tagline, channel.avatar_id, channel.cover_id))
    ELSE md5(concat_ws(chr(31), product.title, post.text, product.cover_id)) END
FROM ads_campaign c JOIN sellers_channel channel ON channel.id = c.channel_id
LEFT JOIN sellers_product product ON product.id = c.product_id
LEFT JOIN sellers_post post ON post.id = product.post_id
WHERE c.id = ANY(%s)
"""


class Row(NamedTuple):
    """A campaign of a list; ``brought`` are sums of what is counted."""

    campaign: Campaign
    impressions: int
    clicks: int


def get_fingerprints(campaign_ids: Iterable[int]) -> dict[int, str]:
    """Of each campaign what its subject shows now, in 32 letters that change with it."""
    with connection.cursor() as cursor:
        cursor.execute(_FINGERPRINTS, [list(campaign_ids)])
        return dict(cursor.fetchall())


def get_campaigns(channel: Channel) -> list[Row]:
    """All of a channel, the newest first, those that ended below; one query."""
    ended = Q(status=Campaign.Status.ENDED)
    rows = Campaign.objects.filter(channel=channel).select_related("product__cover").alias(is_over=ended)
    rows = rows.annotate(seen=Sum("counts__impressions", default=0), clicked=Sum("counts__clicks", default=0))
    return [Row(each, each.seen, each.clicked) for each in rows.order_by("is_over", "-pk")]


def get_campaign(channel: Channel, pk: int) -> Campaign:
    """One of the channel's; else Http404."""
    campaigns = Campaign.objects.select_related("product__cover", "product__category")
    campaign = campaigns.filter(channel=channel, pk=pk).first()
    if campaign is None:
        raise Http404
    campaign.channel = channel
    return campaign


def get_creative(campaign: Campaign) -> Creative | None:
    """The newest: what the ad shows, or will once staff accepted it."""
    return campaign.creatives.order_by("-pk").first()


def get_transitions(campaign: Campaign) -> list[CampaignTransition]:
    """What happened to it, newest first."""
    return list(campaign.transitions.select_related("by").order_by("-at", "-pk"))


def get_products(channel: Channel, chosen: int | None = None) -> Sequence[Product]:
    """Listed things of a channel that may be advertised, the newest first; and the one chosen before."""
    listed = Product.objects.filter(channel=channel).filter(Q(is_listed=True) | Q(pk=chosen or 0))
    return list(listed.order_by(F("published_at").desc(nulls_last=True), "-pk")[:MOST_PRODUCTS])


def get_leaves(root_ids: Iterable[int]) -> list[int]:
    """All leaves below these roots of the category tree."""
    tree = sellers.get_category_tree()
    return [leaf for root in root_ids for leaf in tree.leaf_ids(tree.by_id[root])]


def get_changed() -> list[Campaign]:
    """Campaigns whose subject shows something else than staff accepted or are about to look at; two queries."""
    kept = Creative.objects.filter(state__in=(Creative.State.WAITING, Creative.State.ACCEPTED))
    kept = kept.exclude(campaign__status__in=(Campaign.Status.ENDED, Campaign.Status.DRAFT)).order_by("pk")
    looked_at = dict(kept.values_list("campaign_id", "fingerprint"))
    now = get_fingerprints(looked_at)
    changed = [pk for pk, fingerprint in looked_at.items() if now.get(pk) != fingerprint]
    return list(Campaign.objects.filter(pk__in=changed).order_by("pk")) if changed else []
