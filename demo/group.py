"""The storekeepers group of the demo market, from ``market/<language>/group.toml``, made through its services."""

import datetime as dt
from collections.abc import Mapping

from accounts.models import User
from community import services as community
from community.models import Poll, Reply, Topic
from demo.content import ContentError, MarketText, Source
from sellers.models import Channel

TEAM = "team"  # instead of a channel's key: staff speak


def make_group(text: MarketText, *, channels: Mapping[str, Channel], staff: User, now: dt.datetime) -> None:
    """Every topic of one language with its replies, poll and idea; ``channels`` by key."""
    speakers = {key: channel.members.get(role="owner").person for key, channel in channels.items()} | {TEAM: staff}
    for entry in Source.read(f"{text.language}/group.toml").each("topics"):
        _make_topic(entry, text.language, speakers, now)


def _make_topic(entry: Source, language: str, speakers: Mapping[str, User], now: dt.datetime) -> None:
    at = now - dt.timedelta(hours=entry.need("ago"))
    topic = community.open_topic(
        by=_speaker(entry, entry.text("by"), speakers),
        title=entry.text("title"),
        text=entry.text("text"),
        board=entry.text("board"),
        language=language,
        poll=_read_poll(entry, now),
        at=at,
    )
    said = [topic.replies.get(is_opening=True)]
    for who, hours, words in entry.values.get("replies", []):
        moment = at + dt.timedelta(hours=hours)
        said.append(community.reply(topic=topic, by=_speaker(entry, who, speakers), text=words, at=moment))
    if "poll" in entry.values:
        _vote(entry.table("poll"), topic, speakers, now)
    if "idea" in entry.values:
        _make_idea(entry.table("idea"), said, speakers, now)


def _speaker(entry: Source, who: str, speakers: Mapping[str, User]) -> User:
    if who not in speakers:
        raise ContentError(f"{entry.where}: nobody is called {who!r}")
    return speakers[who]


def _read_poll(entry: Source, now: dt.datetime) -> community.NewPoll | None:
    if "poll" not in entry.values:
        return None
    poll = entry.table("poll")
    days = max(poll.need("closes_in"), 1)
    return community.NewPoll(poll.text("question"), poll.need("options"), now + dt.timedelta(days=days))


def _vote(poll: Source, topic: Topic, speakers: Mapping[str, User], now: dt.datetime) -> None:
    """A poll whose ``closes_in`` is negative closed that many days ago."""
    options = list(topic.poll.options.order_by("position"))
    for who, place in poll.need("votes").items():
        community.vote_in_poll(option=options[place], by=_speaker(poll, who, speakers))
    if (days := poll.need("closes_in")) < 0:
        Poll.objects.filter(topic=topic).update(closes_at=now + dt.timedelta(days=days), told_at=now)


def _make_idea(entry: Source, said: list[Reply], speakers: Mapping[str, User], now: dt.datetime) -> None:
    """``reply`` is 0 for the opening; ``steps`` are the status, hours ago, and why."""
    reply, staff = said[entry.need("reply")], speakers[TEAM]
    idea = community.make_idea(
        reply=reply,
        by=staff,
        title=entry.text("title"),
        text=entry.text("text"),
        at=reply.created_at + dt.timedelta(hours=3),
    )
    for who in entry.need("votes"):
        community.vote_for_idea(
            idea=idea, by=_speaker(entry, who, speakers), at=reply.created_at + dt.timedelta(hours=5)
        )
    for status, hours, why in entry.values.get("steps", []):
        community.move_idea(idea=idea, by=staff, to=status, reason=why, at=now - dt.timedelta(hours=hours))
