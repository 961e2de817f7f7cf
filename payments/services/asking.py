"""Asking for money: the seller in a conversation, the shopper by Buy; editing and closing what is not paid yet."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.money import MAX_MINOR
from payments import selectors
from payments.fees import fee_of
from payments.machine import State, Who
from payments.models import Coupon, Line, MoneyRequest, RequestTransition, RequestVersion
from payments.services import coupons
from payments.services.errors import BadAmount, BadRequest, NotAllowed, OutOfStock, StaleVersion
from payments.services.letting_go import let_go
from payments.services.moves import TIMERS, lock_for, move, tell
from payments.services.verbs import verb
from sellers import absence
from sellers.models import Channel, ChannelMember, Product, Role, Variant

Origin = MoneyRequest.Origin
MAX_LINES, MAX_QUANTITY = 20, 1000


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked for, checked; amounts in minor units of the channel's currency."""

    lines: tuple[Line, ...]
    delivery_minor: int = 0
    discount_minor: int = 0
    note: str = ""
    coupon_code: str = ""
    coupon_minor: int = 0  # what ``with_coupon`` found

    @property
    def goods_minor(self) -> int:
        """What the goods cost before a coupon, without delivery."""
        return sum(line.total_minor for line in self.lines) - self.discount_minor

    @property
    def amount_minor(self) -> int:
        return self.goods_minor + self.delivery_minor - self.coupon_minor

    def with_coupon(self, channel: Channel, buyer: User) -> tuple["Terms", Coupon | None]:
        """The same with what its code takes off, and the coupon, locked. Raises CouponRefused."""
        if not self.coupon_code.strip():
            return replace(self, coupon_code=""), None
        coupon, off = coupons.lock_coupon(
            channel=channel,
            person=buyer,
            code=self.coupon_code,
            goods_minor=self.goods_minor,
            delivery_minor=self.delivery_minor,
        )
        return replace(self, coupon_code=coupon.code, coupon_minor=off), coupon

    def check(self, channel: Channel) -> None:
        """Raises BadRequest or BadAmount."""
        if not 1 <= len(self.lines) <= MAX_LINES:
            raise BadRequest("lines", _("Say what is to be paid for."))
        for line in self.lines:
            if not line.title.strip() or len(line.title) > 200:
                raise BadRequest("lines", _("Say what is to be paid for."))
            if not 1 <= line.quantity <= MAX_QUANTITY:
                raise BadRequest("quantity", _("That number is out of range."))
            if not 0 <= line.unit_minor <= MAX_MINOR:
                raise BadAmount
        if not (0 <= self.delivery_minor <= MAX_MINOR and 0 <= self.discount_minor <= MAX_MINOR):
            raise BadAmount
        if not 1 <= self.amount_minor <= MAX_MINOR:
            raise BadAmount
        if len(self.note) > 500:
            raise BadRequest("note", _("Please write at most 500 characters."))
        self._check_products(channel)

    def _check_products(self, channel: Channel) -> None:
        products = {line.product_id for line in self.lines if line.product_id}
        variants = {(line.variant_id, line.product_id) for line in self.lines if line.variant_id}
        if products and Product.objects.filter(pk__in=products, channel=channel.pk).count() != len(products):
            raise BadRequest("lines", _("Only the channel's own products can be on its request."))
        known = Variant.objects.filter(pk__in=[pk for pk, _product in variants]).values_list("pk", "product_id")
        if variants != set(known):
            raise BadRequest("lines", _("Only the channel's own products can be on its request."))

    def columns(self) -> dict[str, Any]:
        """The request row's own columns."""
        basis_points: int = settings.PAYMENT_FEE_BASIS_POINTS
        return {
            "title": self.lines[0].title.strip(),
            "product_id": next((line.product_id for line in self.lines if line.product_id), None),
            "amount_minor": self.amount_minor,
            "fee_basis_points": basis_points,
            "fee_minor": fee_of(self.amount_minor, basis_points),
        }

    def freeze(self, request: MoneyRequest, channel: Channel) -> RequestVersion:
        """Keeps the terms as they are at this version, with the promises shown beside them."""
        product = Product.objects.filter(pk=request.product_id).first() if request.product_id else None
        return RequestVersion.objects.create(
            request=request,
            version=request.version,
            line_rows=[asdict(line) for line in self.lines],
            delivery_minor=self.delivery_minor,
            discount_minor=self.discount_minor,
            coupon_code=self.coupon_code,
            coupon_minor=self.coupon_minor,
            amount_minor=request.amount_minor,
            fee_minor=request.fee_minor,
            delivery=(product and product.delivery) or channel.delivery,
            returns=(product and product.returns) or channel.returns,
            note=self.note.strip(),
        )


def _check_parties(channel: Channel, buyer: User) -> None:
    if not channel.is_visible():
        raise NotAllowed(_("This channel does not sell now."))
    if not buyer.is_active or ChannelMember.objects.filter(channel=channel.pk, person=buyer.pk).exists():
        raise NotAllowed(_("Nobody buys from her own channel."))


def _check_not_away(channel_id: int) -> None:
    """On holiday no purchase begins; what was asked for before may still be paid."""
    channel = Channel.objects.get(pk=channel_id)
    if channel.is_away:
        raise NotAllowed(absence.asking_refusal(channel))


