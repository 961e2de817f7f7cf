"""What people report and what staff decide."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from chat.models import Message, Report, ReportTransition
from chat.services import limits
from chat.services.errors import NotAllowed, Refused
from chat.services.locks import side_of
from sellers.models import Channel, Post


def report(
    *,
    reporter: User,
    reason: str,
    text: str = "",
    channel: Channel | None = None,
    post: Post | None = None,
    person: User | None = None,
    message: Message | None = None,
) -> Report:
    """Tells staff about exactly one thing; said again while open, the words are the newer ones.

    A message can be reported by who reads the conversation only. Raises NotAllowed, TooManyMessages.
    """
    if sum(one is not None for one in (channel, post, person, message)) != 1:
        raise TypeError("a report is about exactly one thing")
    if message:
        side_of(message.conversation, reporter)
    limits.take_report(reporter)
    made, _new = Report.objects.update_or_create(
        reporter=reporter,
        state=Report.State.OPEN,
        channel=channel,
        post=post,
        person=person,
        message=message,
        defaults={"reason": reason, "text": text.strip()},
    )
    return made


@transaction.atomic
def decide(*, report: Report, by: User, state: str, reason: str = "") -> Report:
    """Staff close a report, as kept or acted upon, and say why. Raises NotAllowed, Refused without a reason."""
    locked = Report.objects.select_for_update(no_key=True).get(pk=report.pk)
    if not by.is_staff or state not in (Report.State.KEPT, Report.State.ACTED):
        raise NotAllowed(_("Only staff decide about reports."))
    if locked.state != Report.State.OPEN:
        raise NotAllowed(_("Somebody has decided this already."))
    if not reason.strip():
        raise Refused(_("Say why: the reason stays with the report."))
    ReportTransition.objects.create(
        report=locked, from_state=locked.state, to_state=state, by=by, reason=reason.strip()
    )
    locked.state = state
    locked.save(update_fields=["state"])
    return locked
