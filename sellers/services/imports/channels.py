"""Takes a channel back that left Bisat as a ZIP: its profile where ours says nothing yet, its posts as they were."""

import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import pictures
from core.models import Picture
from sellers import selectors
from sellers.catalogue.reader import BadFile
from sellers.imports import archives, bundles
from sellers.models import Import, ImportRow, Post, PostOrigin
from sellers.services import approving
from sellers.services.approving import SEEN
from sellers.services.channels import update_channel
from sellers.services.errors import Invalid, Refused
from sellers.services.imports import files
from sellers.services.imports.tallies import Tally
from sellers.services.posts import check_post, create_post, refresh_post
from sellers.services.products import ProductData, VariantData

POSTS, PICTURES = 50, 20  # of a chunk, at most
PROFILE = ("name", "tagline", "about", "city", "hue", "language", "delivery", "returns")
REACH = ("public_email", "public_phone", "public_link")
State = Post.State
Item = tuple[int, dict[str, Any] | bundles.BadPost]


def look_into(job: Import) -> dict[str, Any]:
    """Reads all lines once. Raises BadFile for what is broken, or sells in another currency."""
    with files.local(job.file) as path, archives.open_archive(path) as archive:
        folder, facts = bundles.read_channel(archive)
        if facts.get("currency") != job.channel.currency:
            raise BadFile(
                _("The channel in this ZIP sells in {theirs}, this one in {ours}.").format(
                    theirs=str(facts.get("currency"))[:8], ours=job.channel.currency
                )
            )
        total = sum(1 for _line in bundles.read_posts(archive, folder))
    return {
        "source": str(facts.get("source", ""))[:80],
        "title": str(facts["profile"].get("name", ""))[:80],
        "is_fresh": not job.channel.posts.exists(),
        "total": total,
    }


