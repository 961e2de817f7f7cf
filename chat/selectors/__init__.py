"""What pages need to know of conversations, in a constant number of queries."""

from chat.selectors.beside import (
    get_channel_things,
    get_inbox_beside,
    get_more_things,
    get_team_tools,
    get_variant_words,
)
from chat.selectors.conversations import (
    Seat,
    count_unread,
    find_side,
    get_block_sides,
    get_disputed,
    get_disputed_requests,
    get_reply_words,
    get_seat,
    has_open_dispute,
)
from chat.selectors.inbox import InboxFilter, get_own_inbox, get_team_inbox, get_team_inboxes
from chat.selectors.messages import Line, Thread, get_card_address, get_message, get_messages

__all__ = [
    "InboxFilter",
    "Line",
    "Seat",
    "Thread",
    "count_unread",
    "find_side",
    "get_block_sides",
    "get_card_address",
    "get_channel_things",
    "get_disputed",
    "get_disputed_requests",
    "get_inbox_beside",
    "get_message",
    "get_messages",
    "get_more_things",
    "get_own_inbox",
    "get_reply_words",
    "get_seat",
    "get_team_inbox",
    "get_team_inboxes",
    "get_team_tools",
    "get_variant_words",
    "has_open_dispute",
]
