"""The month in one piece of news: each month once, to each member once, by the ways she chose."""

import datetime as dt

from django.db import transaction
from django.urls import reverse

from community import selectors
from community.models import Digest
from core import outbox
from news import services as news

BATCH = 200  # members a message of the outbox


@transaction.atomic
def send_digest(*, month: dt.date) -> bool:
    """Hands the digest of the month that ``month`` lies in to the outbox, by batches of members; False if it was.

    A month in which nothing was said is told to nobody, and counts as done.
    """
    first = month.replace(day=1)
    _digest, is_new = Digest.objects.get_or_create(month=first)
    if not is_new:
        return False
    if not selectors.get_month(first).is_empty:
        put_for_members("community.digest", {"month": first.isoformat()}, key=f"{first:%Y-%m}")
    return True


def put_for_members(topic: str, payload: dict[str, str | int], *, key: str) -> None:
    """One message of the outbox for each batch of members, by ids: who joins later was not meant."""
    people = list(selectors.get_members().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(people), BATCH):
        outbox.put(topic, payload | {"people": people[start : start + BATCH]}, key=f"{key}:{start}")


def deliver_digest(*, month: dt.date, people: list[int]) -> None:
    """Tells each of ``people`` who still belongs to the group, in numbers of her own language's topics."""
    months: dict[str, selectors.Month] = {}
    for person in selectors.still_here(set(people)):
        known = months.setdefault(person.language, selectors.get_month(month, person.language))
        news.notify(
            person=person,
            kind="group_digest",
            params={"topics": known.topics, "replies": known.replies, "ideas": known.moved},
            url=reverse("community:digest", args=[month.year, month.month]),
            key=f"group:digest:{month:%Y-%m}",
        )
