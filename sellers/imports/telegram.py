"""A channel as Telegram Desktop exports it: ``result.json`` and folders of pictures, in a ZIP.

Taken over: what the channel itself said, with its pictures and dates. Left out, and counted by kind: notices of the
service, forwarded messages (somebody else's words), stickers, polls, voice and files.
"""

import datetime as dt
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext_lazy as _

from sellers.catalogue.reader import BadFile
from sellers.imports import archives, jsonstream
from sellers.imports.texts import storable

RESULT = "result.json"
MAX_TEXT = 4000
MAX_PICTURES = 10
SKIPPED = {
    "service": _("notices of the service"),
    "forwarded": _("forwarded messages"),
    "sticker": _("stickers"),
    "voice": _("voice and video notes"),
    "video": _("videos"),
    "file": _("files"),
    "poll": _("polls"),
    "empty": _("messages without words or pictures"),
    "broken": _("messages that cannot be read"),
    "picture": _("pictures that are not in the ZIP"),
}
_MEDIA = {
    "sticker": "sticker",
    "voice_message": "voice",
    "video_message": "voice",
    "video_file": "video",
    "animation": "video",
    "audio_file": "file",
}


@dataclass(slots=True)
class Story:
    """One post to be: a message, or the messages of an album."""

    number: int  # of its first message
    line: int  # which message of the file that is, from 1
    until: int  # which message of the file is its last
    text: str
    at: dt.datetime
    edited_at: dt.datetime | None
    pictures: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Export:
    """What an export says about itself; filled while it is read."""

    facts: dict[str, str] = field(default_factory=dict)
    messages: int = 0
    _skips: list[tuple[int, str]] = field(default_factory=list)  # (message, kind), until they are taken

    def note(self, name: str, value: Any) -> None:
        """Keeps what tells the channel apart, and that there were chats; a file may say any amount of other things."""
        if name in ("id", "name", "chats"):
            self.facts[name] = "" if name == "chats" else str(value)[:200]

    def skip(self, kind: str) -> None:
        self._skips.append((self.messages, kind))

    def take_skips(self, until: int) -> Counter[str]:
        """How many of each kind were left out up to message ``until`` since the last call."""
        taken = Counter(kind for line, kind in self._skips if line <= until)
        self._skips = [skip for skip in self._skips if skip[0] > until]
        return taken

    @property
    def source(self) -> str:
        """Tells the exported channel apart."""
        return (self.facts.get("id") or self.facts.get("name") or "")[:60]


def read(archive: zipfile.ZipFile, export: Export, *, after: int = 0) -> Iterator[Story]:
    """The posts to be, in the order of the file; ``export`` counts what is left out behind message ``after``.

    Raises BadFile.
    """
    name = archives.find_one(archive, RESULT)
    if not name:
        raise BadFile(str(_("There is no result.json in the ZIP. In Telegram Desktop choose the format “JSON”.")))
    folder, names = str(PurePosixPath(name).parent), set(archive.namelist())
    album: Story | None = None
    with archive.open(name) as file:
        for message in jsonstream.read_object(file, "messages", export.note):
            export.messages += 1
            if export.messages <= after:
                continue
            story = _story(message, export, folder, names)
            if album and story and _belongs(story, album, message):
                _add(album, story)
                continue
            if album:
                yield album
            album = story
    if not export.messages and "chats" in export.facts:
        raise BadFile(str(_("This is an export of a whole account. Export the channel alone.")))
    if not export.messages:
        raise BadFile(str(_("There are no messages in the export.")))
    if album:
        yield album


def _belongs(story: Story, album: Story, message: dict[str, Any]) -> bool:
    """Telegram gives the pictures of an album one time; only one of them has words."""
    is_next = story.line == album.until + 1 and story.at == album.at and "photo" in message
    return bool(is_next and album.pictures and story.pictures and not (album.text and story.text))


def _add(album: Story, story: Story) -> None:
    album.pictures = (album.pictures + story.pictures)[:MAX_PICTURES]
    album.text, album.until = album.text or story.text, story.until
    album.edited_at = max(filter(None, (album.edited_at, story.edited_at)), default=None)


def _story(message: Any, export: Export, folder: str, names: set[str]) -> Story | None:
    """The message as a post; None and counted where it is none."""
    kind = _left_out(message)
    if kind:
        export.skip(kind)
        return None
    number, at = message.get("id"), _moment(message, "date")
    if not isinstance(number, int) or at is None or at > dt.datetime.now(dt.UTC):
        export.skip("broken")
        return None
    text, pictures = flatten(message.get("text", "")).strip(), _pictures(message, export, folder, names)
    if not text and not pictures:
        export.skip(_MEDIA.get(str(message.get("media_type")), "file") if "file" in message else "empty")
        return None
    if "file" in message:
        export.skip(_MEDIA.get(str(message.get("media_type")), "file"))
    line, edited = export.messages, _moment(message, "edited")
    return Story(number, line, line, _cut(text), at, edited, pictures)


def _left_out(message: Any) -> str:
    if not isinstance(message, dict):
        return "broken"
    if message.get("type") != "message":
        return "service"
    if message.get("forwarded_from") or message.get("forwarded_from_id"):
        return "forwarded"
    if message.get("media_type") == "sticker":
        return "sticker"
    return "poll" if "poll" in message else ""


def _pictures(message: dict[str, Any], export: Export, folder: str, names: set[str]) -> list[str]:
    """The message's picture as the archive calls it; one that was not exported is counted."""
    photo = message.get("photo")
    if not isinstance(photo, str):
        return []
    name = str(PurePosixPath(folder, photo))
    if name not in names:
        export.skip("picture")
        return []
    return [name]


def flatten(text: Any) -> str:
    """The words of a text that is a string or a list of strings and entities; a link behind words follows them."""
    if isinstance(text, str):
        return text
    if isinstance(text, dict):
        words, link = str(text.get("text", "")), str(text.get("href", ""))
        return f"{words} ({link})" if link.startswith(("https://", "http://")) and link != words else words
    return "".join(map(flatten, text)) if isinstance(text, list) else ""


def _cut(text: str) -> str:
    clean = str(storable(text))
    return clean if len(clean) <= MAX_TEXT else f"{clean[: MAX_TEXT - 1].rstrip()}…"


def _moment(message: dict[str, Any], name: str) -> dt.datetime | None:
    """When it was; exports before 2022 have no Unix time, and say the exporting computer's own."""
    try:
        if unix := message.get(f"{name}_unixtime"):
            return dt.datetime.fromtimestamp(int(unix), dt.UTC)
        if written := message.get(name):
            return dt.datetime.fromisoformat(str(written)).replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None
