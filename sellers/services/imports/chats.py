"""Takes a Telegram channel over: messages become posts with their dates, and where a price is found an offer to review."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from django.utils.translation import gettext as _

from core.models import Picture
from sellers import selectors
from sellers.imports import archives, telegram
from sellers.imports.offers import guess_stock, guess_title
from sellers.imports.prices import find_price
from sellers.imports.telegram import Story
from sellers.models import Import, ImportRow, Post, PostOrigin, PostPicture
from sellers.services.imports import files
from sellers.services.imports.categories import category_guess
from sellers.services.imports.pictures import PictureSource
from sellers.services.imports.tallies import Tally
from sellers.services.locks import lock_channel

POSTS, PICTURES = 100, 20  # of a chunk, at most
Stored = dict[int, tuple[list[Picture], str]]


def look_into(job: Import) -> dict[str, Any]:
    """Reads the export to its end, so that nothing of a broken one is taken over. Raises BadFile."""
    export = telegram.Export()
    with files.local(job.file) as path, archives.open_archive(path) as archive:
        for _story in telegram.read(archive, export):
            export.take_skips(export.messages)
    return {"source": export.source, "title": export.facts.get("name", "")[:80], "total": export.messages}


class ChatSource:
    """Reads a job's messages behind its position, stores their pictures, writes them as posts."""

    def __init__(self, job: Import, stack: ExitStack, *, allowed: Any) -> None:
        self._channel, self._author = job.channel, job.created_by
        self._total, self._source = job.total, job.reading["source"]
        self._archive = stack.enter_context(archives.open_archive(stack.enter_context(files.local(job.file))))
        self._pictures, self._export = PictureSource(self._archive), telegram.Export()
        self._guess = category_guess(selectors.get_category_tree())

    def chunks(self, after: int) -> Iterator[list[Story]]:
        chunk: list[Story] = []
        for story in telegram.read(self._archive, self._export, after=after):
            chunk.append(story)
            if len(chunk) >= POSTS or sum(len(one.pictures) for one in chunk) >= PICTURES:
                yield chunk
                chunk = []
        yield chunk  # what is left, and what is skipped behind it

    def _key(self, story: Story) -> str:
        return f"telegram:{self._source}:{story.number}"

    def _known(self, stories: list[Story]) -> set[str]:
        keys = [self._key(story) for story in stories]
        origins = PostOrigin.objects.filter(channel=self._channel, key__in=keys)
        return set(origins.values_list("key", flat=True))

    def store(self, stories: list[Story]) -> Stored:
        """Pictures of posts that are not here yet, by message; unused ones go by the night's sweep."""
        known = self._known(stories)
        wanted = [story for story in stories if story.pictures and self._key(story) not in known]
        return {story.line: self._pictures.store(story.pictures) for story in wanted}

    def write(self, stories: list[Story], stored: Stored) -> Tally:
        lock_channel(self._channel.pk)
        is_last = len(stories) < POSTS and sum(len(story.pictures) for story in stories) < PICTURES
        tally = Tally(until=self._total if is_last else stories[-1].until)
        tally.skipped = self._export.take_skips(tally.until)
        known, new = self._known(stories), []
        for story in stories:
            found, wrong = stored.get(story.line, ([], ""))
            if self._key(story) in known:
                tally.unchanged += 1
            elif not story.text and not found:
                tally.refuse(story.line, wrong or _("a message without words or pictures"))
            else:
                known.add(self._key(story))
                new.append((story, found, wrong))
        posts = Post.objects.bulk_create(self._post(story) for story, _found, _wrong in new)
        for post, (story, found, wrong) in zip(posts, new, strict=True):
            self._record(tally, post, story, found, wrong)
        PostOrigin.objects.bulk_create(
            PostOrigin(post=post, channel=self._channel, key=self._key(story))
            for post, (story, _found, _wrong) in zip(posts, new, strict=True)
        )
        PostPicture.objects.bulk_create(
            PostPicture(post=post, picture=picture, position=position)
            for post, (_story, found, _wrong) in zip(posts, new, strict=True)
            for position, picture in enumerate(found)
        )
        return tally

    def _post(self, story: Story) -> Post:
        """Dated back, and no news to followers."""
        return Post(
            channel=self._channel,
            author=self._author,
            text=story.text,
            state=Post.State.PUBLISHED,
            published_at=story.at,
            edited_at=story.edited_at,
            in_feed=False,
        )

    def _record(self, tally: Tally, post: Post, story: Story, found: list[Picture], wrong: str) -> None:
        tally.pictures += len(found)
        offer = self._offer(story)
        state = ImportRow.Offer.OPEN if offer else ImportRow.Offer.NONE
        tally.add(story.line, ImportRow.Outcome.NEW, wrong, post=post, version=1, offer=offer, offer_state=state)

    def _offer(self, story: Story) -> dict[str, Any] | None:
        price = find_price(story.text, self._channel.currency)
        if price is None:
            return None
        title = guess_title(story.text, price.words)
        guess = self._guess(title, "")
        return {
            "title": title,
            "price_minor": price.minor,
            "category": guess.leaf.pk if guess.leaf else None,
            "confidence": round(guess.confidence, 2),
            "stock": guess_stock(story.text),
        }
