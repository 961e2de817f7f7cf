"""Disputes: evidence of both sides, a decision with a reason, a second person for large sums and for what is late."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.models import Picture
from payments import selectors
from payments.machine import State, Who
from payments.models import Alert, Dispute, Evidence, MoneyRequest, RefundRequest
from payments.services.alerts import end_alert
from payments.services.errors import BadAmount, BadRequest, NotAllowed, SamePerson
from payments.services.fulfilling import release
from payments.services.moves import lock, lock_for, move, tell
from payments.services.posting import pay_out_of_escrow
from payments.services.refunding import close_refund_request, refund
from payments.services.verbs import verb

Decision = Dispute.Decision
EVIDENCE_TIME = dt.timedelta(days=1)
DECISION_WORKING_DAYS = 2
MAX_EVIDENCE_PICTURES = 6


def after_working_days(start: dt.datetime, days: int) -> dt.datetime:
    """The same time of day so many working days (Monday to Friday) later."""
    at = start
    while days:
        at += dt.timedelta(days=1)
        days -= at.weekday() < 5
    return at


@verb
def escalate(*, request: MoneyRequest, by: User, reason: str = "", key: str) -> Dispute:
    """Buyer or seller asks staff to decide about an open refund request."""
    request, who = lock_for(request, by, "escalate")
    now = timezone.now()
    close_refund_request(request, RefundRequest.Outcome.ESCALATED)
    dispute = Dispute.objects.create(
        request=request,
        opened_by=by,
        reason=reason.strip()[:2000],
        evidence_until=now + EVIDENCE_TIME,
        due_at=after_working_days(now, DECISION_WORKING_DAYS),
    )
    move(request, "escalate", State.DISPUTED, who=who, by=by, key=key, reason=reason)
    return dispute


@verb
def add_evidence(*, dispute: Dispute, by: User, text: str, pictures: Sequence[Picture] = (), key: str) -> Evidence:
    """What one side says and shows, until the deadline. Raises NotAllowed, BadRequest, KeyReused."""
    request, who = lock_for(dispute.request, by, "add_evidence")
    if dispute.evidence_until <= timezone.now():
        raise NotAllowed(_("The time for evidence is over."))
    if not text.strip() or len(text) > 4000:
        raise BadRequest("text", _("Please write 1 to 4,000 characters."))
    if len(pictures) > MAX_EVIDENCE_PICTURES:
        raise BadRequest("pictures", _("Those are too many pictures."))
    evidence = Evidence.objects.create(dispute=dispute, side=who, by=by, text=text.strip())
    evidence.pictures.set(pictures)
    tell(request)
    return evidence


def _lock_dispute(dispute: Dispute, by: User) -> tuple[Dispute, MoneyRequest]:
    """Both locked, if the person is staff and no party; raises NotAllowed."""
    request = lock(dispute.request)
    if selectors.who_may(request, by, "decide") != Who.STAFF:
        raise NotAllowed
    return Dispute.objects.select_for_update(no_key=True).get(pk=dispute.pk), request


def needs_two_persons(dispute: Dispute, request: MoneyRequest) -> bool:
    """Whether it is late, as its card promised then, or what is held is above the limit of its currency."""
    limit: int = settings.DISPUTE_TWO_PERSON_MINOR[request.currency]
    return dispute.is_late or request.held_minor > limit


@verb
def propose_decision(
    *, dispute: Dispute, by: User, decision: str, to_buyer_minor: int = 0, reason: str, key: str
) -> Dispute:
    """Staff decide; above the limit, or late, the decision waits for a second person.

    ``to_buyer_minor`` counts for a split. Raises NotAllowed, BadRequest, BadAmount, KeyReused.
    """
    dispute, request = _lock_dispute(dispute, by)
    if dispute.state != Dispute.State.OPEN:
        raise NotAllowed(_("There is a decision already; confirm it or send it back."))
    if decision not in Decision.values:
        raise BadRequest("decision", _("Choose one of the list."))
    if not reason.strip():
        raise BadRequest("reason", _("Write why: both sides read it."))
    if decision == Decision.SPLIT and not 1 <= to_buyer_minor < request.held_minor:
        raise BadAmount
    dispute.decision, dispute.decision_reason, dispute.proposed_by = decision, reason.strip()[:2000], by
    dispute.to_buyer_minor = to_buyer_minor if decision == Decision.SPLIT else 0
    dispute.state = Dispute.State.PROPOSED
    dispute.save(update_fields=["decision", "decision_reason", "proposed_by", "to_buyer_minor", "state"])
    if not needs_two_persons(dispute, request):
        return _carry_out(dispute, request, by, key)
    _log(dispute, request, by, "proposed", dispute.decision_reason)
    return dispute


@verb
def confirm_decision(*, dispute: Dispute, by: User, key: str) -> Dispute:
    """A second person carries the proposed decision out. Raises NotAllowed, SamePerson, KeyReused."""
    dispute, request = _lock_dispute(dispute, by)
    if dispute.state != Dispute.State.PROPOSED:
        raise NotAllowed
    if dispute.proposed_by_id == by.pk:
        raise SamePerson
    dispute.confirmed_by = by
    return _carry_out(dispute, request, by, key)


@verb
def reject_decision(*, dispute: Dispute, by: User, reason: str, key: str) -> Dispute:
    """A second person sends the proposal back; somebody decides anew.

    Raises NotAllowed, SamePerson, BadRequest, KeyReused.
    """
    dispute, request = _lock_dispute(dispute, by)
    if dispute.state != Dispute.State.PROPOSED:
        raise NotAllowed
    if dispute.proposed_by_id == by.pk:
        raise SamePerson
    if not reason.strip():
        raise BadRequest("reason", _("Write why: whoever decides anew reads it."))
    _log(dispute, request, by, "rejected", reason.strip()[:2000])
    dispute.state, dispute.decision, dispute.proposed_by = Dispute.State.OPEN, "", None
    dispute.save(update_fields=["state", "decision", "proposed_by"])
    return dispute


def _log(dispute: Dispute, request: MoneyRequest, by: User, verb_: str, reason: str) -> None:
    """Before money moves: ``held`` is what the decision is about."""
    data = {"decision": str(dispute.decision), "to_buyer_minor": dispute.to_buyer_minor, "held": request.held_minor}
    audit.log(actor=by, verb=verb_, subject=dispute, reason=reason, data=data | {"request": request.token})


def _carry_out(dispute: Dispute, request: MoneyRequest, by: User, key: str) -> Dispute:
    reason = dispute.decision_reason
    _log(dispute, request, by, "decided", reason)
    if dispute.decision == Decision.REFUND:
        refund(request, who=Who.STAFF, by=by, key=key, as_verb="decide", reason=reason)
    elif dispute.decision == Decision.RELEASE:
        release(request, who=Who.STAFF, by=by, key=key, as_verb="decide", reason=reason)
    else:
        part = dispute.to_buyer_minor
        pay_out_of_escrow(request, to_buyer=part, everything=True, actor=by.pk)
        refunded = request.refunded_minor + part
        move(
            request, "decide", State.SPLIT, who=Who.STAFF, by=by, key=key, reason=reason, refunded_minor=refunded
        )  # fmt: skip
    return close_dispute(dispute, Dispute.State.DECIDED)


def late_subject(request_id: int) -> str:
    """What an alert says it is about, when nobody decided about this request."""
    return f"request:{request_id}"


def close_dispute(dispute: Dispute, state: str) -> Dispute:
    """Decided or ended otherwise; the alert that it is late ends with it."""
    dispute.state, dispute.decided_at = state, timezone.now()
    dispute.save(update_fields=["state", "decided_at", "confirmed_by"])
    end_alert(Alert.Kind.DISPUTE_LATE, late_subject(dispute.request_id))
    return dispute
