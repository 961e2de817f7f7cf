"""A worker whose outbox knows one more topic, for test_kills: each message takes a moment and counts once."""

from typing import Any

import django
from django.db import connection

from config import celery_app as app

django.setup()

from core import limits, outbox  # noqa: E402 - models are ready only now

__all__ = ["app"]
COUNTER = "prove-outbox"


@outbox.handler("prove")
def count_slowly(payload: dict[str, Any]) -> None:
    """The effect first, then time to be killed before the mark."""
    if outbox.once(f"prove:{payload['n']}"):
        limits.take(COUNTER, limit=10**6, seconds=10**6)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.02)")
