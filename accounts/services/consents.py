"""Yes and no to optional uses, with the moment and the version of the words."""

from collections.abc import Collection

from django.db import transaction

from accounts import signals
from accounts.models import Consent, User


@transaction.atomic
def choose(*, person: User, declined: Collection[str]) -> None:
    """Keeps her choice for every purpose; adds rows for those that changed or were never asked. Tells rooms above of
    those she takes back."""
    person = User.objects.select_for_update().get(pk=person.pk)
    said = dict(
        Consent.objects.filter(person=person, version=Consent.VERSION).order_by("pk").values_list("purpose", "is_given")
    )
    given = {purpose: purpose not in declined for purpose in Consent.Purpose.values}
    Consent.objects.bulk_create(
        Consent(person=person, purpose=purpose, is_given=yes, version=Consent.VERSION)
        for purpose, yes in given.items()
        if said.get(purpose) is not yes
    )
    withdrawn = sorted(set(declined) - set(person.declined))
    person.declined = sorted(set(declined) & set(Consent.Purpose.values))
    person.save(update_fields=["declined"])
    if withdrawn:
        transaction.on_commit(lambda: signals.consent_withdrawn.send(User, person=person, purposes=withdrawn))
