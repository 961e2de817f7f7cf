"""What a request says of the one who looks at ads."""

from django.http import HttpRequest

from ads.models import Event
from core import limits
from recommender.lookers import is_robot
from sellers.models import ChannelMember

LED_HERE = "ad"  # a parameter of the address that an ad leads to: its campaign, so that visits know what brought them


def get_address(request: HttpRequest) -> str:
    """Network address and browser, for who is known by nothing else."""
    return f"{limits.client_address(request)} {request.headers.get('User-Agent', '')}"


def get_reason(request: HttpRequest, channel_id: int | None = None) -> str:
    """Why what this visitor does with ads (of the channel) is not charged, empty if it is; at most one query."""
    if is_robot(request):
        return Event.Reason.ROBOT
    if not request.user.is_authenticated:
        return ""
    if request.user.is_staff:
        return Event.Reason.STAFF
    is_team = channel_id and ChannelMember.objects.filter(channel=channel_id, person=request.user.pk).exists()
    return Event.Reason.TEAM if is_team else ""
