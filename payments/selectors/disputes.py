"""What staff read before they decide a dispute."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from core.models import AuditEntry
from payments.models import Dispute, Evidence, MoneyRequest, RefundRequest, RequestTransition, RequestVersion
from payments.selectors.requests import get_terms, get_transitions

EARLIER = 20


@dataclass(frozen=True, slots=True)
class Case:
    """A dispute with all that is known of it; ``log`` is what staff did so far, ``earlier`` newest first."""

    dispute: Dispute
    terms: RequestVersion
    transitions: list[RequestTransition]
    refund_requests: list[RefundRequest]
    evidence: list[Evidence]
    earlier: list[Dispute]
    log: list[AuditEntry]

    @property
    def request(self) -> MoneyRequest:
        return self.dispute.request

    @property
    def decisions(self) -> list[tuple[AuditEntry, str]]:
        """What staff did so far, each with the decision it was about, in words."""
        return [(entry, str(Dispute.Decision(entry.data["decision"]).label)) for entry in self.log]


def with_parties(disputes: QuerySet[Dispute]) -> QuerySet[Dispute]:
    return disputes.select_related("request__buyer", "request__channel", "opened_by", "proposed_by", "confirmed_by")


def get_case(pk: int) -> Case:
    """Nine queries; raises Dispute.DoesNotExist."""
    dispute = with_parties(Dispute.objects.all()).get(pk=pk)
    request = dispute.request
    same_party = Q(request__buyer=request.buyer_id) | Q(request__channel=request.channel_id)
    earlier = with_parties(Dispute.objects.filter(same_party)).exclude(pk=pk).order_by("-pk")
    log = AuditEntry.objects.filter(subject_type=Dispute._meta.label_lower, subject_pk=str(pk))
    return Case(
        dispute,
        get_terms(request),
        get_transitions(request),
        list(request.refund_requests.select_related("by").prefetch_related("pictures").order_by("pk")),
        list(dispute.evidence.select_related("by").prefetch_related("pictures").order_by("pk")),
        list(earlier[:EARLIER]),
        list(log.order_by("pk")),
    )
