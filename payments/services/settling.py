"""A provider pays what it collected into our bank (E2)."""

from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.money import MAX_MINOR
from payments.models import Account, Entry
from payments.services.errors import BadAmount, BadRequest, KeyReused, NotAllowed
from payments.services.posting import Leg, post
from payments.services.verbs import verb

Kind = Account.Kind
REFERENCE_LENGTH = 60


def record_settlement(
    *, provider: str, currency: str, amount_minor: int, cost_minor: int, reference: str, by: User | None = None
) -> Entry:
    """The provider paid ``amount - cost`` into our bank; its ``reference`` counts once, whatever is repeated.

    Raises NotAllowed (staff or the program), BadAmount, BadRequest.
    """
    reference = reference.strip()
    if by is not None and not by.is_staff:
        raise NotAllowed
    if not 0 <= cost_minor <= amount_minor <= 1000 * MAX_MINOR or not amount_minor:
        raise BadAmount
    if not 1 <= len(reference) <= REFERENCE_LENGTH:
        raise BadRequest("reference", _("Write the provider’s number of this payment."))
    try:
        return _record(
            provider=provider,
            currency=currency,
            amount_minor=amount_minor,
            cost_minor=cost_minor,
            by=by,
            key=f"settled:{provider}:{reference}",
        )
    except KeyReused:
        sentence = _("This number was recorded before, with other amounts or by somebody else.")
        raise BadRequest("reference", sentence) from None


@verb
def _record(*, provider: str, currency: str, amount_minor: int, cost_minor: int, by: User | None, key: str) -> Entry:
    legs = [
        Leg(Kind.BANK, cost_minor - amount_minor),
        Leg(Kind.PSP_COST, -cost_minor),
        Leg(Kind.GATEWAY_CLEARING, amount_minor, provider=provider),
    ]
    pk = post(key=key, kind=Entry.Kind.SETTLED, currency=currency, legs=legs, actor=by.pk if by else None)
    entry = Entry.objects.get(pk=pk)
    audit.log(actor=by, verb="settled", subject=entry, data={"key": key, "gross": amount_minor, "fee": cost_minor})
    return entry
