"""What people tell us is kept for staff, and answered."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, outbox
from insights.models import Feedback, FeedbackTransition
from insights.services.errors import NeedsWords, NotAllowed, Unreachable, WrongState
from news import services as news

State = Feedback.State
LETTER = "insights.feedback_letter"  # topic of the outbox


def tell_us(
    *, mood: int, words: str, page: str, contact: str, person: User | None, is_seller: bool, language: str
) -> Feedback:
    """Keeps what somebody told on ``page`` (a path)."""
    side = Feedback.Side.SELLER if is_seller else Feedback.Side.SHOPPER
    return Feedback.objects.create(
        mood=mood, words=words, page=page[:300], contact=contact, person=person, side=side, language=language
    )


def _move(feedback: Feedback, to: str, by: User, words: str = "") -> Feedback:
    """Locks and checks again; whoever was first has answered."""
    if not by.is_staff:
        raise NotAllowed
    feedback = (
        Feedback.objects.select_for_update(no_key=True, of=("self",)).select_related("person").get(pk=feedback.pk)
    )
    if feedback.state != State.WAITING:
        raise WrongState
    FeedbackTransition.objects.create(feedback=feedback, from_state=feedback.state, to_state=to, by=by, words=words)
    feedback.state = to
    feedback.save(update_fields=["state"])
    audit.log(actor=by, verb=to, subject=feedback, reason=words)
    return feedback


@transaction.atomic
def answer(*, feedback: Feedback, by: User, words: str) -> Feedback:
    """Answers, once: a person by news, anybody else by a letter to the address she left.

    Raises NotAllowed, NeedsWords, Unreachable, WrongState.
    """
    words = words.strip()
    if not words:
        raise NeedsWords
    if not feedback.can_be_answered():
        raise Unreachable
    feedback = _move(feedback, State.ANSWERED, by, words)
    if feedback.person:
        params = {"words": words}
        key, url = f"feedback:{feedback.pk}", reverse("news:list")
        news.notify(person=feedback.person, kind="feedback_answered", params=params, url=url, key=key)
    else:
        outbox.put(LETTER, {"feedback": feedback.pk}, key=str(feedback.pk))
    return feedback


@transaction.atomic
def set_aside(*, feedback: Feedback, by: User) -> Feedback:
    """Nothing to answer. Raises NotAllowed, WrongState."""
    return _move(feedback, State.SET_ASIDE, by)


def send_letter(*, feedback_id: int) -> None:
    """The answer by e-mail, in the language of the page. Raises what the mail server raises."""
    feedback = Feedback.objects.get(pk=feedback_id)
    said = feedback.transitions.get(to_state=State.ANSWERED)
    with translation.override(feedback.language):
        subject = _("Our answer to what you told us")
        text = _("You told us:\n\n{words}\n\nOur answer:\n\n{answer}\n\nBisat, {site}")
    body = text.format(words=feedback.words or feedback.get_mood_display(), answer=said.words, site=settings.SITE_URL)
    EmailMessage(subject, body, to=[feedback.contact]).send()
