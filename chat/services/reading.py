"""Staff read a conversation only while money in it is disputed; every look is in the audit log."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from chat import selectors
from chat.models import Conversation, Message
from chat.services.errors import NotAllowed, Refused
from core import audit
from payments import selectors as payment_selectors
from payments.machine import Who

MOST_READ = 1000  # the newest


@transaction.atomic
def read_as_staff(*, conversation: Conversation, by: User, because: str) -> list[Message]:
    """What was said, oldest first, and the entry that this person looked and why.

    Raises NotAllowed for who may not decide the dispute (staff who are no party) or without one, Refused without a
    reason; nothing is logged then.
    """
    requests = selectors.get_disputed_requests(conversation)
    if not any(payment_selectors.who_may(request, by, "decide") == Who.STAFF for request in requests):
        raise NotAllowed(_("Conversations are read by staff only in an open dispute."))
    if not because.strip():
        raise Refused(_("Say why you read it: the reason stays in the log."))
    said = Message.objects.filter(conversation=conversation).select_related("author", "product", "money")
    messages = list(said.prefetch_related("pictures__picture").order_by("-pk")[:MOST_READ])[::-1]
    audit.log(
        actor=by,
        verb="read",
        subject=conversation,
        reason=because.strip()[:500],
        data={"requests": [request.token for request in requests], "messages": len(messages)},
    )
    return messages
