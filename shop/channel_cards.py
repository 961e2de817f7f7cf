"""Cards of channels that are offered to one visitor, each with its reason and a way to say no."""

from django.template.loader import get_template
from django.utils.translation import gettext as _

from core.pages import Request
from recommender import selectors as recommender
from sellers.models import Channel
from shop.guests import Visitor, visitor
from shop.selectors.lists import get_channel_cards


def render_channel_picks(request: Request) -> list[str]:
    """``<li>`` of each channel worth a follow; two queries more than the recommender's."""
    who = visitor(request)
    found = recommender.get_channel_picks(who.looker, request.market.code, exclude=who.follows)
    channels = Channel.objects.select_related("avatar").in_bulk([row.channel_id for row in found.rows])
    reasons = {row.channel_id: _reason(found.titles.get(row.because or 0, "")) for row in found.rows}
    template = get_template("shop/_channel_pick.html")
    shown = get_channel_cards([channels[pk] for pk in reasons if pk in channels], Visitor())
    return [template.render({"card": card, "reason": reasons[card.channel.pk]}, request) for card in shown]


def _reason(title: str) -> str:
    return _("Because you looked at “{title}”.").format(title=title) if title else _("Well liked these days.")
