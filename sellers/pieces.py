"""The HTML of the desk's rows, made once for each edition (core.kept)."""

from collections.abc import Sequence

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from core.kept import keep
from core.templatetags.bisat import ago
from sellers.models import Channel
from sellers.selectors import DeskPost

SECONDS = 60 * 60  # its "5 minutes ago" is part of the edition


def render_rows(
    channel: Channel, posts: Sequence[DeskPost], *, can_edit: bool, short: bool = False
) -> list[SafeString]:
    """``<li>`` of each post, closed; ``short`` leaves nothing to press."""
    about = (channel.handle, channel.language, channel.market, can_edit, short)

    def make(places: list[int]) -> dict[int, str]:
        template, context = get_template("sellers/_post_row.html"), {"channel": channel, "can_edit": can_edit}
        return {at: template.render(context | {"post": posts[at], "short": short}).strip() for at in places}

    editions = [(about, tuple(post), ago(post.published_at or post.created_at)) for post in posts]
    return [mark_safe(html) for html in keep("desk-row", editions, make, SECONDS)]  # noqa: S308 - made by a template
