"""The shelf in Chinese: one channel more in the market of Taiwan, with things of other channels of the catalogue."""

from dataclasses import replace

from .content import ChannelText, Contact, ContentError, MarketText, Person, ProductText, Source, load

SHELF, LANGUAGE = "lane-corner", "zh-hant"


def load_taiwan() -> MarketText:
    """The market in Chinese with its shelf; the shelf's things keep the prices and pictures of the catalogue."""
    market, words = load(LANGUAGE), Source.read(f"{LANGUAGE}/shelf.toml")
    catalogue = load("en", currency=market.currency)
    things = {f"{channel.key}/{product.key}": product for channel in catalogue.channels for product in channel.products}
    said = words.table("things")
    said.only(set(things))
    products = [replace(things[key], key=key, title=title, text=text) for key, (title, text) in said.values.items()]
    return replace(market, channels=(*market.channels, _channel(catalogue, words, products)))


def _channel(catalogue: MarketText, words: Source, products: list[ProductText]) -> ChannelText:
    """What is not said in words it has from the catalogue's first channel."""
    if not products:
        raise ContentError(f"{words.where}: the shelf is empty")
    first, handle = catalogue.channels[0], words.text("handle")
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
