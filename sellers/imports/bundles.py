"""A channel of Bisat as a file: what its lines say, both ways. Pictures are named by their place in the archive."""

import datetime as dt
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from sellers.catalogue.reader import BadFile
from sellers.imports import archives

FORMAT, VERSION = "bisat-channel", 1
CHANNEL, POSTS, PRODUCTS, PICTURES = "channel.json", "posts.jsonl", "products.csv", "pictures"
LONGEST = 2**20  # bytes of a line
_TEXTS = {"title", "condition", "brand", "delivery", "returns", "external_id", "category"}
_PAIRS = {"attributes", "specifications"}


class BadPost(ValueError):
    """One line cannot be used; the message says why."""

    def __init__(self) -> None:
        super().__init__(_("this post cannot be read"))


def read_channel(archive: zipfile.ZipFile) -> tuple[str, dict[str, Any]]:
    """(the folder everything lies in, what the channel says about itself). Raises BadFile."""
    name = archives.find_one(archive, CHANNEL)
    try:
        facts = json.loads(archives.read_entry(archive, name, LONGEST))
    except (ValueError, RecursionError) as error:
        if isinstance(error, BadFile):
            raise
        raise BadFile(_("The channel in this ZIP cannot be read.")) from None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT or not isinstance(facts.get("profile"), dict):
        raise BadFile(_("The channel in this ZIP cannot be read."))
    if facts.get("version") != VERSION:
        raise BadFile(_("This ZIP was made by another version of Bisat, which we do not read."))
    return name.removesuffix(CHANNEL), facts


def read_posts(archive: zipfile.ZipFile, folder: str) -> Iterator[tuple[int, dict[str, Any] | BadPost]]:
    """(line, post or what is wrong with it). Raises BadFile for a line that is longer than LONGEST."""
    with archive.open(f"{folder}{POSTS}") as file:
        line = 0
        while raw := file.readline(LONGEST + 1):
            line += 1
            if len(raw) > LONGEST:
                raise BadFile(_("Line {n} is longer than a line may be.").format(n=line))
            try:
                post = json.loads(raw)
                json.dumps(post, ensure_ascii=False).encode()  # halves of letters are refused here
                yield line, checked(post)
            except (ValueError, RecursionError):
                yield line, BadPost()


def checked(post: Any) -> dict[str, Any]:
    """The post, if each thing it says is of the kind it should be; raises BadPost."""
    ok = isinstance(post, dict) and isinstance(post.get("id"), int) and isinstance(post.get("text"), str)
    ok = ok and post.get("state") in ("draft", "scheduled", "published", "archived")
    ok = ok and isinstance(post.get("pictures"), list) and all(map(_is_picture, post["pictures"]))
    if not ok or not (post.get("product") is None or _is_product(post["product"])):
        raise BadPost
    for name in ("created_at", "published_at", "publish_at", "edited_at"):
        post[name] = _moment(post.get(name))
    return dict(post)


def _is_picture(picture: Any) -> bool:
    return isinstance(picture, dict) and all(isinstance(picture.get(name), str) for name in ("file", "alt", "seal"))


def _is_count(value: Any, *, may_be_none: bool) -> bool:
    return (may_be_none and value is None) or (isinstance(value, int) and not isinstance(value, bool))


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())


def _is_product(product: Any) -> bool:
    if not isinstance(product, dict) or not isinstance(product.get("variants"), list):
        return False
    is_said = all(isinstance(product.get(name), str) for name in _TEXTS)
    is_counted = _is_count(product.get("price_minor"), may_be_none=False) and all(
        _is_count(product.get(name), may_be_none=True) for name in ("compare_at_minor", "stock")
    )
    variants = all(isinstance(v, dict) and _is_variant(v) for v in product["variants"])
    return is_said and is_counted and variants and all(_is_texts(product.get(name)) for name in _PAIRS)


def _is_variant(variant: dict[str, Any]) -> bool:
    counted = all(_is_count(variant.get(name), may_be_none=True) for name in ("price_minor", "stock"))
    return counted and _is_texts(variant.get("options")) and isinstance(variant.get("sku"), str)


def _moment(value: Any) -> dt.datetime | None:
    if value is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadPost from None
    if moment.tzinfo is None:
        raise BadPost
    return moment
