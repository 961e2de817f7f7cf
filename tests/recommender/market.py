"""A small market in which people look at cups or at pots, never at both."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from recommender import services, tasks
from recommender.lookers import Looker
from recommender.models import Run
from sellers.models import Category, Channel, Product
from tests.factories import make_category, make_channel, make_product_post, make_user


@dataclass(frozen=True)
class Market:
    channels: list[Channel]
    cups: list[Product]
    pots: list[Product]
    people: list[User]

    @property
    def products(self) -> list[Product]:
        return [*self.cups, *self.pots]


def look(person: User, *products: Product, kind: str = "view", days: float = 0) -> None:
    for product in products:
        services.record(
            looker=Looker(person.pk), kind=kind, product_id=product.pk, at=timezone.now() - dt.timedelta(days=days)
        )


def _things(channels: list[Channel], category: Category, name: str, count: int) -> list[Product]:
    posts = [
        make_product_post(channels[n % len(channels)], title=f"{name} {n}", category=category) for n in range(count)
    ]
    return [post.product for post in posts]


def make_market(count: int = 5, people: int = 8) -> Market:
    """Person n looked at all cups (n even) or pots (n odd) but the one of her number, ``n`` hours ago."""
    channels = [make_channel(market="us") for _ in range(3)]
    cups = _things(channels, make_category(slug="cups"), "Cup", count)
    pots = _things(channels, make_category(slug="pots"), "Pot", count)
    crowd = [make_user() for _ in range(people)]
    for number, person in enumerate(crowd):
        things = (cups, pots)[number % 2]
        look(person, *(thing for place, thing in enumerate(things) if place != number % count), days=number / 24)
    return Market(channels, cups, pots, crowd)


def make_table() -> Run:
    """The table of what is in the log, as workers make it."""
    run = services.start_run()
    for pk in run.blocks.order_by("number").values_list("pk", flat=True):
        tasks.make_block(pk)
    run.refresh_from_db()
    return run
