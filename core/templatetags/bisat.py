"""The template language of the house: money, numbers, dates, pictures. Loaded everywhere."""

import datetime as dt
from functools import lru_cache
from typing import Any

import jdatetime
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from django import template
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.utils import timezone
from django.utils.encoding import uri_to_iri
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core import icons
from core import money as amounts
from core.kept import keep
from core.models import Picture

register = template.Library()


@register.filter
def money(minor: int, currency: str) -> str:
    """``{{ product.price_minor|money:product.currency }}``"""
    return amounts.format_money(minor, currency)


@register.filter
def number(value: float) -> str:
    """A number with the language's digits and separators."""
    return _number(value, get_language() or "en")


@lru_cache(4096)  # counts on lists are few and small, and writing one takes longer than a look
def _number(value: float, language: str) -> str:
    return amounts.localize_number(format_decimal(value, locale=amounts.babel_locale(language)), language)


@register.filter
def compact(value: int) -> str:
    """18,200 as 18.2K, for counts people only glance at."""
    if value < 1000:
        return number(value)
    return amounts.localize_number(format_compact_decimal(value, locale=amounts.babel_locale(), fraction_digits=1))


@register.filter
def percent(ratio: float) -> str:
    """0.19 as 19%."""
    return amounts.localize_number(format_percent(ratio, locale=amounts.babel_locale()))


@register.filter
def digits(text: object) -> str:
    """The same text with the language's digits."""
    return amounts.localize_digits(str(text))


_JALALI_MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")


def is_persian() -> bool:
    return (get_language() or "").startswith("fa")


@register.filter
def day(moment: dt.datetime | dt.date) -> str:
    """A day in words: Jalali in Persian."""
    date = timezone.localtime(moment).date() if isinstance(moment, dt.datetime) else moment
    if is_persian():
        jalali = jdatetime.date.fromgregorian(date=date)
        return amounts.localize_digits(f"{jalali.day} {_JALALI_MONTHS[jalali.month - 1]} {jalali.year}")
    return format_date(date, "long", locale=amounts.babel_locale())


@register.filter
def month(moment: dt.datetime | dt.date) -> str:
    """A month and its year in words: Jalali in Persian."""
    date = timezone.localtime(moment).date() if isinstance(moment, dt.datetime) else moment
    if is_persian():
        jalali = jdatetime.date.fromgregorian(date=date)
        return amounts.localize_digits(f"{_JALALI_MONTHS[jalali.month - 1]} {jalali.year}")
    return format_skeleton("yMMMM", date, locale=amounts.babel_locale())


@register.filter
def clock(moment: dt.datetime) -> str:
    """Hours and minutes."""
    return amounts.localize_digits(format_time(timezone.localtime(moment), "HH:mm", locale="en"))


@register.filter
def day_and_time(moment: dt.datetime) -> str:
    return _("{day}, {time}").format(day=day(moment), time=clock(moment))


@register.filter
def ago(moment: dt.datetime) -> str:
    """How long ago, in the words a person would use; a day once it is a week old."""
    seconds = (timezone.now() - moment).total_seconds()
    if seconds < 60:
        return _("just now")
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if minutes < 60:
        text = ngettext("{n} minute ago", "{n} minutes ago", minutes).format(n=minutes)
    elif hours < 24:
        text = ngettext("{n} hour ago", "{n} hours ago", hours).format(n=hours)
    elif days < 7:
        text = ngettext("{n} day ago", "{n} days ago", days).format(n=days)
    else:
        return day(moment)
    return amounts.localize_digits(text)


@register.simple_tag
def when(moment: dt.datetime) -> SafeString:
    """``<time>`` that reads as ``ago`` and carries the exact moment."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        day_and_time(moment),
        ago(moment),
    )


@register.filter
def iri(address: str) -> str:
    """An address as people read it: in HTML a Persian letter then takes two bytes, not six, and browsers encode it."""
    return uri_to_iri(address)


@register.simple_tag
def picture_url(pic: Picture | None, width: int = 480) -> str:
    """The address of the copy at least ``width`` wide (or the widest); empty while there is none, or it is private."""
    if not pic or not pic.widths or pic.is_private:  # a template gives "" for a name it does not know
        return ""
    return default_storage.url(pic.name_for(next((w for w in pic.widths if w >= width), pic.widths[-1])))


def _choices(pic: Picture | None, most: int) -> str:
    """``srcset`` by width; empty where there is nothing to choose."""
    offered = [width for width in pic.widths if width <= most] if pic else []
    return ", ".join(f"{picture_url(pic, width)} {width}w" for width in offered) if len(offered) > 1 else ""


def _dense(pic: Picture | None, width: int) -> str:
    """``srcset`` by density for a picture always ``width`` CSS pixels wide."""
    dense = picture_url(pic, 2 * width)
    return f"{dense} 2x" if dense != picture_url(pic, width) else ""


@register.inclusion_tag("components/_picture.html")
def picture(
    pic: Picture | None,
    alt: str = "",
    sizes: str = "(min-width: 60rem) 15rem, 45vw",
    css: str = "",
    icon: str = "image",
    eager: bool = False,
    most: int = 1600,
    fixed: int = 0,
) -> dict[str, Any]:
    """``<img>`` with ``srcset``; while a picture has no copies, or there is none, a drawn placeholder.

    ``most`` is the widest copy worth offering where it stands. ``fixed`` is for small pictures that the style sheet
    gives the same size in every window: the width in CSS pixels; they say no size and offer a copy for dense screens
    at most, as addresses of pictures are a third of a list's HTML.
    """
    ready = bool(pic and pic.widths and not pic.is_private)
    return {
        "pic": pic if ready else None,
        "src": picture_url(pic, fixed or min(480, most)),
        "srcset": _dense(pic, fixed) if fixed else _choices(pic, most),
        "alt": alt,
        "sizes": "" if fixed else sizes,
        "css": css,
        "icon": icon,
        "eager": eager,
    }


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The current address's query with some keys changed; ``None`` drops a key, paging always starts anew."""
    params: QueryDict = context["request"].GET.copy()
    params.pop("after", None)
    for key, value in changes.items():
        params.pop(key, None)
        if value is not None and value != "":
            params[key] = str(value)
    return f"?{params.urlencode()}" if params else "?"


@register.filter
def discount(price_minor: int, compare_at_minor: int) -> str:
    """How much cheaper, as −19%."""
    return "−" + percent((compare_at_minor - price_minor) / compare_at_minor)


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """``{% icon "heart" %}``, ``{% icon "arrow-right" "s flip" %}``: an inline lucide icon."""
    return icons.icon(name, css, str(label))


@register.simple_tag
def icon_lines(name: str) -> SafeString:
    """Only the lines of an icon, to be drawn inside another picture."""
    return icons.lines(name)


class KeptNode(template.Node):
    def __init__(self, kind: str, facts: list[template.base.FilterExpression], nodelist: template.NodeList) -> None:
        self.kind, self.facts, self.nodelist = kind, facts, nodelist

    def render(self, context: template.Context) -> str:
        edition = [fact.resolve(context) for fact in self.facts]
        return str(keep(self.kind, [edition], lambda _places: {0: self.nodelist.render(context)})[0])


@register.tag
def kept(parser: template.base.Parser, token: template.base.Token) -> KeptNode:
    """``{% kept tabs view %}…{% endkept %}``: HTML that depends on the language and the facts named, and on nothing
    else, made once (core.kept). Few values each, none of them a visitor's words: they would push out the others."""
    _tag, kind, *facts = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(kind, [parser.compile_filter(fact) for fact in facts], nodelist)
