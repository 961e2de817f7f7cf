"""A product's card on other people's pages."""

import pytest
from django.conf import settings

from sellers.models import Channel, Product
from tests.factories import make_product_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(channel) -> Product:
    return make_product_post(channel, title="Teal <teapot>", price_minor=45_00, stock=2, pictures=1).product


def test_the_card_says_price_and_stock_as_they_are_now(client, product, django_assert_num_queries):
    with django_assert_num_queries(2):  # the product, its variants
        page = client.get(f"/p/{product.pk}/card/").content.decode()
    assert ("$45" in page, "Only 2 left" in page, "Teal &lt;teapot&gt;" in page) == (True, True, True)
    Product.objects.update(price_minor=40_00, stock=0)
    page = client.get(f"/p/{product.pk}/card/").content.decode()
    assert ("$40" in page, "Sold out" in page) == (True, True)


def test_nothing_is_in_stock_on_holiday(client, product):
    Channel.objects.update(state="holiday")
    page = client.get(f"/p/{product.pk}/card/").content.decode()
    assert ("This channel is on holiday" in page, "Only 2 left" in page) == (True, False)
    with_rows = client.get(f"/@{product.channel.handle}/products.csv").getvalue().decode()
    assert ("out_of_stock" in with_rows, "in_stock" in with_rows) == (True, False)


def test_any_page_may_frame_it_and_anybody_keep_it(client, product):
    response = client.get(f"/p/{product.pk}/card/")
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
    assert response["Cache-Control"] == "public, max-age=60"
    assert "Cookie" not in response.get("Vary", "")
    assert response.cookies.keys() == set()


def test_other_pages_stay_unframed(client, product):
    response = client.get(product.get_absolute_url())
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert (response["X-Frame-Options"], "Cookie" in response["Vary"]) == ("DENY", True)


def test_it_speaks_the_channels_language(client, product, channel):
    type(channel).objects.update(language="fa")
    assert '<html lang="fa" dir="rtl">' in client.get(f"/p/{product.pk}/card/").content.decode()


def test_what_is_gone_says_so(client, product):
    Product.objects.update(is_listed=False)
    response = client.get(f"/p/{product.pk}/card/")
    assert (response.status_code, "No longer for sale" in response.content.decode()) == (410, True)


def test_oembed_describes_it(client, product):
    address = settings.SITE_URL + product.get_absolute_url()
    said = client.get("/oembed/", {"url": address, "maxwidth": "300"}).json()
    assert (said["type"], said["title"], said["width"]) == ("rich", "Teal <teapot>", 300)
    assert f'src="{settings.SITE_URL}/p/{product.pk}/card/"' in said["html"]
    assert "<teapot>" not in said["html"]


@pytest.mark.parametrize("url", ["", "https://evil.example/p/1/", "/p/1/", settings.SITE_URL + "/channels/"])
def test_oembed_knows_only_our_products(client, product, url):
    assert client.get("/oembed/", {"url": url}).status_code == 404


def test_oembed_speaks_json_only(client, product):
    assert client.get("/oembed/", {"url": "x", "format": "xml"}).status_code == 501


def test_the_product_page_names_it(client, product):
    page = client.get(product.get_absolute_url()).content.decode()
    address = page.split('type="application/json+oembed"')[1].split('href="')[1].split('"')[0]
    assert client.get(address).json()["title"] == "Teal <teapot>"
