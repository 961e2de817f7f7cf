"""The card of a money request as one viewer sees it: everything it shows, for a whole thread in a few queries."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import F, Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from payments import selectors, step_words, wording
from payments.fees import share_out
from payments.machine import AT_WORK, BY_VERB, OPEN, State, Who
from payments.models import Dispute, Line, MoneyRequest, RefundOffer, RefundRequest, RequestVersion
from payments.selectors import Standing
from payments.wording import Facts
from sellers.models import ChannelMember

Row = TypeVar("Row", bound=Model)
_BESIDE_THE_SUM = ("apply_coupon", "remove_coupon")
_MAY_HAVE_BEEN_DISPUTED = [state for state in State if state not in (*OPEN, *AT_WORK, State.REFUND_REQUESTED)]


@dataclass(frozen=True, slots=True)
class Button:
    """A step that is open to the viewer now, and the page where it is done."""

    verb: str
    label: str
    icon: str
    url: str
    is_danger: bool


@dataclass
class Card:
    """``request`` with channel, buyer and product loaded. Amounts are minor units of the request's currency."""

    request: MoneyRequest
    terms: RequestVersion
    standing: Standing
    verbs: list[str]
    offer: RefundOffer | None = None
    refund: RefundRequest | None = None
    dispute: Dispute | None = None
    is_live: bool = field(default=False)

    @property
    def is_buyer(self) -> bool:
        return self.standing.is_buyer

    @cached_property
    def facts(self) -> Facts:
        request = self.request
        return Facts(request, self.is_buyer, request.buyer.get_short_name(), request.channel.name)

    @property
    def tone(self) -> str:
        return wording.tone(self.request.state)

    @property
    def sentence(self) -> str:
        return wording.holder_sentence(self.facts)

    @property
    def due(self) -> str:
        return wording.due_sentence(self.facts)

    @property
    def countdown(self) -> str:
        due_at = self.request.due_at
        return wording.countdown(due_at, timezone.now()) if due_at else ""

    @property
    def steps(self) -> list[wording.Step]:
        return wording.steps(self.request)

    @property
    def lines(self) -> list[Line]:
        return self.terms.lines

    @property
    def kept_minor(self) -> int:
        """What was not refunded: what the seller's part is cut from."""
        return self.request.amount_minor - self.request.refunded_minor

    @property
    def fee_minor(self) -> int:
        return share_out(self.kept_minor, basis_points=self.request.fee_basis_points).fee

    @property
    def gets_minor(self) -> int:
        return self.kept_minor - self.fee_minor

    @property
    def is_settled(self) -> bool:
        return self.request.state in wording.SETTLED

    @property
    def needs_address(self) -> bool:
        """Whether there is something to deliver: a product of the channel, or delivery that is paid for."""
        return self.terms.delivery_minor > 0 or any(line.product_id for line in self.lines)

    @cached_property
    def words(self) -> dict[str, str]:
        """What the sentences of steps may name."""
        offer = self.facts.money(self.offer.amount_minor) if self.offer else ""
        return self.facts.words | {"offer": offer}

    @cached_property
    def buttons(self) -> list[Button]:
        return [self._button(verb) for verb in self.verbs if verb not in _BESIDE_THE_SUM]

    @property
    def coupon(self) -> Button | None:
        """The step about a code, which stands by the sum: to use one, or to take it off."""
        verb = "remove_coupon" if "remove_coupon" in self.verbs else "apply_coupon"
        return self._button(verb) if verb in self.verbs else None

    @property
    def primary(self) -> Button | None:
        chosen = step_words.primary_of(self.request, self.verbs)
        return next((button for button in self.buttons if button.verb == chosen), None)

    @property
    def more(self) -> list[Button]:
        """The other steps, those that give the money away last."""
        rest = [button for button in self.buttons if button != self.primary]
        return sorted(rest, key=lambda button: button.is_danger)

    def _button(self, verb: str) -> Button:
        words = step_words.WORDS[verb]
        url = reverse(f"payments:{verb}", args=[self.request.token])
        return Button(verb, str(words.label).format(**self.words), words.icon, url, words.is_danger)


def get_card(request: MoneyRequest, viewer: User) -> Card:
    """The card of one request; see ``get_cards``."""
    return get_cards([request], viewer)[0]


def get_cards_by_id(ids: Iterable[int], viewer: User) -> dict[int, Card]:
    """For a thread: the cards of these requests that the viewer may see, by the request's id."""
    found = MoneyRequest.objects.select_related("channel__avatar", "buyer__avatar", "product__cover")
    requests = list(found.filter(pk__in=list(ids)))
    return {card.request.pk: card for card in get_cards(requests, viewer) if may_see(card)}


def may_see(card: Card) -> bool:
    """A party sees a request; a draft is the team's."""
    is_hidden = card.is_buyer and card.request.state == State.DRAFT
    return card.standing.may_look and not is_hidden


def get_cards(requests: Sequence[MoneyRequest], viewer: User) -> list[Card]:
    """The cards of requests whose channel, buyer and product are loaded: at most five queries, however many there are."""
    ids = [request.pk for request in requests]
    terms = {
        row.request_id: row
        for row in RequestVersion.objects.filter(request__in=ids, version=F("request__terms_version"))
    }
    roles = _roles(requests, viewer)
    offers = _by_request(RefundOffer.objects.filter(state="open"), requests, AT_WORK)
    refunds = _by_request(RefundRequest.objects.filter(state="open"), requests, [State.REFUND_REQUESTED])
    disputes = _by_request(Dispute.objects.all(), requests, _MAY_HAVE_BEEN_DISPUTED)
    cards = []
    for request in requests:
        is_buyer = request.buyer_id == viewer.pk
        standing = Standing(is_buyer, None if is_buyer else roles.get(request.channel_id))
        offer, dispute = offers.get(request.pk), disputes.get(request.pk)
        verbs = _verbs(request, viewer, standing, offer, dispute)
        cards.append(Card(request, terms[request.pk], standing, verbs, offer, refunds.get(request.pk), dispute))
    return cards


def _roles(requests: Sequence[MoneyRequest], viewer: User) -> dict[int, str]:
    """The viewer's roles by channel, of those whose buyer she is not."""
    channels = {request.channel_id for request in requests if request.buyer_id != viewer.pk}
    if not channels:
        return {}
    return dict(ChannelMember.objects.filter(person=viewer.pk, channel__in=channels).values_list("channel", "role"))


def _by_request(rows: QuerySet[Row], requests: Sequence[MoneyRequest], states: Collection[str]) -> dict[int, Row]:
    """The rows of those requests that may have one in their state, by request; no query where none may."""
    ids = [request.pk for request in requests if request.state in states]
    return {row.request_id: row for row in rows.filter(request__in=ids)} if ids else {}  # type: ignore[attr-defined]


def _verbs(
    request: MoneyRequest,
    viewer: User,
    standing: Standing,
    offer: RefundOffer | None,
    dispute: Dispute | None,
) -> list[str]:
    """The same as selectors.actions_for without its queries, less what is done in the staff's own pages."""
    needs = {"", "offer" if offer else "no_offer"}
    if request.coupon_id:
        needs.add("coupon")
    if dispute and dispute.evidence_until > timezone.now():
        needs.add("evidence_open")
    possible = selectors.possible_actions(request, viewer, standing)
    opened = selectors.open_actions(request, possible, needs)
    return [action.verb for action in opened if action.who in (Who.BUYER, Who.SELLER)]


def could(card: Card, verb: str) -> bool:
    """Whether the verb is ever open to the viewer, in whatever state: else its page is not hers to find."""
    return card.standing.who in BY_VERB[verb].who
