"""Markets: where a channel sells and in which currency. Lists show one market, so their prices compare."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Market:
    code: str
    name: str | Promise
    country: str  # ISO 3166-1 alpha-2, for telephone numbers and addresses
    currency: str  # ISO 4217
    language: str  # what most people there read
    time_zone: str  # of its clocks, for times that sellers plan


MARKETS = {
    market.code: market
    for market in (
        Market("us", _("United States"), "US", "USD", "en", "America/New_York"),
        Market("eu", _("Europe"), "IE", "EUR", "en", "Europe/Berlin"),
        Market("ir", _("Iran"), "IR", "IRR", "fa", "Asia/Tehran"),
        Market("tw", _("Taiwan"), "TW", "TWD", "zh-hant", "Asia/Taipei"),
    )
}


def choices() -> list[tuple[str, str | Promise]]:
    return [(market.code, market.name) for market in MARKETS.values()]


def market_for_language(language: str) -> Market:
    """The market a guest sees who has not chosen one."""
    default = MARKETS[settings.DEFAULT_MARKET]
    if default.language == language:
        return default
    return next((market for market in MARKETS.values() if market.language == language), default)
