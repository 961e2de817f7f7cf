"""Money of the demo market's talks, moved through the services as its people would move it."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from chat import services as chat
from chat.models import Conversation
from demo.content import ContentError
from payments import services as payments
from payments.models import MoneyRequest

Step = Callable[[MoneyRequest, User, str], Any]


def _fill_wallet(person: User, amount_minor: int, currency: str, key: str) -> None:
    """A top-up that the sandbox bank says is paid."""
    attempt = payments.start_top_up(
        person=person, amount_minor=amount_minor, currency=currency, provider="sandbox", key=f"{key}:top-up"
    )
    payments.settle_attempt(attempt=attempt, outcome=payments.Outcome("paid", amount_minor, currency, key))


def _pay(request: MoneyRequest, _owner: User, key: str) -> None:
    _fill_wallet(request.buyer, request.amount_minor, request.currency, key)
    payments.pay_from_wallet(request=request, by=request.buyer, version=request.version, key=key)


def _ship(request: MoneyRequest, owner: User, key: str) -> None:
    payments.ship_request(request=request, by=owner, carrier="Demo Post", tracking=f"DP{request.pk:08}", key=key)


def _release(request: MoneyRequest, _owner: User, key: str) -> None:
    payments.release_request(request=request, by=request.buyer, key=key)


def _ask_refund(request: MoneyRequest, _owner: User, key: str) -> None:
    payments.ask_refund(request=request, by=request.buyer, reason="not_as_shown", key=key)


# How far a deal has come: what was done until then.
STAGES: dict[str, tuple[Step, ...]] = {
    "asked": (),
    "held": (_pay,),
    "shipped": (_pay, _ship),
    "released": (_pay, _ship, _release),
    "refund_asked": (_pay, _ship, _ask_refund),
}


def make_deal(talk: Conversation, owner: User, stage: str, key: str) -> None:
    """The owner asks for the thing the talk is about, and it goes as far as ``stage``. Raises ContentError.

    ``key`` tells this deal from the others of the market.
    """
    if stage not in STAGES or talk.product is None:
        raise ContentError(f"{talk.channel}: a deal is about a thing and one of {', '.join(STAGES)}, not {stage!r}")
    product = talk.product
    variant = product.variants.order_by("position", "pk").exclude(stock=0).first()
    own_price = variant.price_minor if variant else None
    line = payments.Line(
        title=product.title,
        unit_minor=product.price_minor if own_price is None else own_price,
        product_id=product.pk,
        variant_id=variant.pk if variant else None,
        options=str(variant or ""),
    )
    card = chat.request_money(conversation=talk, by=owner, lines=[line], key=key)
    for number, step in enumerate(STAGES[stage]):
        step(MoneyRequest.objects.get(pk=card.money_id or 0), owner, f"{key}:{number}")
