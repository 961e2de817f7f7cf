"""Files as sellers bring them, made by code: Telegram's exports, archives, spreadsheets."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from PIL import Image

BEGAN = 1_700_000_000  # when the exported channels began, Unix time


def jpeg(color: str = "teal", size: tuple[int, int] = (60, 75)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, "JPEG")
    return buffer.getvalue()


def message(number: int, text: Any = "", **fields: Any) -> dict[str, Any]:
    """A message as Telegram Desktop writes it, an hour after the one before."""
    at = BEGAN + number * 3600
    given = {"id": number, "type": "message", "date": "2023-11-14T22:13:20", "date_unixtime": str(at)}
    return given | {"from": "Saffron", "from_id": "channel1", "text": text, "text_entities": []} | fields


def zip_of(path: Path, files: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def telegram_zip(
    path: Path, messages: list[dict[str, Any]], photos: dict[str, bytes] | None = None, folder: str = ""
) -> Path:
    """An export of a channel; ``photos`` by the name that messages give."""
    result = {"name": "Saffron", "type": "public_channel", "id": 4711, "messages": messages}
    files: dict[str, bytes | str] = {f"{folder}result.json": json.dumps(result, ensure_ascii=False, indent=1)}
    return zip_of(path, files | {f"{folder}{name}": content for name, content in (photos or {}).items()})


def every_shape(path: Path, price: str = "$38", later: str = "$12") -> Path:
    """An export with each shape a message can have; five posts are to come of it, two with a price."""
    album = str(BEGAN + 5 * 3600)
    at = {"date_unixtime": album}
    link = {"type": "text_link", "text": "our shop", "href": "https://example.com/shop"}
    messages = [
        message(1, type="service", action="create_channel"),
        message(2, "Good morning"),
        message(3, [{"type": "bold", "text": "Clay bowl"}, f"\n{price}, ", link], photo="photos/bowl.jpg"),
        message(4, "Words of another", forwarded_from="Somebody"),
        message(5, "", photo="photos/a.jpg", **at),
        message(6, "Three lamps", photo="photos/b.jpg", **at),
        message(7, "", photo="photos/c.jpg", **at),
        message(8, "", photo="photos/bowl.jpg", edited="2023-11-15T22:13:20", edited_unixtime=str(BEGAN + 90_000)),
        message(9, "", media_type="sticker", file="stickers/a.webp"),
        message(10, "", media_type="voice_message", file="voice_messages/a.ogg"),
        message(11, "", file="files/a.pdf", mime_type="application/pdf"),
        message(12, f"Small jug {later}", photo="(File not included. Change data exporting settings to download.)"),
        message(13, "", poll={"question": "Which?", "answers": []}),
        message(14, ""),
        {"id": "x"},
    ]
    photos = {"photos/bowl.jpg": jpeg("tan")} | {
        f"photos/{n}.jpg": jpeg(c) for n, c in zip("abc", ("red", "blue", "green"), strict=True)
    }
    return telegram_zip(path, messages, photos)


EVERY_SHAPE_SKIPS = {
    "service": 2, "forwarded": 1, "sticker": 1, "voice": 1, "file": 1, "picture": 1, "poll": 1, "empty": 1,
}  # fmt: skip
