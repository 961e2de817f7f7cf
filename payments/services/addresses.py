"""A person's delivery addresses."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from payments.models import Address
from payments.services.errors import BadRequest

MAX_ADDRESSES = 20
_REQUIRED = ("name", "lines", "city", "country")


@transaction.atomic
def save_address(*, person: User, address: Address | None = None, is_default: bool = False, **fields: str) -> Address:
    """A new address, or new words of one of the person's own; the first one is used first. Raises BadRequest.

    ``fields``: name, phone, lines, city, region, postal_code, country (ISO 3166-1 alpha-2).
    """
    if unknown := fields.keys() - set(Address.FIELDS):
        raise TypeError(f"save_address() has no {', '.join(sorted(unknown))}")
    User.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)
    own = Address.objects.filter(person=person)
    if address is None and own.count() >= MAX_ADDRESSES:
        raise BadRequest("", _("You have many addresses already. Delete one first."))
    row = own.get(pk=address.pk) if address else Address(person=person)
    for name, value in fields.items():
        setattr(row, name, value.strip())
    for name in _REQUIRED:
        if not getattr(row, name):
            raise BadRequest(name, _("Please fill this in."))
    row.is_default = row.is_default or is_default or not own.exists()
    if row.is_default:
        own.exclude(pk=row.pk).update(is_default=False)
    row.save()
    return row


@transaction.atomic
def delete_address(*, person: User, address: Address) -> None:
    """Forgets one of the person's own addresses; requests keep their copies."""
    Address.objects.filter(pk=address.pk, person=person).delete()
