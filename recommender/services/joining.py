"""A guest turns out to be somebody."""

from django.db import connection, transaction

from accounts.models import User
from recommender.lookers import Looker
from recommender.models import HiddenChannel, Refusal
from recommender.services.interactions import TABLES, read_again


@transaction.atomic
def join_guest(*, guest: str, person: User) -> None:
    """A guest turned out to be this person: what she did and refused is the person's."""
    if not guest:
        return
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"UPDATE {table} SET person_id = %s, guest = '' WHERE guest = %s",  # noqa: S608 - our own names
                [person.pk, guest],
            )
    refused, hidden = Refusal.objects.filter(guest=guest), HiddenChannel.objects.filter(guest=guest)
    Refusal.objects.bulk_create(
        [Refusal(person=person, product_id=row.product_id, at=row.at) for row in refused], ignore_conflicts=True
    )
    HiddenChannel.objects.bulk_create(
        [HiddenChannel(person=person, channel_id=row.channel_id, at=row.at) for row in hidden], ignore_conflicts=True
    )
    refused.delete()
    hidden.delete()
    for looker in (Looker(person.pk), Looker(guest=guest)):
        read_again(looker)
