"""The seller services page: every service as a card, and where each leads."""

import logging
from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET
from kombu.exceptions import OperationalError

from accounts import purposes
from core.pages import Request
from insights import tasks
from insights.models import CardMark
from insights.selectors import offers
from recommender.lookers import is_robot
from sellers import selectors as sellers
from sellers.models import Channel, Role
from sellers.views.base import desk, person_of, signed_in, team_page

logger = logging.getLogger(__name__)


def _note(request: Request, services: Sequence[str], kind: CardMark.Kind) -> None:
    """Has cards counted by a worker; nobody waits, and without a broker they are not counted."""
    person = person_of(request)
    if person.is_staff or is_robot(request) or not services or purposes.Purpose.MEASURING in person.declined:
        return
    try:
        tasks.note_cards.delay(person.pk, list(services), kind.value, timezone.now().date().isoformat())
    except OperationalError as error:
        logger.warning("Cards are not counted, the broker is away: %s", error)


@signed_in
@require_GET
def home(request: Request) -> HttpResponse:
    """The services of the person's channel; with several, of the first."""
    channels = sellers.get_own_channels(person_of(request))
    return redirect("insights:services", channels[0].handle) if channels else redirect("dashboard:open")


@team_page(Role.VIEWER)
@require_GET
def services(request: Request, channel: Channel) -> HttpResponse:
    cards = offers.get_cards(channel, person_of(request))
    _note(request, [card.key for card in cards], CardMark.Kind.SEEN)
    return render(request, "insights/services.html", desk(channel, "services", cards=cards))


@team_page(Role.VIEWER)
@require_GET
def service(request: Request, channel: Channel, key: str) -> HttpResponse:
    """Counts that a card was opened, and goes where it leads."""
    card = next((card for card in offers.get_cards(channel, person_of(request)) if card.key == key), None)
    if card is None:
        raise Http404
    _note(request, [key], CardMark.Kind.OPENED)
    return redirect(card.url)
