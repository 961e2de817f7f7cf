"""Where payment providers leave their notices."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments.providers.base import ProviderAway, UnknownProvider, get_provider
from payments.webhooks import services as webhooks
from payments.webhooks.notices import READERS, NotSigned

MAX_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def notice(request: HttpRequest, provider: str) -> HttpResponse:
    """Signed by the provider over the raw body; 503 asks it to come again."""
    try:
        get_provider(provider)
        read, header = READERS[provider]
    except (UnknownProvider, KeyError):
        raise Http404 from None
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
        return HttpResponse(status=413)
    try:
        found = read(request.body, request.headers.get(header, ""))
        if found.reference:
            webhooks.receive_notice(
                provider=provider, event_id=found.event_id, kind=found.kind, reference=found.reference
            )
    except NotSigned:
        return HttpResponse(status=400)
    except ProviderAway:
        return HttpResponse(status=503)
    return HttpResponse(status=204)
