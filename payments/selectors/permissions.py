"""Who may see a request and what is open to whom: pages show these actions, services check the same table."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from payments.machine import BY_VERB, IN_ESCROW, MOVES, State, Who
from payments.models import Dispute, MoneyRequest, RefundOffer
from sellers.models import ChannelMember, Role

SHOWS_ADDRESS = (*IN_ESCROW, State.RELEASED, State.SPLIT)


@dataclass(frozen=True, slots=True)
class Action:
    """A verb of payments.machine that is open to a person now, and as whom she would do it."""

    verb: str
    who: Who


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is to a request. A viewer of the team looks and does nothing."""

    is_buyer: bool
    role: str | None  # in the channel's team

    @property
    def may_look(self) -> bool:
        return self.is_buyer or self.role is not None

    @property
    def who(self) -> Who | None:
        if self.is_buyer:
            return Who.BUYER
        return Who.SELLER if self.role in Role.at_least(Role.AGENT) else None


def get_role(channel_id: int, person: User) -> str | None:
    """The person's role in a channel's team, or None."""
    roles = ChannelMember.objects.filter(channel=channel_id, person=person.pk).values_list("role", flat=True)
    return roles.first()


def get_standing(request: MoneyRequest, person: User) -> Standing:
    if request.buyer_id == person.pk:
        return Standing(is_buyer=True, role=None)
    return Standing(is_buyer=False, role=get_role(request.channel_id, person) if person.pk else None)


def get_request_for(person: User, token: str, *, is_shown: bool = True) -> MoneyRequest:
    """The request, if it is the person's own or her team's; else MoneyRequest.DoesNotExist. Drafts are the team's.

    ``is_shown``: with what a page shows of it; a step that only writes loads less.
    """
    requests = MoneyRequest.objects.all()
    if is_shown:
        requests = requests.select_related("channel__avatar", "buyer__avatar", "product__cover")
    request = requests.get(token=token)
    standing = get_standing(request, person)
    if not standing.may_look or (standing.is_buyer and request.state == State.DRAFT):
        raise MoneyRequest.DoesNotExist
    return request


def _as_whom(request: MoneyRequest, person: User, verb: str, who: Who | None) -> Who | None:
    move = BY_VERB[verb]
    if request.state not in move.sources:
        return None
    if Who.STAFF in move.who and person.is_staff and person.is_active and who is None:
        return Who.STAFF
    return who if who in move.who else None


def who_may(request: MoneyRequest, person: User, verb: str) -> Who | None:
    """As whom the person may say this verb in the request's state, or None. Staff who are a party are only a party."""
    standing = get_standing(request, person)
    if standing.role is not None and standing.who is None:
        return None
    return _as_whom(request, person, verb, standing.who)


def actions_for(request: MoneyRequest, person: User) -> list[Action]:
    """All verbs open to the person now, in the machine's order; at most three queries."""
    actions = possible_actions(request, person, get_standing(request, person))
    needs = _open_needs(request, {BY_VERB[action.verb].needs for action in actions})
    return open_actions(request, actions, needs)


def possible_actions(request: MoneyRequest, person: User, standing: Standing) -> list[Action]:
    """The verbs of the request's state that are the person's, whatever they need; no query."""
    if not standing.may_look and not person.is_staff:
        return []
    if standing.role is not None and standing.who is None:
        return []
    found = [(move.verb, _as_whom(request, person, move.verb, standing.who)) for move in MOVES]
    return [Action(verb, who) for verb, who in found if who is not None]


def open_actions(request: MoneyRequest, actions: list[Action], needs: set[str]) -> list[Action]:
    """Those for which what they need lies open (``needs``, always with "") and whose time is not over; no query."""
    return [action for action in actions if BY_VERB[action.verb].needs in needs and _is_in_time(request, action.verb)]


def _is_in_time(request: MoneyRequest, verb: str) -> bool:
    return verb not in ("pay", "apply_coupon", "remove_coupon") or request.is_payable()


def _open_needs(request: MoneyRequest, asked: set[str]) -> set[str]:
    """Which of the things that verbs need lie open now; "" always does."""
    needs = {"", "coupon"} if request.coupon_id else {""}
    if asked & {"offer", "no_offer"}:
        offered = request.refund_offers.filter(state=RefundOffer.State.OPEN).exists()
        needs.add("offer" if offered else "no_offer")
    if "evidence_open" in asked:
        dispute = Dispute.objects.filter(request=request, evidence_until__gt=timezone.now())
        if dispute.exists():
            needs.add("evidence_open")
    return needs


def visible_address(request: MoneyRequest, person: User) -> dict[str, str] | None:
    """Where to send it: the buyer always sees what she gave, the team from paid on, nobody else ever."""
    standing = get_standing(request, person)
    if standing.is_buyer or (standing.may_look and request.state in SHOWS_ADDRESS):
        address: dict[str, str] | None = request.address
        return address
    return None
