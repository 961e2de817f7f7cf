"""Lucide icons as small inline SVG: the style sheet, not each copy, says how lines are drawn."""

import re
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from zipfile import ZipFile

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from lucide import IconDoesNotExist

_BODY = re.compile(r".*?<svg[^>]*>(.*)</svg>.*", re.DOTALL)


@cache
def _drawings() -> ZipFile:
    """Lucide's drawings. Its own tag reads the list of all of them again for each icon: 40 ms a page's first icons each.

    In memory, since processes that are forked would share an open file's position.
    """
    return ZipFile(BytesIO(resources.files("lucide").joinpath("lucide.zip").read_bytes()))


@lru_cache(maxsize=256)
def lines(name: str) -> SafeString:
    """What is drawn inside the icon's 24 x 24 box. Raises lucide's IconDoesNotExist."""
    try:
        drawing = _drawings().read(f"{name}.svg").decode()
    except KeyError:
        raise IconDoesNotExist(name) from None
    body = _BODY.sub(r"\1", drawing)
    return mark_safe(re.sub(r"\s*\n\s*", "", body).replace(" />", "/>"))  # noqa: S308 - lucide's own drawing


@lru_cache(maxsize=1024)
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """The icon with classes `icon` and `css`; silent for screen readers unless it has a `label`."""
    spoken = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    classes = escape(f"icon {css}".strip())
    return mark_safe(f'<svg class="{classes}" viewBox="0 0 24 24" {spoken}>{lines(name)}</svg>')  # noqa: S308 - escaped above
