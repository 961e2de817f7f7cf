"""What members are told, and who is told of what. Who has left the group in the meantime is told nothing."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community import selectors
from community.models import Idea, IdeaTransition, IdeaVote, Poll, PollVote, Reply, Topic, TopicMark
from news import services as news
from news.kinds import Group, Kind, register

Status = Idea.Status
register(
    Kind("group_reply", Group.GROUP, _("{name} replied in the group"), "{title}", "messages-square"),
    Kind("group_answer", Group.GROUP, _("The team answered in the group"), "{title}", "messages-square"),
    Kind("group_news", Group.GROUP, _("News from the team: {title}"), icon="megaphone"),
    Kind(
        "group_poll",
        Group.GROUP,
        _("The poll has ended: {question}"),
        _("Most votes: {option} ({votes} of {total})"),
        "chart-bar",
    ),
    Kind("group_idea_new", Group.GROUP, _("Your words became an idea"), "{idea}", "lightbulb"),
    Kind("group_idea_heard", Group.GROUP, _("An idea is open again: {idea}"), "{reason}", "lightbulb"),
    Kind("group_idea_planned", Group.GROUP, _("An idea is planned: {idea}"), "{reason}", "calendar-check"),
    Kind("group_idea_building", Group.GROUP, _("An idea is being built: {idea}"), "{reason}", "hammer"),
    Kind("group_idea_shipped", Group.GROUP, _("An idea is there: {idea}"), "{reason}", "rocket"),
    Kind("group_idea_declined", Group.GROUP, _("An idea was declined: {idea}"), _("Why: {reason}"), "circle-slash"),
    Kind(
        "group_digest",
        Group.GROUP,
        _("The last month in the storekeepers group"),
        _("New topics: {topics}. Replies: {replies}. Ideas that moved on: {ideas}."),
        "newspaper",
    ),
)


def _name(reply: Reply) -> str:
    if reply.channel:
        return reply.channel.name
    return reply.author.get_short_name() if reply.author else ""


def tell_reply(reply_id: int) -> None:
    """The topic's followers who have not read the reply, each once for all that waits since she last read."""
    found = Reply.objects.select_related("topic", "author", "channel").filter(pk=reply_id, is_hidden=False)
    reply = found.exclude(topic__state=Topic.State.HIDDEN).first()
    if reply is None:
        return
    marks = TopicMark.objects.filter(topic=reply.topic, is_following=True, read_up_to__lt=reply.pk)
    read = dict(marks.exclude(person=reply.author_id).values_list("person", "read_up_to"))
    kind, params = "group_answer", {"title": reply.topic.title}
    if not reply.is_by_team:
        kind, params = "group_reply", params | {"name": _name(reply)}
    for person in selectors.still_here(set(read)):
        key = f"group:topic:{reply.topic_id}:{read[person.pk]}"
        news.notify(
            person=person, kind=kind, params=params, url=reply.topic.get_absolute_url(), key=key, at=reply.created_at
        )


def tell_news(topic_id: int, people: list[int]) -> None:
    """Those of ``people`` who read the topic's language."""
    topic = Topic.objects.visible().filter(pk=topic_id).first()
    if topic is None:
        return
    for person in selectors.still_here(set(people)):
        if person.language == topic.language and person.pk != topic.author_id:
            news.notify(
                person=person,
                kind="group_news",
                params={"title": topic.title},
                url=topic.get_absolute_url(),
                key=f"group:news:{topic.pk}",
                at=topic.created_at,
            )


def tell_poll(poll_id: int) -> None:
    """Who voted and who follows the topic; of a poll without votes there is nothing to tell."""
    poll = Poll.objects.select_related("topic").filter(pk=poll_id, vote_count__gt=0).first()
    if poll is None or poll.topic.state == Topic.State.HIDDEN:
        return
    options = list(poll.options.order_by("position"))
    most = max(option.vote_count for option in options)
    best = " / ".join(option.text for option in options if option.vote_count == most)
    params = {"question": poll.question, "option": best, "votes": most, "total": poll.vote_count}
    people = set(PollVote.objects.filter(poll=poll).values_list("person", flat=True))
    people |= _followers(poll.topic)
    for person in selectors.still_here(people):
        news.notify(
            person=person,
            kind="group_poll",
            params=params,
            url=poll.topic.get_absolute_url(),
            key=f"group:poll:{poll.pk}",
            at=poll.closes_at,
        )


def _followers(topic: Topic) -> set[int]:
    return set(TopicMark.objects.filter(topic=topic, is_following=True).values_list("person", flat=True))


def tell_idea(transition_id: int) -> None:
    """A new idea: who said it. A new status: who voted, and who follows its topic; not who moved it."""
    joined = ("idea__reply__topic", "idea__reply__author")
    moved = IdeaTransition.objects.select_related(*joined).filter(pk=transition_id).first()
    if moved is None or not Idea.objects.visible().filter(pk=moved.idea_id).exists():
        return
    idea, reply = moved.idea, moved.idea.reply
    kind, params = f"group_idea_{moved.to_status}", {"idea": idea.title, "reason": moved.reason}
    people = {reply.author_id} if reply.author_id else set()
    if not moved.from_status:
        kind, params = "group_idea_new", {"idea": idea.title}
    else:
        people |= set(IdeaVote.objects.filter(idea=idea).values_list("person", flat=True)) | _followers(reply.topic)
    _tell_all(selectors.still_here(people - {moved.by_id}), kind, params, moved)


def _tell_all(people: Iterable[User], kind: str, params: dict[str, str], moved: IdeaTransition) -> None:
    for person in people:
        news.notify(
            person=person,
            kind=kind,
            params=params,
            url=moved.idea.get_absolute_url(),
            key=f"group:idea:{moved.pk}",
            at=moved.at,
        )
