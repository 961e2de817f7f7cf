"""What people do in conversations. All of it is atomic and keyword-only."""

from chat.services.conversations import block, check_may_ask, mark_read, open_conversation, unblock
from chat.services.errors import BadMessage, Blocked, NotAllowed, OwnChannel, Refused, TooManyMessages
from chat.services.locks import check_open, is_answering, side_of
from chat.services.messages import send_message
from chat.services.money import (
    buy,
    check_may_buy,
    check_may_request,
    draft_money,
    request_money,
    show_request,
    tell_transition,
)
from chat.services.reading import read_as_staff
from chat.services.replying import count_reply_times
from chat.services.reports import decide, report
from chat.services.team import add_label, archive, assign, save_reply, set_labels, set_office_hours

__all__ = [
    "BadMessage",
    "Blocked",
    "NotAllowed",
    "OwnChannel",
    "Refused",
    "TooManyMessages",
    "add_label",
    "archive",
    "assign",
    "block",
    "buy",
    "check_may_ask",
    "check_may_buy",
    "check_may_request",
    "check_open",
    "count_reply_times",
    "decide",
    "draft_money",
    "is_answering",
    "mark_read",
    "open_conversation",
    "read_as_staff",
    "report",
    "request_money",
    "save_reply",
    "send_message",
    "set_labels",
    "set_office_hours",
    "show_request",
    "side_of",
    "tell_transition",
    "unblock",
]
