"""What people are told who wait for a thing."""

from django.utils.translation import gettext_lazy as _

from news.kinds import Group, Kind, register

register(
    Kind(
        name="thing_back",
        group=Group.WISHES,
        title=_("{thing} is back"),
        body=_("You wanted to know: {channel} has it again."),
        icon="package-check",
    ),
    Kind(
        name="thing_cheaper",
        group=Group.WISHES,
        title=_("{thing} costs less now"),
        body=_("{price} instead of {before}, at {channel}."),
        icon="badge-percent",
    ),
)
