"""What the team does about words, always with a reason; every step is in the audit log, which nobody can change."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from community.models import Reply, ReplyReport, Topic
from community.services import limits
from community.services.errors import BadWords, NotAllowed
from community.services.locks import lock_topic, need_standing, need_team
from core import audit

State = Topic.State
STEPS: dict[str, tuple[tuple[str, ...], str, str]] = {  # name: from which states, to which, the log's verb
    "close": ((State.OPEN,), State.CLOSED, "closed"),
    "reopen": ((State.CLOSED,), State.OPEN, "reopened"),
    "hide": ((State.OPEN, State.CLOSED), State.HIDDEN, "hid"),
    "show": ((State.HIDDEN,), State.OPEN, "showed"),
}


def _reason(reason: str) -> str:
    """Raises BadWords without one."""
    if not reason.strip():
        raise BadWords(_("Say why: the reason stays in the log."), "reason")
    return reason.strip()[:500]


@transaction.atomic
def moderate_topic(*, topic: Topic, by: User, step: str, reason: str) -> Topic:
    """Closes, reopens, hides or shows a topic (STEPS). Hidden, nobody waits for an answer in it.

    Raises NotAllowed, BadWords.
    """
    need_team(by)
    reason, locked = _reason(reason), lock_topic(topic.pk)
    come_from, locked_state, verb = STEPS[step]
    if locked.state not in come_from:
        raise NotAllowed(_("Somebody of the team was faster: look at the topic again."))
    locked.state = locked_state
    if locked_state == State.HIDDEN:
        locked.waiting_since = None
    locked.save(update_fields=["state", "waiting_since"])
    audit.log(actor=by, verb=verb, subject=locked, reason=reason)
    return locked


@transaction.atomic
def move_topic(*, topic: Topic, by: User, board: str, reason: str) -> Topic:
    """To another board. Raises NotAllowed, BadWords."""
    need_team(by)
    reason, locked = _reason(reason), lock_topic(topic.pk)
    if board not in Topic.Board.values or (board == Topic.Board.NEWS and not locked.is_by_team):
        raise NotAllowed(_("Only the team tells news. Choose another board."))
    before, locked.board = locked.board, board
    locked.save(update_fields=["board"])
    audit.log(actor=by, verb="moved", subject=locked, reason=reason, data={"from": before, "to": board})
    return locked


@transaction.atomic
def settle_topic(*, topic: Topic, by: User, reason: str) -> Topic:
    """Nobody waits: the topic needs no answer of the team. Raises NotAllowed, BadWords."""
    need_team(by)
    reason, locked = _reason(reason), lock_topic(topic.pk)
    if locked.waiting_since is not None:
        locked.waiting_since = None
        locked.save(update_fields=["waiting_since"])
        audit.log(actor=by, verb="settled", subject=locked, reason=reason)
    return locked


@transaction.atomic
def hide_reply(*, reply: Reply, by: User, reason: str, on: bool = True) -> Reply:
    """Hides a reply or shows it again; an opening goes with its topic only. Raises NotAllowed, BadWords."""
    need_team(by)
    reason, topic = _reason(reason), lock_topic(reply.topic_id)
    locked = Reply.objects.select_for_update(no_key=True).get(pk=reply.pk)
    if locked.is_opening:
        raise NotAllowed(_("These are the topic's first words: hide the topic."))
    if locked.is_hidden == on:
        return locked
    locked.is_hidden = on
    locked.save(update_fields=["is_hidden"])
    shown = Reply.objects.filter(topic=topic, is_hidden=False)
    newest = shown.order_by("-pk").first()
    topic.last_reply, topic.reply_count = newest, shown.filter(is_opening=False).count()
    topic.save(update_fields=["last_reply", "reply_count"])
    audit.log(actor=by, verb="hid" if on else "showed", subject=locked, reason=reason, data={"topic": topic.pk})
    return locked


@transaction.atomic
def report_reply(*, reply: Reply, reporter: User, reason: str, text: str = "") -> ReplyReport:
    """Tells staff about a reply; said again while open, the words are the newer ones. Raises NotAllowed, TooMuch."""
    limits.take_report(need_standing(reporter))
    if reason not in ReplyReport.Reason.values:
        raise BadWords(_("Choose what is wrong."), "reason")
    made, _new = ReplyReport.objects.update_or_create(
        reply=reply,
        reporter=reporter,
        state=ReplyReport.State.OPEN,
        defaults={"reason": reason, "text": text.strip()},
    )
    return made


@transaction.atomic
def decide_report(*, report: ReplyReport, by: User, state: str, reason: str) -> ReplyReport:
    """Staff close a report as kept, or as acted upon: then the reply is hidden too (an opening: its topic).

    Locks the topic first. Raises NotAllowed, BadWords.
    """
    need_team(by)
    reason, topic = _reason(reason), lock_topic(report.reply.topic_id)
    locked = ReplyReport.objects.select_for_update(no_key=True).get(pk=report.pk)
    if locked.state != ReplyReport.State.OPEN:
        raise NotAllowed(_("Somebody has decided this already."))
    locked.state = state
    locked.save(update_fields=["state"])
    audit.log(actor=by, verb=f"report {state}", subject=locked, reason=reason, data={"reply": report.reply_id})
    if state == ReplyReport.State.ACTED:
        if not report.reply.is_opening:
            hide_reply(reply=report.reply, by=by, reason=reason)
        elif topic.state != State.HIDDEN:
            moderate_topic(topic=topic, by=by, step="hide", reason=reason)
    return locked
