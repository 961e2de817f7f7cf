"""The demo market as text: what is sold (one catalogue) and how each language says it (a voice).

`market/catalogue/*.toml` knows no language. `market/<language>/` holds a voice: `market.toml` and one file a
channel. A new language is a new folder with the same keys; with `channels` in its `market.toml` it speaks for some of
the catalogue's only.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .palette import CHANNEL_HUES
from .recipes import Recipe, RecipeError, parse

MARKET = Path(__file__).with_name("market")
Table = Mapping[str, Any]


class ContentError(ValueError):
    """The catalogue and a voice do not fit together; the message names the file and the key."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the market; `handle` is the sign-in name and seeds the face, `look` narrows it (art.avatar)."""

    name: str
    handle: str
    look: str


@dataclass(frozen=True, slots=True)
class Contact:
    """What a channel's page says about reaching the seller."""

    email: str
    phone: str
    website: str


@dataclass(frozen=True, slots=True)
class VariantText:
    """One kind of a product: `options` by attribute slug; no `price` means the product's own."""

    options: dict[str, str]
    stock: int | None
    price: int | None


@dataclass(frozen=True, slots=True)
class ProductText:
    """A product post. Prices are minor units of the market's currency; `stock` is None when made to order."""

    key: str
    title: str
    text: str
    category: str
    condition: str
    attributes: dict[str, str]
    price: int
    compare_at: int | None
    stock: int | None
    variants: tuple[VariantText, ...]
    pictures: tuple[Recipe, ...]

    @property
    def is_made_to_order(self) -> bool:
        return self.stock is None and all(variant.stock is None for variant in self.variants)


@dataclass(frozen=True, slots=True)
class PostText:
    """An ordinary post, with up to four pictures."""

    key: str
    text: str
    pictures: tuple[Recipe, ...]


@dataclass(frozen=True, slots=True)
class ChannelText:
    """A channel with all it says; posts stand oldest first, products in the order they went on sale."""

    key: str
    handle: str
    name: str
    owner: Person
    tagline: str
    about: str
    city: str
    delivery: str
    returns: str
    contact: Contact
    hue: int  # 0 to 11, as in the style sheet's hue-N
    is_verified: bool
    focus: str  # slug of the category it is mostly about
    avatar: Recipe
    cover: Recipe
    products: tuple[ProductText, ...]
    posts: tuple[PostText, ...]


@dataclass(frozen=True, slots=True)
class PromoText:
    """A place in the showcase; `product` is empty when it points at the whole channel."""

    key: str
    headline: str
    subline: str
    channel: str
    product: str
    hue: int
    picture: Recipe


@dataclass(frozen=True, slots=True)
class MarketText:
    """Everything a language's market is built from."""

    language: str
    market: str
    currency: str  # three small letters, the key of the catalogue's prices
    channels: tuple[ChannelText, ...]
    people: tuple[Person, ...]
    promos: tuple[PromoText, ...]
    shopper: Person  # the two people with a printed login who own no channel
    staff: Person


def languages() -> list[str]:
    """The voices there are."""
    return sorted(path.parent.name for path in MARKET.glob("*/market.toml"))


def load(language: str, *, currency: str = "") -> MarketText:
    """The market in one language, with the voice's own currency unless another is asked for. Raises `ContentError`
    naming what is missing or left over."""
    frame = Source.read("market.toml")
    voice = Source.read(f"{language}/market.toml")
    currency = currency or voice.text("currency")
    keys = voice.values.get("channels") or frame.need("channels")
    channels = tuple(_channel(key, language, currency) for key in keys)
    logins = voice.table("logins")
    return MarketText(
        language=voice.text("language"),
        market=voice.text("market"),
        currency=currency,
        channels=channels,
        people=tuple(_person(entry) for entry in voice.each("people")),
        promos=_promos(frame, voice, channels),
        shopper=_person(logins.table("shopper")),
        staff=_person(logins.table("staff")),
    )


@dataclass(frozen=True, slots=True)
class Source:
    """A table of a file that knows where it stands, so that errors can say so."""

    where: str
    values: Table

    @classmethod
    def read(cls, name: str) -> "Source":
        path = MARKET / name
        if not path.is_file():
            raise ContentError(f"{name} is missing")
        try:
            return cls(name, tomllib.loads(path.read_text("utf-8")))
        except tomllib.TOMLDecodeError as problem:
            raise ContentError(f"{name}: {problem}") from None

    def need(self, key: str) -> Any:
        if key not in self.values:
            raise ContentError(f"{self.where}: {key!r} is missing")
        return self.values[key]

    def text(self, key: str) -> str:
        value = self.need(key)
        if not isinstance(value, str) or not value.strip():
            raise ContentError(f"{self.where}: {key!r} must say something")
        return value.strip()

    def table(self, key: str) -> "Source":
        return Source(f"{self.where} [{key}]", self.need(key))

    def each(self, key: str) -> "list[Source]":
        entries = self.need(key)
        return [Source(f"{self.where} {key}[{entry.get('key', n)}]", entry) for n, entry in enumerate(entries)]

    def only(self, known: set[str]) -> None:
        """Refuse a word for something the catalogue does not have."""
        if extra := sorted(self.values.keys() - known):
            raise ContentError(f"{self.where}: nothing in the catalogue is called {', '.join(extra)}")


