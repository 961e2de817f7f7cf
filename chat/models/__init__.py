"""Conversations between shoppers and channels, what is said in them, and what people report."""

from chat.models.conversations import Block, Conversation, Side
from chat.models.desk import Label, OfficeHours, SavedReply
from chat.models.messages import Message, MessagePicture
from chat.models.replies import ReplyTime
from chat.models.reports import Report, ReportTransition

__all__ = [
    "Block",
    "Conversation",
    "Label",
    "Message",
    "MessagePicture",
    "OfficeHours",
    "ReplyTime",
    "Report",
    "ReportTransition",
    "SavedReply",
    "Side",
]
