"""What programs read: Atom, Google Merchant's columns, sitemaps."""

import csv
import io

import pytest
from defusedxml import ElementTree
from django.utils import timezone

from sellers.models import Post, Product
from shop import sitemaps
from shop.selectors import feeds
from tests.factories import make_channel, make_post, make_product_post

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}
GOOGLE = "{http://base.google.com/ns/1.0}"


def entries(response) -> list[str]:
    return [each.text for each in ElementTree.fromstring(response.content).findall("a:entry/a:title", ATOM)]


@pytest.mark.parametrize("count", [1, 3])
def test_a_channels_posts_as_atom(client, channel, count, django_assert_num_queries):
    for number in range(count):
        make_product_post(channel, title=f"Pot {number}", pictures=2)
    with django_assert_num_queries(4):  # last change, channel, posts, pictures
        response = client.get("/@saffron_clay/feed.atom")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert entries(response) == [f"Pot {number}" for number in reversed(range(count))]


def test_a_post_without_a_product_is_titled_by_its_words(client, channel):
    make_post(channel, text="A <b>kiln</b> day")
    response = client.get("/@saffron_clay/feed.atom")
    assert entries(response) == ["A <b>kiln</b> day"]
    summary = ElementTree.fromstring(response.content).find("a:entry/a:summary", ATOM)
    assert "&lt;b&gt;kiln&lt;/b&gt;" in summary.text


def test_who_has_the_feed_is_told_so_by_one_query(client, channel, django_assert_num_queries):
    post = make_post(channel)
    changed = client.get("/@saffron_clay/feed.atom")["Last-Modified"]
    with django_assert_num_queries(1):
        assert client.get("/@saffron_clay/feed.atom", headers={"If-Modified-Since": changed}).status_code == 304
    Post.objects.filter(pk=post.pk).update(edited_at=timezone.now() + timezone.timedelta(minutes=1))
    assert client.get("/@saffron_clay/feed.atom", headers={"If-Modified-Since": changed}).status_code == 200


@pytest.mark.parametrize("page", ["feed.atom", "products.csv", "products.xml"])
def test_a_channel_nobody_sees_has_no_feeds(client, page):
    make_channel(handle="hidden_one", state="suspended")
    assert client.get(f"/@hidden_one/{page}").status_code == 404


def test_a_categorys_newest_by_market(client, taxonomy, channel):
    leaf = next(node for node in taxonomy.by_slug.values() if node.is_leaf)
    make_product_post(channel, title="Here", category=leaf)
    make_product_post(make_channel(market="ir"), title="Elsewhere", category=leaf)
    assert entries(client.get(f"/c/{leaf.slug}/feed.atom?market=us")) == ["Here"]
    above = taxonomy.path_of(leaf)[0]
    assert entries(client.get(f"/c/{above.slug}/feed.atom?market=ir")) == ["Elsewhere"]
    assert client.get(f"/c/{leaf.slug}/feed.atom?market=xx").status_code == 404


def test_pages_name_their_feeds(client, taxonomy, channel):
    leaf = next(node for node in taxonomy.by_slug.values() if node.is_leaf)
    assert 'href="/@saffron_clay/feed.atom"' in client.get("/@saffron_clay/").content.decode()
    assert f'href="/c/{leaf.slug}/feed.atom?market=us"' in client.get(f"/c/{leaf.slug}/").content.decode()


def table(client) -> list[dict[str, str]]:
    body = b"".join(client.get("/@saffron_clay/products.csv").streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body)))


def test_products_as_merchant_csv(client, channel):
    product = make_product_post(
        channel, title="=cmd()", text="@sum", price_minor=12_50, compare_at_minor=20_00, stock=0, pictures=3
    ).product
    row = table(client)[0]
    assert (row["id"], row["title"], row["description"]) == (str(product.pk), "'=cmd()", "'@sum")
    assert (row["price"], row["sale_price"], row["availability"]) == ("20.00 USD", "12.50 USD", "out_of_stock")
    assert row["image_link"].startswith("http")
    assert row["additional_image_link"].count(",") == 1
    assert row["link"].endswith(product.get_absolute_url())


def test_variants_are_rows_of_one_group(client, channel):
    product = make_product_post(channel, title="Shirt").product
    for place, (size, stock) in enumerate([("s", 0), ("m", 2)]):
        product.variants.create(position=place, options={"size": size}, stock=stock, price_minor=9_00)
    rows = table(client)
    assert [(row["size"], row["availability"], row["price"]) for row in rows] == [
        ("s", "out_of_stock", "9.00 USD"),
        ("m", "in_stock", "9.00 USD"),
    ]
    assert {row["item_group_id"] for row in rows} == {str(product.pk)}


def test_products_as_merchant_xml(client, channel):
    make_product_post(channel, title="\x0bPot <&>", pictures=3)
    response = client.get("/@saffron_clay/products.xml")
    tree = ElementTree.fromstring(b"".join(response.streaming_content))
    item = tree.find("channel/item")
    assert item.find(f"{GOOGLE}title").text == "Pot <&>"
    assert len(item.findall(f"{GOOGLE}additional_image_link")) == 2
    assert tree.find("channel/title").text == "Saffron & Clay"


def test_products_are_read_batch_by_batch(channel, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(feeds, "BATCH", 2)
    for number in range(5):
        make_product_post(channel, title=f"Pot {number}")
    with django_assert_num_queries(10):  # three batches of products, variants and pictures, and one that is empty
        assert [product.title for product in feeds.walk_products(channel)] == [f"Pot {n}" for n in range(5)]


# --- search engines
def places(response) -> list[str]:
    return [each.text for each in ElementTree.fromstring(response.content).iter() if each.tag.endswith("loc")]


def test_the_index_cuts_by_numbers(client, channel, monkeypatch, django_assert_num_queries):
    product = make_product_post(channel).product
    monkeypatch.setattr(sitemaps.Products, "limit", max(product.pk - 1, 1))
    with django_assert_num_queries(3):  # categories, the last channel, the last product
        found = places(client.get("/sitemap.xml"))
    assert found == [
        "http://testserver/sitemap-pages.xml",
        "http://testserver/sitemap-categories.xml",
        "http://testserver/sitemap-channels.xml",
        "http://testserver/sitemap-products.xml",
        "http://testserver/sitemap-products.xml?p=2",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_products_stand_in_the_map_with_their_last_change(client, channel, count, django_assert_num_queries):
    for number in range(count):
        make_product_post(channel, title=f"Pot {number}")
    last = Product.objects.order_by("-pk")[0].pk // sitemaps.SIZE + 1
    with django_assert_num_queries(2):  # the last number, the page's products with their posts
        response = client.get(f"/sitemap-products.xml?p={last}")
    assert len(places(response)) == count
    assert f"<lastmod>{timezone.now():%Y-%m-%d}</lastmod>" in response.content.decode()


def test_what_is_hidden_stands_in_no_map(client, channel):
    make_product_post(make_channel(state="suspended"), title="Hidden")
    assert places(client.get("/sitemap-products.xml")) == []
    assert places(client.get("/sitemap-channels.xml")) == ["http://testserver/@saffron_clay/"]


def test_robots_know_the_map(client):
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in client.get("/robots.txt").content.decode().splitlines()
