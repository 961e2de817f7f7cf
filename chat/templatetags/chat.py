"""``{% load chat %}``: days and times as a chat shows them, who is looking at what."""

import datetime as dt

from babel.dates import format_date
from django import template
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chat.models import Conversation, Message
from core.money import babel_locale
from core.templatetags.bisat import clock, day

register = template.Library()
_NOTICES = dict(Message.Notice.choices)


@register.filter
def chat_day(date: dt.date) -> str:
    """Today, yesterday, or the day in words."""
    back = (timezone.localdate() - date).days
    return {0: _("Today"), 1: _("Yesterday")}.get(back) or day(date)


@register.filter
def chat_time(moment: dt.datetime) -> str:
    """When the last word of a conversation was said: the clock today, the day's name this week, else the day."""
    date = timezone.localtime(moment).date()
    back = (timezone.localdate() - date).days
    if back <= 0:
        return clock(moment)
    if back == 1:
        return _("Yesterday")
    if back < 7:
        return format_date(date, "EEEE", locale=babel_locale(get_language()))
    return day(date)


@register.filter
def notice_words(message: Message) -> str:
    """What a notice says."""
    return str(_NOTICES[message.notice]).format(name=message.text)


@register.filter
def unread_by(conversation: Conversation, side: str) -> int:
    """How many messages wait for this side."""
    return conversation.unread_of(side)
