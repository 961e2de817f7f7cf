"""What happens with an ad: it was in sight, it was clicked. Nothing waits for it to be written."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ads import services as ads
from ads import tokens, viewing
from ads.models import Campaign, Event
from ads.selectors.live import market_now
from core.pages import Request


def _read(text: str) -> tuple[tokens.Token, Campaign]:
    """A token of ours and its campaign; one query. Else Http404."""
    try:
        token = tokens.read(text)
    except tokens.BadToken:
        raise Http404 from None
    return token, get_object_or_404(Campaign.objects.select_related("channel", "product"), pk=token.campaign_id)


def _record(request: Request, token: tokens.Token, campaign: Campaign, kind: str) -> None:
    late = Event.Reason.LATE if token.is_late else ""
    reason = viewing.get_reason(request, campaign.channel_id) or late
    day = market_now(campaign.channel.market).date()
    ads.record(token=token, kind=kind, day=day, person_id=token.person_id, reason=reason)


@never_cache
@require_GET
def click(request: Request, token: str) -> HttpResponse:
    """To what is advertised. A browser that only fetches ahead is sent on and not counted."""
    read, campaign = _read(token)
    if "prefetch" not in request.headers.get("Sec-Purpose", ""):
        _record(request, read, campaign, Event.Kind.CLICK)
    response = redirect(f"{(campaign.product or campaign.channel).get_absolute_url()}?{viewing.LED_HERE}={campaign.pk}")
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_POST
def seen(request: Request, token: str) -> HttpResponse:
    read, campaign = _read(token)
    _record(request, read, campaign, Event.Kind.IMPRESSION)
    return HttpResponse(status=204)