def _channel(key: str, language: str, currency: str) -> ChannelText:
    thing, voice = Source.read(f"catalogue/{key}.toml"), Source.read(f"{language}/{key}.toml")
    hue, contact = thing.need("hue"), voice.table("contact")
    products, posts = thing.each("products"), thing.each("posts")
    said, told = voice.table("products"), voice.table("posts")
    said.only({entry.text("key") for entry in products})
    told.only({entry.text("key") for entry in posts})
    condition = thing.values.get("condition", "new")
    return ChannelText(
        key=key,
        handle=voice.text("handle"),
        name=voice.text("name"),
        owner=_person(voice.table("owner")),
        tagline=voice.text("tagline"),
        about=voice.text("about"),
        city=voice.text("city"),
        delivery=voice.text("delivery"),
        returns=voice.text("returns"),
        contact=Contact(contact.text("email"), contact.text("phone"), contact.text("website")),
        hue=hue,
        is_verified=thing.values.get("verified", False),
        focus=thing.text("focus"),
        avatar=_recipe(thing, thing.text("avatar"), hue),
        cover=_recipe(thing, thing.text("cover"), hue),
        products=tuple(_product(entry, said, currency, hue, condition) for entry in products),
        posts=tuple(_post(entry, told, hue) for entry in posts),
    )


def _person(entry: Source) -> Person:
    return Person(entry.text("name"), entry.text("handle"), entry.text("look"))


def _product(entry: Source, said: Source, currency: str, hue: int, condition: str) -> ProductText:
    key = entry.text("key")
    words = said.table(key)
    variants = tuple(_variant(kind, currency) for kind in entry.values.get("variants", ()))
    made_to_order = entry.values.get("made_to_order", False)
    before = entry.values.get("compare_at")
    return ProductText(
        key=key,
        title=words.text("title"),
        text=words.text("text"),
        category=entry.text("category"),
        condition=entry.values.get("condition", condition),
        attributes={slug: str(value) for slug, value in entry.need("attributes").items()}
        | words.values.get("attributes", {}),
        price=entry.table("price").need(currency),
        compare_at=entry.table("compare_at").need(currency) if before else None,
        stock=None if made_to_order or variants else entry.need("stock"),
        variants=variants,
        pictures=_recipes(entry, hue),
    )


def _variant(kind: Table, currency: str) -> VariantText:
    options = {slug: str(value) for slug, value in kind.items() if slug not in {"stock", "price"}}
    return VariantText(options, kind.get("stock"), kind["price"][currency] if "price" in kind else None)


def _post(entry: Source, told: Source, hue: int) -> PostText:
    key = entry.text("key")
    return PostText(key, told.text(key), _recipes(entry, hue))


def _promos(frame: Source, voice: Source, channels: tuple[ChannelText, ...]) -> tuple[PromoText, ...]:
    """Those of the channels the voice speaks for."""
    words, promos, silent = voice.table("promos"), [], set(frame.need("channels")) - {each.key for each in channels}
    targets = {channel.key for channel in channels}
    targets |= {f"{channel.key}/{product.key}" for channel in channels for product in channel.products}
    for entry in frame.each("promos"):
        target, hue = entry.text("target"), entry.need("hue")
        channel, _, product = target.partition("/")
        if channel in silent:
            continue
        if target not in targets:
            raise ContentError(f"{entry.where}: there is no {target!r}")
        said = words.table(entry.text("key"))
        picture = _recipe(entry, entry.text("picture"), hue)
        promos.append(
            PromoText(entry.text("key"), said.text("headline"), said.text("subline"), channel, product, hue, picture)
        )
    return tuple(promos)


def _recipes(entry: Source, hue: int) -> tuple[Recipe, ...]:
    return tuple(_recipe(entry, line, hue) for line in entry.values.get("pictures", ()))


def _recipe(entry: Source, line: str, hue: int) -> Recipe:
    try:
        return parse(line, CHANNEL_HUES[hue])
    except (RecipeError, ValueError, IndexError) as problem:
        raise ContentError(f"{entry.where}: {problem}") from None
