"""Ads of the demo market: a price list, a channel that advertises on credit, and one that waits for an answer."""

import datetime as dt
from collections.abc import Mapping

from accounts.models import User
from ads import services as ads
from ads.models import Campaign, CreditApplication, Package
from demo.content import MarketText
from payments import services as payments
from sellers.models import Channel, Product

PLACES = Campaign.Placement.values
# By currency: what a click, a day and the whole campaign may cost, the line, and a package's price; in minor units.
AMOUNTS = {
    "USD": (40, 8_00, 80_00, 300_00, 25_00),
    "EUR": (40, 8_00, 80_00, 300_00, 25_00),
    "IRR": (150_000, 3_000_000, 30_000_000, 100_000_000, 9_000_000),
    "TWD": (12, 250, 2_500, 9_000, 800),
}
PACKAGES = (
    ({"en": "A week on the shop tab", "fa": "یک هفته در صفحهٔ بازار", "zh-hant": "商店首頁一週"}, ["tab"], 7, 1),
    ({"en": "Two weeks everywhere", "fa": "دو هفته همه‌جا", "zh-hant": "全站兩週"}, PLACES, 14, 3),
)
PURPOSE = {"en": "New things before the holidays", "fa": "کالاهای تازه پیش از عید", "zh-hant": "過年前的新商品"}


def make_ads(text: MarketText, *, channels: Mapping[str, Channel], staff: User, now: dt.datetime) -> None:
    """``channels`` by key: one advertises its oldest thing on credit, one asks for credit."""
    advertiser, applicant = channels["saffron-clay"], channels["kaf-studio"]
    _click, _day, _whole, line, package = AMOUNTS[advertiser.currency]
    for names, placements, days, times in PACKAGES:
        Package.objects.create(
            names=names, market=text.market, placements=placements, days=days, price_minor=package * times
        )
    approved = _apply(advertiser, line, text)
    ads.approve_application(application=approved, by=staff, limit_minor=line, fee_basis_points=200, period_days=30)
    _advertise(advertiser, staff, now)
    _apply(applicant, line // 2, text)


def _owner(channel: Channel) -> User:
    return channel.members.get(role="owner").person


def _apply(channel: Channel, amount_minor: int, text: MarketText) -> CreditApplication:
    by = _owner(channel)
    draft = ads.save_draft(channel=channel, by=by, amount_minor=amount_minor, purpose=PURPOSE[text.language])
    return ads.send_application(application=draft, by=by, consents=True)


def _advertise(channel: Channel, staff: User, now: dt.datetime) -> None:
    click, day, whole, _line, _package = AMOUNTS[channel.currency]
    product = Product.objects.filter(channel=channel, is_listed=True).order_by("published_at", "pk").first()
    if product is None:
        raise payments.BadRequest("product", f"{channel} has nothing to advertise.")
    data = ads.CampaignData(
        name=product.title,
        product=product,
        line="",
        funding=Campaign.Funding.CREDIT,
        placements=PLACES,
        people=Campaign.People.EVERYBODY,
        category_ids=[],
        city="",
        language="",
        bid_minor=click,
        daily_budget_minor=day,
        total_budget_minor=whole,
        start_date=now.date() - dt.timedelta(days=1),  # today there, whatever the clocks
        end_date=now.date() + dt.timedelta(days=60),
    )
    campaign = ads.create_campaign(channel=channel, by=_owner(channel), data=data)
    ads.submit_campaign(campaign=campaign, by=_owner(channel))
    ads.accept_creative(creative=campaign.creatives.get(), by=staff)
