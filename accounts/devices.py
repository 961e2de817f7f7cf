"""A browser's own words about itself, in the words of a person who looks for hers in a list."""

import re

from django.utils.translation import gettext as _

# The first that is found counts: many browsers also name those they descend from.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("YaBrowser", "Yandex"),
    ("MicroMessenger", "WeChat"),
    ("FBAN|FBAV", "Facebook"),
    ("Instagram", "Instagram"),
    ("Line/", "LINE"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS|Chromium", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X|Macintosh", "Mac"),
    ("Linux|X11", "Linux"),
]


def _first(kinds: list[tuple[str, str]], agent: str) -> str:
    return next((name for pattern, name in kinds if re.search(pattern, agent)), "")


def is_phone(agent: str) -> bool:
    return bool(re.search("iPhone|Android.*Mobile|Mobile.*Firefox", agent))


def describe(agent: str) -> str:
    """A User-Agent header as "Firefox on Windows"; only what is known is said."""
    browser, system = _first(BROWSERS, agent), _first(SYSTEMS, agent)
    if browser and system:
        return _("{browser} on {system}").format(browser=browser, system=system)
    return browser or system or _("Unknown device")
