"""Pictures that both sides of a request see and nobody else: served here, never from an address of their own."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from core import pictures
from core.pages import Request
from payments import selectors
from payments.models import MoneyRequest
from payments.views.base import person_of, request_page
from sellers.forms import Photos

PREVIEW = 240


@request_page
@require_GET
def picture(request: Request, money: MoneyRequest, key: str, width: int) -> HttpResponse:
    """One that was shown with a refund request or as evidence."""
    found = selectors.find_shown_picture(money, key)
    if found is None:
        raise Http404
    return pictures.serve(found, width)


@request_page
@require_GET
def upload(request: Request, money: MoneyRequest) -> HttpResponse:
    """One that waits in a form, for who uploaded it; ``?photo`` is what the form keeps of it."""
    photos = Photos.from_data(request.GET, person_of(request).pk)
    if not photos.items:
        raise Http404
    return pictures.serve(photos.items[0].picture, PREVIEW)
