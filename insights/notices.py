"""What people are told by staff's words about a smoke test they applied to, and by answers to what they told us."""

from django.utils.translation import gettext_lazy as _

from news.kinds import Group, Kind, register

register(
    Kind(
        name="smoke_checking",
        group=Group.ACCOUNT,
        title=_("We are checking your application: {service}"),
        body="{words}",
        icon="flask-conical",
    ),
    Kind(
        name="smoke_live",
        group=Group.ACCOUNT,
        title=_("{service} is there now"),
        body=_("You applied for it when it was an idea. See where it stands."),
        icon="rocket",
    ),
    Kind(
        name="smoke_not_built",
        group=Group.ACCOUNT,
        title=_("We do not build this for now: {service}"),
        body="{words}",
        icon="flask-conical-off",
    ),
    Kind(
        name="feedback_answered",
        group=Group.ACCOUNT,
        title=_("Our answer to what you told us"),
        body="{words}",
        icon="message-square-heart",
    ),
)
