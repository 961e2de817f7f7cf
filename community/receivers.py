"""What this room does when the outbox delivers."""

import datetime as dt
from typing import Any

from community import notices
from community import services as community
from core import outbox


@outbox.handler("community.replied")
def tell_reply(payload: dict[str, Any]) -> None:
    notices.tell_reply(payload["reply"])


@outbox.handler("community.news")
def tell_news(payload: dict[str, Any]) -> None:
    """Members first become batches, so that one message never holds thousands of people."""
    if "people" in payload:
        notices.tell_news(payload["topic"], payload["people"])
    else:
        community.put_for_members("community.news", {"topic": payload["topic"]}, key=f"{payload['topic']}")


@outbox.handler("community.poll_closed")
def tell_poll(payload: dict[str, Any]) -> None:
    notices.tell_poll(payload["poll"])


@outbox.handler("community.idea_moved")
def tell_idea(payload: dict[str, Any]) -> None:
    notices.tell_idea(payload["transition"])


@outbox.handler("community.digest")
def tell_digest(payload: dict[str, Any]) -> None:
    community.deliver_digest(month=dt.date.fromisoformat(payload["month"]), people=payload["people"])
