"""Builds the demo market through the services, the same from run to run."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from accounts import services as accounts
from accounts.models import User
from chat import services as chat
from core.models import Picture
from demo.adverts import make_ads
from demo.content import ChannelText, MarketText, Person, PostText, ProductText, VariantText, load
from demo.group import make_group
from demo.logins import LANGUAGES, MAIL, PASSWORD, enroll, write_logins
from demo.pictures import Gallery
from demo.shelf import load_taiwan
from demo.talks import make_talks
from demo.visitors import count_visits, make_visits
from insights import services as insights
from news import services as news
from news.mail import EVERYTHING
from sellers import services as sellers
from sellers.models import Category, Channel, Post, Product
from sellers.services import ProductData, VariantData
from shop import history, search
from shop import services as shop
from shop.models import Showcase

SEED = 1403
SHOWN_DAYS = 40  # the market's past


@dataclass
class Filling:
    """What one run has made so far."""

    gallery: Gallery
    now: dt.datetime = field(default_factory=timezone.now)
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))
    staff: User = field(init=False)
    owners: dict[str, User] = field(default_factory=dict)
    channels: dict[tuple[str, str], Channel] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    progress: "tqdm[None]" = field(init=False)


@transaction.atomic
def fill(*, quick: bool = False) -> None:
    """The whole market in every language that has a voice, or nothing; ``quick`` paints plain pictures instead of drawing."""
    texts = [load_taiwan() if language == "zh-hant" else load(language) for language in LANGUAGES]
    work = Filling(Gallery(quick=quick))
    total = sum(len(channel.products) + len(channel.posts) for text in texts for channel in text.channels)
    work.progress = tqdm(total=total, desc=_("Demo market"), unit=_("posts"), leave=False)
    _make_logins(work, texts)
    for text in texts:
        people = [_make_person(work, person, text) for person in text.people]
        for channel in text.channels:
            _make_channel(work, text, channel)
        _mingle(work, text, people)
        known = dict(zip((person.handle for person in text.people), people, strict=True))
        known["shopper"] = User.objects.get(email=f"shopper@{MAIL}")
        channels = {key: channel for (language, key), channel in work.channels.items() if language == text.language}
        make_talks(text, people=known, channels=channels, now=work.now)
        make_group(text, channels=channels, staff=work.staff, now=work.now)
        make_ads(text, channels=channels, staff=work.staff, now=work.now)
        _make_showcase(work, text)
        ids = [person.pk for person in people]
        make_visits(market=text.market, language=text.language, people=ids, now=work.now)
    work.progress.close()
    work.gallery.draw_first()
    _picture_categories()
    shop.refresh_popularity(everything=True)
    transaction.on_commit(search.count_words)
    chat.count_reply_times()
    for smoke in insights.load_smoke_tests():
        insights.start_test(smoke=smoke, by=work.staff)
    count_visits(work.now)
    write_logins()


# --- people


def _make_logins(work: Filling, texts: list[MarketText]) -> None:
    """The four who sign in: the two sellers run a channel in each market."""
    voice = texts[0]
    work.staff = _make_user(work, "staff", voice.staff, voice, is_staff=True)
    enroll(work.staff)
    _make_user(work, "shopper", voice.shopper, voice)
    for login, channel in zip(("seller", "rival"), voice.channels, strict=False):
        work.owners[channel.key] = _make_user(work, login, channel.owner, voice)


def _make_user(work: Filling, login: str, person: Person, text: MarketText, *, is_staff: bool = False) -> User:
    user = accounts.create_person(
        display_name=person.name,
        email=f"{login}@{MAIL}",
        password=PASSWORD,
        language=text.language,
        market=text.market,
        is_staff=is_staff,
        is_superuser=is_staff,
    )
    return _settle(work, user, person)


def _make_person(work: Filling, person: Person, text: MarketText) -> User:
    """Somebody who looks around; nobody signs in as her."""
    user = accounts.create_person(
        display_name=person.name,
        email=f"{person.handle}@{MAIL}",
        password=None,
        language=text.language,
        market=text.market,
    )
    return _settle(work, user, person)


def _settle(work: Filling, user: User, person: Person) -> User:
    """A face, and no e-mails: the addresses are nobody's."""
    user.avatar = work.gallery.face(person)
    user.save(update_fields=["avatar"])
    news.unsubscribe(person=user, group=EVERYTHING)
    return user


# --- channels and what they say


def _make_channel(work: Filling, text: MarketText, said: ChannelText) -> None:
    owner = work.owners.get(said.key) or _make_person(work, said.owner, text)
    channel = sellers.create_channel(
        owner=owner,
        handle=said.handle,
        name=said.name,
        tagline=said.tagline,
        about=said.about,
        city=said.city,
        market=text.market,
        language=text.language,
        hue=said.hue,
        avatar=work.gallery.portrait(said.avatar),
        cover=work.gallery.portrait(said.cover),
        public_email=said.contact.email,
        public_phone=said.contact.phone,
        public_link=said.contact.website,
        delivery=said.delivery,
        returns=said.returns,
    )
    channel = sellers.submit_channel(channel=channel, by=owner)
    if channel.state == Channel.State.PENDING:
        channel = sellers.approve_channel(channel=channel, by=work.staff)
    if said.is_verified:
        sellers.verify_channel(channel=channel, by=work.staff)
    work.channels[text.language, said.key] = channel
    _make_posts(work, channel, owner, said)