class ChannelSource:
    """Reads a job's posts behind its position, stores their pictures, writes them."""

    def __init__(self, job: Import, stack: ExitStack, *, allowed: Any) -> None:
        self._channel, self._source = job.channel, job.reading["source"]
        self._author = job.created_by or job.channel.members.get(role="owner").person
        self._archive: zipfile.ZipFile = stack.enter_context(
            archives.open_archive(stack.enter_context(files.local(job.file)))
        )
        self._folder, self._facts = bundles.read_channel(self._archive)
        self._tree = selectors.get_category_tree()
        self._is_fresh = bool(job.reading["is_fresh"])
        self._lacks_profile = self._is_fresh and job.position == 0

    def chunks(self, after: int) -> Iterator[list[Item]]:
        chunk: list[Item] = []
        for line, post in bundles.read_posts(self._archive, self._folder):
            if line <= after:
                continue
            chunk.append((line, post))
            count = sum(len(one["pictures"]) for _line, one in chunk if isinstance(one, dict))
            if len(chunk) >= POSTS or count >= PICTURES:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def _key(self, post: dict[str, Any]) -> str:
        return f"bisat:{self._source}:{post['id']}"

    def _known(self, items: list[Item]) -> set[str]:
        keys = [self._key(post) for _line, post in items if isinstance(post, dict)]
        return set(PostOrigin.objects.filter(channel=self._channel, key__in=keys).values_list("key", flat=True))

    def store(self, items: list[Item]) -> dict[str, Picture | str]:
        """Each picture of posts that are not here yet, or what is wrong with it, by its name in the ZIP."""
        known = self._known(items)
        wanted = [p for _l, post in items if isinstance(post, dict) and self._key(post) not in known
                  for p in post["pictures"]]  # fmt: skip
        if self._lacks_profile:
            wanted += [self._facts[name] for name in ("avatar", "cover") if isinstance(self._facts.get(name), dict)]
        return {picture["file"]: self._store_one(picture) for picture in wanted}

    def _store_one(self, picture: dict[str, str]) -> Picture | str:
        name = str(PurePosixPath(f"{self._folder}{picture['file']}"))
        try:
            content = archives.read_entry(self._archive, name, settings.UPLOAD_MAX_BYTES)
            return pictures.add_sealed(content, picture["seal"])
        except (BadFile, pictures.NotAPicture) as refusal:
            return f"{picture['file'][:80]}: {refusal}"

    def write(self, items: list[Item], stored: dict[str, Picture | str]) -> Tally:
        tally, known = Tally(until=items[-1][0]), self._known(items)
        if self._lacks_profile:
            self._write_profile(tally, stored)
            self._lacks_profile = False
        for line, post in items:
            if isinstance(post, bundles.BadPost):
                tally.refuse(line, str(post))
            elif self._key(post) in known:
                tally.unchanged += 1
            else:
                self._write_one(tally, line, post, stored)
        return tally

    def _write_profile(self, tally: Tally, stored: dict[str, Picture | str]) -> None:
        """An empty channel takes the other's profile; of an address or name that ours has, it keeps ours."""
        profile = self._facts["profile"]
        changes = {name: profile[name] for name in PROFILE if isinstance(profile.get(name), str | int)}
        changes |= {name: profile[name] for name in REACH if profile.get(name) and not getattr(self._channel, name)}
        for name in ("avatar", "cover"):
            found = stored.get((self._facts.get(name) or {}).get("file", ""))
            if isinstance(found, Picture):
                changes[name] = found
        try:
            with transaction.atomic():
                update_channel(channel=self._channel, by=self._author, **changes)
        except (Refused, TypeError, ValueError, DatabaseError) as refusal:
            tally.refuse(0, _("The profile was left as it is: {why}").format(why=refusal))

    def _write_one(self, tally: Tally, line: int, said: dict[str, Any], stored: dict[str, Picture | str]) -> None:
        found = [(stored[one["file"]], one["alt"]) for one in said["pictures"]]
        wrong = "; ".join(picture for picture, _alt in found if isinstance(picture, str))
        kept = [(picture, alt) for picture, alt in found if isinstance(picture, Picture)]
        try:
            with transaction.atomic():
                post = self._post(said, kept)
        except Invalid as refusal:
            tally.refuse(line, "; ".join(f"{name}: {texts[0]}" for name, texts in refusal.problems.items()))
            return
        except (Refused, bundles.BadPost) as refusal:
            tally.refuse(line, str(refusal))
            return
        tally.pictures += len(kept)
        tally.add(line, ImportRow.Outcome.NEW, wrong, post=post, version=1)

    def _post(self, said: dict[str, Any], kept: list[tuple[Picture, str]]) -> Post:
        """Written as a draft, then put where it was."""
        product = self._product(said["product"]) if said["product"] else None
        check_post(said["text"], kept, product, strict=said["state"] != State.DRAFT, may_lack_picture=True)
        post = create_post(
            channel=self._channel, author=self._author, text=said["text"], pictures=kept, product=product
        )
        PostOrigin.objects.create(post=post, channel=self._channel, key=self._key(said))
        state, now = said["state"], timezone.now()
        if state == State.SCHEDULED and (said["publish_at"] is None or said["publish_at"] <= now):
            state = State.DRAFT  # its time has passed on the way
        elif state in SEEN and product and approving.has_to_wait(self._channel):
            state = State.WAITING
        published = min(said["published_at"] or now, now) if state in (*SEEN, State.WAITING) else None
        Post.objects.filter(pk=post.pk).update(
            state=state,
            published_at=published,
            publish_at=said["publish_at"] if state == State.SCHEDULED else None,
            edited_at=said["edited_at"],
            created_at=said["created_at"] or now,
            in_feed=bool(said.get("in_feed")) and self._is_fresh,  # old posts are no news to followers
        )
        refresh_post(post)
        post.state = state
        approving.open_checks([post], by=self._author)
        return post

    def _product(self, said: dict[str, Any]) -> ProductData:
        leaf = self._tree.by_slug.get(said["category"])
        if leaf is None:
            raise bundles.BadPost
        fields = {name: said[name] for name in ProductData.__dataclass_fields__ if name in said}
        variants = [VariantData(v["options"], v["price_minor"], v["stock"], v["sku"]) for v in said["variants"]]
        return ProductData(**fields | {"category": leaf, "variants": variants, "stock_seen": None})
