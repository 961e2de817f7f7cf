"""Lucide icons as small inline SVG: the style sheet, not each copy, says how lines are drawn."""

import re
from functools import lru_cache

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

_BODY = re.compile(r".*?<svg[^>]*>(.*)</svg>.*", re.DOTALL)


@lru_cache(maxsize=256)
def lines(name: str) -> SafeString:
    """What is drawn inside the icon's 24 x 24 box. Raises lucide's IconDoesNotExist."""
    body = _BODY.sub(r"\1", lucide(name, size=None))
    return mark_safe(re.sub(r"\s*\n\s*", "", body).replace(" />", "/>"))  # noqa: S308 - lucide's own drawing


@lru_cache(maxsize=1024)
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """The icon with classes `icon` and `css`; silent for screen readers unless it has a `label`."""
    spoken = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    classes = escape(f"icon {css}".strip())
    return mark_safe(f'<svg class="{classes}" viewBox="0 0 24 24" {spoken}>{lines(name)}</svg>')  # noqa: S308 - escaped above