def _create(
    channel: Channel, buyer: User, terms: Terms, *, origin: str, state: State, by: User, key: str, **more: Any
) -> MoneyRequest:
    _check_parties(channel, buyer)
    terms.check(channel)
    terms, coupon = terms.with_coupon(channel, buyer)
    timer, after = TIMERS[state]
    now = timezone.now()
    request = MoneyRequest.objects.create(
        buyer=buyer,
        channel=channel,
        origin=origin,
        state=state,
        currency=channel.currency,
        coupon=coupon,
        timer=timer,
        due_at=now + after,
        requested_at=now if state == State.REQUESTED else None,
        **terms.columns(),
        **more,
    )
    terms.freeze(request, channel)
    if coupon:
        coupons.keep_use(request, coupon, terms.coupon_minor)
    transition = RequestTransition.objects.create(
        request=request,
        version=request.version,
        verb="buy" if origin == Origin.BUYER else "draft" if state == State.DRAFT else "request",
        to_state=state,
        who=Who.BUYER if origin == Origin.BUYER else Who.SELLER,
        by=by,
        key=key,
        at=now,
    )
    tell(request, transition)
    return request


@verb
def request_money(
    *,
    channel: Channel,
    buyer: User,
    by: User,
    lines: Sequence[Line],
    delivery_minor: int = 0,
    discount_minor: int = 0,
    note: str = "",
    coupon_code: str = "",
    key: str,
    as_draft: bool = False,
) -> MoneyRequest:
    """The seller (agent up) asks the buyer to pay; a draft is seen by the team only until send_request.

    A ``coupon_code`` of the channel takes something off. Raises NotAllowed, BadRequest, BadAmount, CouponRefused,
    KeyReused.
    """
    if selectors.get_role(channel.pk, by) not in Role.at_least(Role.AGENT):
        raise NotAllowed
    _check_not_away(channel.pk)
    terms = Terms(tuple(lines), delivery_minor, discount_minor, note, coupon_code)
    state = State.DRAFT if as_draft else State.REQUESTED
    return _create(channel, buyer, terms, origin=Origin.SELLER, state=state, by=by, key=key)


@verb
def buy(
    *,
    buyer: User,
    product: Product,
    variant: Variant | None = None,
    quantity: int = 1,
    address: dict[str, str] | None = None,
    note: str = "",
    coupon_code: str = "",
    key: str,
) -> MoneyRequest:
    """The shopper asks to pay for a listed product at today's price; no unit is reserved before she pays.

    Raises NotAllowed, OutOfStock, BadRequest, BadAmount, CouponRefused, KeyReused.
    """
    product = Product.objects.select_related("channel").get(pk=product.pk)
    if product.channel.is_away:
        raise NotAllowed(absence.refusal(product.channel))
    if not product.is_listed:
        raise NotAllowed(_("This product is not for sale now."))
    if variant is not None:
        variant = Variant.objects.filter(pk=variant.pk, product=product).first()
    if variant is None and product.variants.exists():
        raise BadRequest("variant", _("Choose one of the variants."))
    units = (variant or product).stock
    if units is not None and units < quantity:
        raise OutOfStock
    own_price = variant.price_minor if variant else None
    line = Line(
        title=product.title,
        unit_minor=product.price_minor if own_price is None else own_price,
        quantity=quantity,
        product_id=product.pk,
        variant_id=variant.pk if variant else None,
        options=str(variant or ""),
    )
    terms = Terms((line,), note=note, coupon_code=coupon_code)
    return _create(
        product.channel, buyer, terms, origin=Origin.BUYER, state=State.REQUESTED, by=buyer, key=key, address=address
    )


@verb
def send_request(*, request: MoneyRequest, by: User, key: str) -> MoneyRequest:
    """A draft becomes a request the buyer sees."""
    request, who = lock_for(request, by, "send")
    _check_not_away(request.channel_id)
    return move(request, "send", State.REQUESTED, who=who, by=by, key=key, requested_at=timezone.now())


@verb
def edit_request(
    *,
    request: MoneyRequest,
    by: User,
    version: int,
    lines: Sequence[Line],
    delivery_minor: int = 0,
    discount_minor: int = 0,
    note: str = "",
    coupon_code: str = "",
    key: str,
) -> MoneyRequest:
    """New terms as the next version, and five days more. An open payment of the old version ends in the wallet.

    Raises NotAllowed, StaleVersion, BadRequest, BadAmount, CouponRefused, KeyReused.
    """
    request, who = lock_for(request, by, "edit")
    if request.version != version:
        raise StaleVersion
    terms = Terms(tuple(lines), delivery_minor, discount_minor, note, coupon_code)
    terms.check(request.channel)
    let_go(request)
    terms, coupon = terms.with_coupon(request.channel, request.buyer)
    columns = {"terms_version": version + 1, "coupon": coupon, **terms.columns()}
    request = move(request, "edit", request.state, who=who, by=by, key=key, **columns)
    terms.freeze(request, request.channel)
    if coupon:
        coupons.keep_use(request, coupon, terms.coupon_minor)
    return request


@verb
def give_address(*, request: MoneyRequest, by: User, address: dict[str, str], key: str) -> MoneyRequest:
    """Where the buyer wants it sent (Address.as_json); she may change it until she has paid."""
    request, _who = lock_for(request, by, "pay")
    request.address = address
    request.save(update_fields=["address"])
    return request


@verb
def cancel_request(*, request: MoneyRequest, by: User, reason: str = "", key: str) -> MoneyRequest:
    """The seller takes back what is not paid yet."""
    request, who = lock_for(request, by, "cancel")
    let_go(request)
    return move(request, "cancel", State.CANCELLED, who=who, by=by, reason=reason, key=key)


@verb
def decline_request(*, request: MoneyRequest, by: User, reason: str = "", key: str) -> MoneyRequest:
    """The buyer says no."""
    request, who = lock_for(request, by, "decline")
    let_go(request)
    return move(request, "decline", State.DECLINED, who=who, by=by, reason=reason, key=key)
