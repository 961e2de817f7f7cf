"""Units kept back while a request is paid: reserved, claimed by the payment, or returned."""

from payments.models import MoneyRequest, Reservation
from payments.services.errors import OutOfStock
from sellers import services as sellers

State = Reservation.State


def _wanted(request: MoneyRequest) -> dict[tuple[int, int], int]:
    """Units by product and variant (0: none), as the terms that count say; a product named twice is one wish."""
    terms = request.versions.get(version=request.terms_version)
    wanted: dict[tuple[int, int], int] = {}
    for line in terms.lines:
        if line.product_id:
            place = (line.product_id, line.variant_id or 0)
            wanted[place] = wanted.get(place, 0) + line.quantity
    return wanted


def reserve(request: MoneyRequest, *, state: str = State.RESERVED) -> None:
    """Keeps the request's units back, or claims those it has already. Raises OutOfStock; products in order of ids."""
    if request.product_id is None:
        return
    kept = Reservation.objects.filter(request=request).exclude(state=State.RETURNED)
    if kept.exists():
        if state == State.CLAIMED:
            kept.update(state=State.CLAIMED)
        return
    rows = []
    for (product_id, variant_id), quantity in sorted(_wanted(request).items()):
        try:
            sellers.take_units(product_id=product_id, variant_id=variant_id or None, quantity=quantity)
        except sellers.OutOfStock:
            raise OutOfStock from None
        rows.append(
            Reservation(
                request=request, product_id=product_id, variant_id=variant_id or None, quantity=quantity, state=state
            )
        )
    Reservation.objects.bulk_create(rows)


def give_back(request: MoneyRequest) -> None:
    """Returns what the request keeps or has claimed."""
    if request.product_id is None:
        return
    kept = list(
        Reservation.objects.filter(request=request).exclude(state=State.RETURNED).order_by("product", "variant")
    )
    for row in kept:
        if row.product_id:
            sellers.give_back_units(product_id=row.product_id, variant_id=row.variant_id, quantity=row.quantity)
    Reservation.objects.filter(pk__in=[row.pk for row in kept]).update(state=State.RETURNED)
