"""An applicant of a smoke test enters the live service.

Rooms below do not know this one, so the way into each service is registered here under the service's key:

    @carrying.way("credit-ads")
    def apply_for_credit(applicant: Applicant) -> str:
        \"\"\"The path where she goes on.\"\"\"

A way writes in the caller's transaction, may be asked twice, and may raise: the outbox then tries again, and staff see
what did not go through.
"""

from collections.abc import Callable
from functools import partial

from django.db import transaction

from insights import signals
from insights.models import Applicant, SmokeTest
from insights.services import smoke
from insights.services.errors import WrongState

Way = Callable[[Applicant], str]
_ways: dict[str, Way] = {}


def way(service: str) -> Callable[[Way], Way]:
    """Registers how an applicant enters ``service``; the function returns the path where she goes on."""

    def register(function: Way) -> Way:
        if _ways.setdefault(service, function) is not function:
            raise ValueError(f"There is another way into {service}.")
        return function

    return register


@transaction.atomic
def carry_over(applicant: Applicant) -> None:
    """Hands an applicant over to the live service her test became, and tells her; a second time nothing happens.

    Who applied without a channel, and for services without a registered way, is only shown the way.
    Raises WrongState while the test is not live, and what the way raises.
    """
    applicant = (
        Applicant.objects.select_for_update(no_key=True, of=("self",)).select_related("test").get(pk=applicant.pk)
    )
    if applicant.test.live_at is None:
        raise WrongState
    if applicant.state not in smoke.WAITING:
        return
    into = _ways.get(applicant.test.service)
    url = into(applicant) if into and applicant.channel_id else applicant.test.live_url
    smoke.move_applicant(applicant=applicant, to=Applicant.State.LIVE, by=None, live_url=url)
    tell = partial(signals.applicants_carried_over.send, sender=SmokeTest)
    transaction.on_commit(partial(tell, smoke_id=applicant.test_id, applicant_ids=[applicant.pk]))
