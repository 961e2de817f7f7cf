import re

import pytest

from demo import content, shelf
from demo.content import ChannelText, ContentError, MarketText
from sellers import taxonomy

LANGUAGES = content.languages()
# By language: at least so many channels, products, posts with or without, people and promos.
SIZES = {"en": (12, 150, 300, 20, 6), "fa": (12, 150, 300, 20, 6), "zh-hant": (6, 75, 150, 20, 4)}
LEAVES = {path[-1].slug: set(taxonomy.attribute_slugs(path)) for path in taxonomy.walk() if not path[-1].children}
SPECS = {spec.slug: spec for spec in taxonomy.ATTRIBUTES}
CONDITIONS = {"new", "handmade", "like-new", "used", "refurbished"}
HANDLE = re.compile(r"[a-z0-9][a-z0-9_]{1,28}[a-z0-9]")
MENTION = re.compile(r"@([a-z0-9_]+)")


@pytest.fixture(scope="module", params=LANGUAGES)
def market(request: pytest.FixtureRequest) -> MarketText:
    return content.load(request.param)


def texts(channel: ChannelText) -> list[str]:
    said = [channel.name, channel.tagline, channel.about, channel.city, channel.delivery, channel.returns]
    said += [words for product in channel.products for words in (product.title, product.text)]
    return said + [post.text for post in channel.posts]


def problems_of_options(options: dict[str, str], category: str) -> list[str]:
    """Attributes that the category does not ask for and choices it does not know."""
    found = [slug for slug in options if slug not in LEAVES[category]]
    for slug, value in options.items():
        spec = SPECS[slug]
        if spec.kind == "choice" and value not in {choice for choice, _name in spec.choices}:
            found.append(f"{slug}={value}")
        if spec.kind == "number" and not value.isdigit():
            found.append(f"{slug}={value}")
    return found


def test_there_are_three_voices():
    assert sorted(SIZES) == LANGUAGES


def test_the_market_is_large_enough(market):
    products = sum(len(channel.products) for channel in market.channels)
    posts = sum(len(channel.posts) for channel in market.channels)
    there = (len(market.channels), products, products + posts, len(market.people), len(market.promos))
    assert [have >= least for have, least in zip(there, SIZES[market.language], strict=True)] == [True] * 5
    assert [channel.key for channel in market.channels if len(channel.products) + len(channel.posts) < 25] == []


def test_channels_spread_over_every_hue(market):
    hues = sorted(channel.hue for channel in market.channels)
    assert hues == list(range(12)) if len(hues) == 12 else len(set(hues)) == len(hues)


def test_products_are_filed_in_leaves_with_attributes_these_ask_for(market):
    wrong = {}
    for channel in market.channels:
        assert channel.focus in {path[-1].slug for path in taxonomy.walk()}
        for product in channel.products:
            found = problems_of_options(product.attributes, product.category)
            for variant in product.variants:
                found += problems_of_options(variant.options, product.category)
                found += [slug for slug in variant.options if not SPECS[slug].is_variant]
                found += [slug for slug in variant.options if slug in product.attributes]
            if found:
                wrong[product.key] = found
    assert wrong == {}


def test_variants_of_a_product_differ_by_the_same_things(market):
    for channel in market.channels:
        for product in channel.products:
            options = [variant.options for variant in product.variants]
            assert len({frozenset(option) for option in options}) <= 1
            assert len({frozenset(option.items()) for option in options}) == len(options)


def test_prices_conditions_and_stock_make_sense(market):
    for channel in market.channels:
        for product in channel.products:
            assert product.condition in CONDITIONS
            assert product.price > 0
            assert product.compare_at is None or product.compare_at > product.price
            assert 1 <= len(product.pictures) <= 4
        assert [post.key for post in channel.posts if len(post.pictures) > 4] == []


