"""What pages tell by a beacon: how long they were in use and what led to them; and a search, which is nobody's."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.db.models.functions import Lower
from django.http import HttpResponse, QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from accounts import purposes
from ads.viewing import LED_HERE
from core import limits
from core.pages import Request
from insights import services
from insights.models import Place
from recommender.lookers import is_robot
from sellers.models import Channel
from shop import guests
from shop.search import MOST_LETTERS

LIMIT, SECONDS = 1200, 3600
PLACES = {
    "shop:tab": Place.TAB,
    "shop:search": Place.SEARCH,
    "shop:category": Place.CATEGORY,
    "shop:newest": Place.LIST,
    "shop:trending": Place.LIST,
    "shop:channels": Place.LIST,
    "shop:picks": Place.PICKS,
    "shop:feed": Place.FEED,
    "shop:channel": Place.CHANNEL,
    "shop:about": Place.CHANNEL,
    "shop:display": Place.CHANNEL,
    "shop:post": Place.CHANNEL,
    "shop:product": Place.PRODUCT,
    "shop:saved": Place.SAVED,
    "chat:inbox": Place.CHAT,
    "chat:conversation": Place.CHAT,
}


class VisitForm(forms.Form):
    path = forms.CharField(max_length=2000)
    address = forms.CharField(max_length=2000, required=False)  # its query
    visible_ms = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    came_from = forms.CharField(max_length=2000, required=False)


class SearchForm(forms.Form):
    words = forms.CharField(max_length=MOST_LETTERS)
    found = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    is_clicked = forms.BooleanField(required=False)


@require_POST
def visited(request: Request) -> HttpResponse:
    """Nothing waits for the answer. Pages that are not the shop's and guests who did nothing yet are not logged."""
    is_search = "words" in request.POST
    form = SearchForm(request.POST) if is_search else VisitForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    if is_robot(request):
        return HttpResponse(status=204)
    try:
        limits.take(f"visited:{request.user.pk or limits.client_address(request)}", limit=LIMIT, seconds=SECONDS)
    except limits.TooMany:
        return HttpResponse(status=429)
    if is_search:
        services.record_search(market=request.market.code, language=get_language() or "en", **form.cleaned_data)
    else:
        _record_visit(request, form.cleaned_data)
    return HttpResponse(status=204)


def _record_visit(request: Request, told: dict[str, Any]) -> None:
    page, subject = _place_of(told["path"])
    looker = guests.visitor(request).looker
    if page and looker.is_known and purposes.Purpose.MEASURING not in purposes.declined(request):
        came_from = Place.AD if told["came_from"] and LED_HERE in QueryDict(told["address"].lstrip("?")) else None
        services.record_visit(
            looker=looker,
            visible_ms=told["visible_ms"],
            page=page,
            came_from=came_from or _source_of(request, told["came_from"]),
            channel_id=_channel_id(subject["handle"]) if "handle" in subject else None,
            product_id=subject.get("pk") if page == Place.PRODUCT else None,
        )


def _place_of(path: str) -> tuple[Place | None, dict[str, Any]]:
    """What a path of ours shows, and of whom; nothing where it is no page of the shop."""
    try:
        match = resolve(path)
    except Resolver404:
        return None, {}
    return PLACES.get(match.view_name), match.kwargs


def _source_of(request: Request, came_from: str) -> Place | None:
    """The place a referrer names: ours by its path, another site, or none. Nothing where nothing was told."""
    if came_from in ("", Place.DIRECT):
        return Place.DIRECT if came_from else None
    try:
        source = urlsplit(came_from)
    except ValueError:
        return Place.OTHER
    if source.netloc != request.get_host():
        return Place.OUTSIDE
    return _place_of(source.path)[0] or Place.OTHER


def _channel_id(handle: str) -> int | None:
    named = Channel.objects.annotate(folded=Lower("handle")).filter(folded=handle.lower())
    return named.values_list("pk", flat=True).first()
