"""Ways to pay, each behind the same small door; the domain calls them and believes nothing but their verdicts."""

from payments.providers.base import (
    Order,
    Outcome,
    Provider,
    ProviderAway,
    ProviderRefused,
    RefundOutcome,
    RefundResult,
    Started,
    UnknownProvider,
    Verdict,
    available,
    get_provider,
)

__all__ = [
    "Order",
    "Outcome",
    "Provider",
    "ProviderAway",
    "ProviderRefused",
    "RefundOutcome",
    "RefundResult",
    "Started",
    "UnknownProvider",
    "Verdict",
    "available",
    "get_provider",
]