def _make_posts(work: Filling, channel: Channel, owner: User, said: ChannelText) -> None:
    """Posts and product posts shuffled over the past weeks; the two latest posts wait: one as draft, one scheduled."""
    entries: list[PostText | ProductText] = [*said.products, *said.posts[:-2]]
    work.dice.shuffle(entries)
    for entry, published_at in zip(entries, _moments(work, len(entries)), strict=True):
        product = _product_data(entry) if isinstance(entry, ProductText) else None
        pictures = [
            (picture, product.title if product else "") for picture in _hang(work, entry, in_front=product is not None)
        ]
        post = sellers.create_post(
            channel=channel,
            author=owner,
            text=entry.text,
            pictures=pictures,
            product=product,
            publish="now",
            published_at=published_at,
        )
        if post.state == Post.State.WAITING:
            sellers.approve_listing(check=post.checks.get(), by=work.staff)
            post.refresh_from_db()
        work.posts.append(post)
        work.progress.update()
    if said.posts:
        _make_waiting(work, channel, owner, said.posts[-2], "draft")
        _make_waiting(work, channel, owner, said.posts[-1], work.now + dt.timedelta(days=2))


def _make_waiting(
    work: Filling, channel: Channel, owner: User, said: PostText, publish: Literal["draft"] | dt.datetime
) -> None:
    pictures = [(picture, "") for picture in _hang(work, said, in_front=False)]
    sellers.create_post(channel=channel, author=owner, text=said.text, pictures=pictures, publish=publish)
    work.progress.update()


def _hang(work: Filling, entry: PostText | ProductText, *, in_front: bool) -> list[Picture]:
    """The entry's pictures; a product's first one is what lists show."""
    return [work.gallery.hang(recipe, soon=in_front and place == 0) for place, recipe in enumerate(entry.pictures)]


def _moments(work: Filling, count: int) -> Iterator[dt.datetime]:
    """``count`` moments of the past weeks in order, the last of them today."""
    span = dt.timedelta(days=SHOWN_DAYS)
    return iter(sorted(work.now - span * work.dice.random() ** 1.6 for _ in range(count)))


def _product_data(said: ProductText) -> ProductData:
    return ProductData(
        title=said.title,
        price_minor=said.price,
        compare_at_minor=said.compare_at,
        stock=said.stock,
        category=Category.objects.get(slug=said.category),
        condition=said.condition,
        attributes=said.attributes,
        variants=tuple(_variant_data(variant) for variant in said.variants),
    )


def _variant_data(said: VariantText) -> VariantData:
    return VariantData(options=said.options, price_minor=said.price, stock=said.stock)


# --- what people did


def _mingle(work: Filling, text: MarketText, people: list[User]) -> None:
    """Follows, likes, saves and looks, more of them where a channel or thing is well liked."""
    channels = [work.channels[text.language, channel.key] for channel in text.channels]
    ids = {channel.pk for channel in channels}
    posts = [post for post in work.posts if post.channel_id in ids]
    products = list(Product.objects.filter(channel__in=ids).order_by("pk"))
    shopper = User.objects.get(email=f"shopper@{MAIL}")
    liked = {thing.pk: work.dice.random() ** 2 for thing in products}
    follows: list[tuple[dt.datetime, User, Channel]] = []
    for person in [*people, shopper]:
        chosen = work.dice.sample(channels, work.dice.randint(2, 6))
        follows += [(_lately(work, 60), person, channel) for channel in chosen]
        for post in work.dice.sample(posts, work.dice.randint(6, 24)):
            sellers.like(person=person, post=post, at=_between(work, post.published_at))
        for product in work.dice.choices(products, [liked[p.pk] for p in products], k=work.dice.randint(3, 10)):
            sellers.save(person=person, product=product, at=_between(work, product.published_at))
        seen = work.dice.choices(products, [liked[p.pk] for p in products], k=15)
        history.record_views(person=person, views=[(p.pk, _between(work, p.published_at)) for p in seen])
    for at, person, channel in sorted(
        follows, key=lambda follow: follow[0]
    ):  # as they came, so lists of them read right
        sellers.follow(person=person, channel=channel, at=at)


def _lately(work: Filling, days: int) -> dt.datetime:
    return work.now - dt.timedelta(days=days) * work.dice.random()


def _between(work: Filling, start: dt.datetime | None) -> dt.datetime:
    """A moment since ``start``, sooner rather than later."""
    begun = start or work.now
    return begun + (work.now - begun) * work.dice.random() ** 2


def _make_showcase(work: Filling, text: MarketText) -> None:
    titles = {(channel.key, product.key): product.title for channel in text.channels for product in channel.products}
    for position, promo in enumerate(text.promos):
        channel = work.channels[text.language, promo.channel]
        product = None
        if promo.product:
            product = Product.objects.get(channel=channel, title=titles[promo.channel, promo.product])
        Showcase.objects.create(
            market=text.market,
            headline=promo.headline,
            subline=promo.subline,
            product=product,
            channel=None if product else channel,
            picture=work.gallery.hang(promo.picture, soon=True),
            position=position,
        )


def _picture_categories() -> None:
    """Each root shows its best liked thing."""
    for category in Category.objects.filter(parent=None, picture=None):
        best = (
            Product.objects.listed()
            .filter(category__path__0=category.pk, cover__isnull=False)
            .order_by("-popularity", "pk")
            .first()
        )
        if best:
            category.picture_id = best.cover_id
            category.save(update_fields=["picture"])
    sellers.forget_categories()
