"""What sellers are told by staff's decisions about their channels."""

from django.utils.translation import gettext_lazy as _

from news.kinds import Group, Kind, register

register(
    Kind(
        name="channel_approved",
        group=Group.CHANNEL,
        title=_("{channel} is open"),
        body=_("Staff approved it: everybody can see and follow it now."),
        icon="store",
    ),
    Kind(
        name="channel_sent_back",
        group=Group.CHANNEL,
        title=_("{channel} needs a change before it can open"),
        body=_("Staff wrote: {reason}"),
        icon="undo-2",
    ),
    Kind(
        name="channel_suspended",
        group=Group.CHANNEL,
        title=_("{channel} is suspended"),
        body=_("Nobody sees it for now. Staff wrote: {reason}"),
        icon="octagon-alert",
        urgent=True,
    ),
    Kind(
        name="channel_reopened",
        group=Group.CHANNEL,
        title=_("{channel} is open again"),
        body=_("Everybody can see and follow it."),
        icon="store",
    ),
    Kind(
        name="stock_low",
        group=Group.CHANNEL,
        title=_("Low stock at {channel}"),
        body=_("Things that run low: {n}. First of all: {thing}."),
        icon="package-minus",
    ),
    Kind(
        name="listing_approved",
        group=Group.CHANNEL,
        title=_("{product} is out"),
        body=_("Staff approved it: everybody can see it now."),
        icon="package-check",
    ),
    Kind(
        name="listing_sent_back",
        group=Group.CHANNEL,
        title=_("{product} needs a change"),
        body=_("Nobody else sees it now. Staff wrote: {reason}"),
        icon="undo-2",
    ),
)
register(
    Kind(
        name="webhook_stopped",
        group=Group.CHANNEL,
        title=_("A webhook of {channel} was stopped"),
        body=_("Nothing reached {address} for days. Mend it, then let it go on."),
        icon="webhook",
    ),
)
