"""A shelf in Chinese: one channel of the market of Taiwan with things of the catalogue under names of their own."""

from dataclasses import replace

from .content import ChannelText, Contact, ContentError, MarketText, Person, ProductText, Source, load

SHELF = "zh-hant"
MARKET, CURRENCY = "tw", "twd"
LANGUAGE = "en"  # a channel speaks one of the site's languages; Chinese is none of them yet
DOLLARS_OF_A_DOLLAR = 32


def load_shelf() -> MarketText:
    """The market with its one channel; products keep the keys, prices and pictures of the catalogue."""
    english, words = load("en"), Source.read(f"{SHELF}.toml")
    things = {f"{channel.key}/{product.key}": product for channel in english.channels for product in channel.products}
    said = words.table("things")
    said.only(set(things))
    products = []
    for key, (title, text) in said.values.items():
        thing = things[key]
        products.append(
            replace(
                thing, key=key, title=title, text=text, price=_price(thing.price),
                compare_at=_price(thing.compare_at) if thing.compare_at else None,
                variants=tuple(replace(each, price=_price(each.price) if each.price else None) for each in thing.variants),
            )
        )  # fmt: skip
    return replace(
        english, language=LANGUAGE, market=MARKET, currency=CURRENCY, channels=(_channel(english, words, products),)
    )


def _channel(english: MarketText, words: Source, products: list[ProductText]) -> ChannelText:
    """The shelf's channel; what is not said in words it has from the first English one."""
    if not products:
        raise ContentError(f"{words.where}: the shelf is empty")
    first, handle = english.channels[0], words.text("handle")
    return replace(
        first,
        key=SHELF,
        handle=handle,
        name=words.text("name"),
        owner=Person(words.text("owner"), f"{handle}_owner", first.owner.look),
        tagline=words.text("tagline"),
        about=words.text("about"),
        city=words.text("city"),
        delivery=words.text("delivery"),
        returns=words.text("returns"),
        contact=Contact(f"{handle}@example.com", "", ""),
        is_verified=False,
        products=tuple(products),
        posts=(),
    )


def _price(cents: int) -> int:
    """In whole tens of New Taiwan dollars, as such shops write them."""
    return max(round(cents * DOLLARS_OF_A_DOLLAR / 1000), 1) * 10
