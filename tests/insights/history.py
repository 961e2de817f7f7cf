"""Raw rows of some weeks, drawn by lot, and how tests read them without a line of SQL."""

import datetime as dt
import random
from dataclasses import dataclass
from itertools import count

from accounts.models import User
from chat.models import Conversation, Message
from insights.models import Place, Search, Visit
from recommender.models import Impression, Interaction
from sellers.models import Channel, Follow, Post, Product
from tests.factories import make_category, make_channel, make_post, make_product_post, make_user

DAY = dt.timedelta(days=1)
UNTIL = dt.date(2026, 10, 18)  # a Sunday: the week is over
FIRST = UNTIL - 44 * DAY
KINDS = ("view", "view", "search_click", "save", "share", "not_interested")
_numbers = count(1)


def moment(day: dt.date, seconds: float = 43_200) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(seconds=seconds)


@dataclass
class History:
    dice: random.Random
    channels: list[Channel]
    products: list[Product]
    people: list[User]
    guests: list[str]

    def anybody(self) -> tuple[int | None, str]:
        """A person, one of staff or of a team included, or a guest."""
        who = self.dice.choice([*self.people, *self.guests])
        return (None, who) if isinstance(who, str) else (who.pk, "")

    def any_moment(self) -> dt.datetime:
        days = (UNTIL - FIRST).days
        return moment(
            FIRST + self.dice.randint(0, days) * DAY, self.dice.choice([0, 86_399, self.dice.random() * 86_400])
        )


def make_history(seed: int, *, deeds: int = 160) -> History:
    """Six weeks in which a few people and guests look, save, ask and search; one guest signs up, one person is staff."""
    dice = random.Random(seed)
    roots = [make_category() for _ in range(2)]
    leaves = [make_category(parent=root) for root in (roots[0], *roots)]
    channels = [make_channel() for _ in range(3)]
    products = [make_product_post(channels[n % 3], category=leaves[n % 3]).product for n in range(5)]
    people = [make_user() for _ in range(6)] + [make_user(is_staff=True), channels[0].members.get().person]
    User.objects.filter(pk=people[0].pk).update(grouped_as="guest-0")
    past = History(dice, channels, products, people, [f"guest-{n}" for n in range(4)])
    _make_log(past, deeds)
    _make_talks(past, deeds // 8)
    _make_searches(past, deeds // 4)
    for channel in channels:
        for person in dice.sample(people[:6], 3):
            follow = Follow.objects.create(channel=channel, person=person)
            Follow.objects.filter(pk=follow.pk).update(followed_at=past.any_moment())
    opened = [FIRST, *(FIRST + 14 * DAY * number for number in range(1, 4)), FIRST]
    for day, channel in zip(
        opened, [*channels, *(make_channel(state=it) for it in ("holiday", "suspended"))], strict=True
    ):
        Channel.objects.filter(pk=channel.pk).update(opened_at=moment(day))
        for _ in range(dice.randint(1, 4)):
            Post.objects.filter(pk=make_post(channel).pk).update(published_at=past.any_moment())
    return past


def _make_log(past: History, deeds: int) -> None:
    dice = past.dice
    done, shown, visits = [], [], []
    for _ in range(deeds):
        (person, guest), product, at = past.anybody(), dice.choice(past.products), past.any_moment()
        deed = {"at": at, "person_id": person, "guest": guest, "product_id": product.pk}
        done.append(Interaction(**deed, kind=dice.choice(KINDS)))
        if dice.random() < 0.4:
            done.append(Interaction(**deed | {"at": at + dt.timedelta(milliseconds=1)}, kind="view", dwell_ms=900))
            shown.append(Impression(**deed, place="feed", slot=1, probability=1))
        (person, guest), place = past.anybody(), dice.choice(["product", "channel", "tab"])
        visits.append(
            Visit(
                at=past.any_moment(),
                person_id=person,
                guest=guest,
                visible_ms=dice.randint(0, 900_000),
                page=place,
                came_from=dice.choice(["", *Place.values]),
                product_id=product.pk if place == "product" else None,
                channel_id=product.channel_id if place == "channel" else None,
            )
        )
    Interaction.objects.bulk_create(done)
    Impression.objects.bulk_create(shown)
    Visit.objects.bulk_create(visits)


def _make_talks(past: History, talks: int) -> None:
    dice = past.dice
    for _ in range(talks):
        product, at = dice.choice(past.products), past.any_moment()
        about = product if dice.random() < 0.7 else None
        talk = Conversation.objects.create(shopper=make_user(), channel_id=product.channel_id, product=about)
        said = []
        for number in range(dice.randint(0, 4)):
            at += dt.timedelta(hours=dice.random() * 40)
            said.append(
                Message(
                    conversation=talk,
                    side="shopper" if number == 0 else dice.choice(["shopper", "channel"]),
                    kind=dice.choice(["text", "product"]),
                    is_automatic=dice.random() < 0.2,
                    client_id=f"history-{next(_numbers)}",
                    sent_at=at,
                )
            )
        Message.objects.bulk_create(said)
        opened, last = (said[0].sent_at, said[-1].sent_at) if said else (at, None)
        Conversation.objects.filter(pk=talk.pk).update(opened_at=opened, last_message_at=last)


def _make_searches(past: History, searches: int) -> None:
    dice = past.dice
    Search.objects.bulk_create(
        Search(
            day=past.any_moment().date(),
            market=dice.choice(["us", "ir"]),
            language=dice.choice(["en", "fa"]),
            words=dice.choice(["cup", "pot", "moon"]),
            found=dice.choice([0, 0, 7]),
            is_clicked=dice.random() < 0.4,
        )
        for _ in range(searches)
    )
