"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_bidi

from core import markets


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "direction": "rtl" if get_language_bidi() else "ltr",
        "languages": settings.LANGUAGES,
        "market": getattr(request, "market", None),
        "markets": markets.MARKETS.values(),
        "site_url": settings.SITE_URL,
        "is_development": settings.DEVELOPMENT,
    }