def test_there_is_something_for_every_badge(market):
    products = [product for channel in market.channels for product in channel.products]
    assert any(product.stock == 1 for product in products)
    assert any(product.stock == 0 for product in products)
    assert any(product.compare_at for product in products)
    assert any(product.is_made_to_order for product in products)
    assert any(variant.stock == 0 for product in products for variant in product.variants)


def test_handles_are_allowed_and_used_once():
    markets = [shelf.load_taiwan() if language == shelf.LANGUAGE else content.load(language) for language in LANGUAGES]
    channels = [channel.handle for market in markets for channel in market.channels]
    people = [person.handle for market in markets for person in market.people]
    people += [channel.owner.handle for market in markets for channel in market.channels]
    people += [person.handle for market in markets for person in (market.shopper, market.staff)]
    assert [handle for handle in channels + people if not HANDLE.fullmatch(handle)] == []
    assert len(set(channels)) == len(channels)
    assert len(set(people)) == len(people)


def test_mentions_name_channels_of_the_same_market(market):
    handles = {channel.handle for channel in market.channels}
    mentioned = {
        handle for channel in market.channels for post in channel.posts for handle in MENTION.findall(post.text)
    }
    assert mentioned - handles == set()
    assert len(mentioned) >= 5


def test_links_and_addresses_are_reserved_for_examples(market):
    for channel in market.channels:
        hosts = re.findall(r"https?://([^/\s]+)", " ".join([*texts(channel), channel.contact.website]))
        assert [host for host in hosts if not host.endswith(".example.com")] == []
        assert channel.contact.email.endswith(".example.com")


def test_texts_fit_their_columns(market):
    for channel in market.channels:
        assert len(channel.tagline) <= 120
        assert max(len(channel.delivery), len(channel.returns)) <= 600
        assert max(len(product.title) for product in channel.products) <= 150
        assert len(channel.contact.phone) <= 20


def test_persian_is_written_in_persian_letters():
    for channel in content.load("fa").channels:
        for text in texts(channel):
            plain = re.sub(r"https?://\S+|@[a-z0-9_]+", "", text)
            assert re.findall(r"[A-Za-z0-9]+|[يكةىٱ٠-٩]", plain) == [], text


def test_chinese_is_written_in_full_width_marks():
    """Latin letters stand apart; between Chinese letters no comma, stop or bracket of theirs."""
    for channel in shelf.load_taiwan().channels:
        for text in texts(channel):
            assert re.findall(r"[一-鿿][,;:!?()]|[,;:!?()][一-鿿]|[这个们请贴买卖频讯]", text) == [], text


def test_the_shelf_sells_what_no_channel_beside_it_sells():
    *channels, mixed = shelf.load_taiwan().channels
    assert (mixed.handle, mixed.posts, len(mixed.products) >= 12) == ("lane_corner", (), True)
    assert {product.key.split("/")[0] for product in mixed.products} & {channel.key for channel in channels} == set()


def test_promos_point_at_what_exists(market):
    products = {(channel.key, product.key) for channel in market.channels for product in channel.products}
    for promo in market.promos:
        assert not promo.product or (promo.channel, promo.product) in products


def test_a_missing_word_is_named(tmp_path, monkeypatch):
    for path in content.MARKET.rglob("*.toml"):
        copy = tmp_path / path.relative_to(content.MARKET)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(content, "MARKET", tmp_path)
    voice = tmp_path / "en" / "saffron-clay.toml"
    voice.write_text(voice.read_text("utf-8").replace("[products.ruby-teapot]", "[products.ruby-kettle]"), "utf-8")
    with pytest.raises(ContentError) as problem:
        content.load("en")
    assert str(problem.value) == "en/saffron-clay.toml [products]: nothing in the catalogue is called ruby-kettle"
    voice.write_text(voice.read_text("utf-8").replace("[products.ruby-kettle]", "[products.amphora-vase.old]"), "utf-8")
    with pytest.raises(ContentError) as problem:
        content.load("en")
    assert str(problem.value) == "en/saffron-clay.toml [products]: 'ruby-teapot' is missing"
