"""The least of each thing a test needs. Plain functions; imports wait until Django is set up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accounts.models import User
    from core.models import Picture
    from sellers.models import Category, Channel, Post

PASSWORD = "bisat-pass-123"
_numbers = count(1)


def make_user(**fields: Any) -> User:
    """A person who can sign in with PASSWORD."""
    from accounts.models import User

    number = next(_numbers)
    given = {"password": PASSWORD, "display_name": f"Person {number}"} | fields
    if "phone" not in given:
        given.setdefault("email", f"person{number}@example.com")
    return User.objects.create_user(**given)


def make_picture(**fields: Any) -> Picture:
    """A picture's row, with all its widths; there are no files behind it."""
    from core.models import Picture

    return Picture.objects.create(**{"width": 1200, "height": 900, "widths": [240, 480, 960, 1200]} | fields)


def make_channel(*, owner: User | None = None, handle: str = "", state: str = "open", **fields: Any) -> Channel:
    """A channel in any state, as the services leave it."""
    from sellers import services as sellers

    number = next(_numbers)
    owner = owner or make_user()
    given = {"name": f"Channel {number}", "tagline": "Things", "city": "Portland", "market": "us", "language": "en"}
    given |= {"handle": handle or f"channel_{number}"} | fields
    if state == "draft":
        return sellers.create_channel(owner=owner, **given)
    if state == "pending":
        return sellers.submit_channel(channel=sellers.create_channel(owner=owner, **given), by=owner, reason="because")
    channel = _open(owner, given)
    if state in ("holiday", "suspended"):
        step = sellers.start_holiday if state == "holiday" else sellers.suspend_channel
        channel = step(channel=channel, by=owner, reason="because")
    return channel


def _open(owner: User, given: dict[str, Any]) -> Channel:
    """The rows that opening, submitting and approving write, in a third of the statements: nearly every test opens a
    channel.

    tests/sellers/test_services.py holds them against what the services write.
    """
    from django.db import transaction
    from django.urls import reverse
    from django.utils import timezone

    from core import outbox
    from news.models import News
    from sellers import signals
    from sellers.models import Channel, ChannelMember, ChannelTransition

    steps = (("", "draft", ""), ("draft", "pending", "because"), ("pending", "open", "because"))
    with transaction.atomic():
        channel = Channel.objects.create(state=Channel.State.OPEN, opened_at=timezone.now(), **given)
        ChannelMember.objects.create(channel=channel, person=owner, role="owner")
        *_before, approved = ChannelTransition.objects.bulk_create(
            ChannelTransition(channel=channel, from_state=before, to_state=after, by=owner, reason=reason)
            for before, after, reason in steps
        )
        news = News.objects.create(
            person=owner,
            key=f"channel:{approved.pk}",
            kind="channel_approved",
            params={"channel": channel.name, "reason": "because"},
            url=reverse("dashboard:channel", args=[channel.handle]),
            at=approved.at,
        )
        if owner.email:
            outbox.put("news.email", {"news": news.pk}, key=f"{news.pk}")
        transaction.on_commit(lambda: signals.channels_changed.send(Channel, channel_ids=[channel.pk]))
    return channel


def make_category(
    *, slug: str = "", parent: Category | None = None, attributes: Sequence[str] = (), **fields: Any
) -> Category:
    """A leaf of a tree of its own, asking for attributes that are made as needed (color: teal or red; size: s, m)."""
    from sellers import selectors
    from sellers.models import Attribute, Category

    slug = slug or f"category-{next(_numbers)}"
    category = Category.objects.create(**{"slug": slug, "name": slug.capitalize(), "parent": parent} | fields)
    category.path = [*(parent.path if parent else []), category.pk]
    category.save(update_fields=["path"])
    if parent and parent.is_leaf:
        parent.is_leaf = False
        parent.save(update_fields=["is_leaf"])
    choices = {"color": [["teal", "Teal"], ["red", "Red"]], "size": [["s", "S"], ["m", "M"]]}
    for name in attributes:
        attribute, _made = Attribute.objects.get_or_create(
            slug=name,
            defaults={
                "name": name.capitalize(),
                "kind": "choice" if name in choices else "text",
                "choices": choices.get(name, []),
                "is_facet": name in choices,
                "is_variant": name in choices,
            },
        )
        category.attributes.add(attribute)
    selectors.forget_categories()
    return category


def some_category() -> Category:
    """The leaf of all products that need none of their own."""
    from sellers.models import Category

    return Category.objects.filter(slug="things").first() or make_category(slug="things")


def make_post(channel: Channel, *, text: str = "Hello", pictures: int = 0, publish: Any = "now", **fields: Any) -> Post:
    """A post without a product."""
    from sellers import services as sellers

    return sellers.create_post(
        channel=channel,
        author=fields.pop("author", None) or channel.members.get(role="owner").person,
        text=text,
        pictures=[(make_picture(), f"Picture {number}") for number in range(pictures)],
        publish=publish,
        **fields,
    )


def make_product_post(
    channel: Channel,
    *,
    title: str = "",
    price_minor: int = 3800,
    category: Category | None = None,
    pictures: int = 1,
    publish: Any = "now",
    text: str = "",
    author: User | None = None,
    published_at: dt.datetime | None = None,
    in_feed: bool = True,
    **product: Any,
) -> Post:
    """A product post; ``product`` are further fields of ProductData."""
    from sellers import services as sellers

    data = sellers.ProductData(
        title=title or f"Product {next(_numbers)}",
        price_minor=price_minor,
        category=category or some_category(),
        **{"stock": 5} | product,
    )
    return sellers.create_post(
        channel=channel,
        author=author or channel.members.get(role="owner").person,
        text=text,
        pictures=[(make_picture(), f"Picture {number}") for number in range(pictures)],
        product=data,
        publish=publish,
        published_at=published_at,
        in_feed=in_feed,
    )
