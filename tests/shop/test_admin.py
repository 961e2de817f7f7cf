"""Staff fill the showcase."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from shop.models import Showcase
from tests.factories import make_channel, make_product_post

URL = "/admin/shop/showcase/"


def _form(**fields) -> dict[str, str]:
    given = {"market": "us", "headline": "Look", "position": "0", "starts_at_0": "2026-01-01", "starts_at_1": "00:00"}
    return given | {key: str(value) for key, value in fields.items()}


def test_staff_add_a_promotion_with_a_picture(channel, staff_client: Client):
    post = make_product_post(channel)
    buffer = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(buffer, "PNG")
    upload = SimpleUploadedFile("teal.png", buffer.getvalue(), "image/png")
    answer = staff_client.post(f"{URL}add/", _form(product=post.product.pk) | {"upload": upload})
    assert answer.status_code == 302
    promo = Showcase.objects.get()
    assert (promo.seller, promo.picture.width, promo.shown_picture) == (channel, 300, promo.picture)


@pytest.mark.parametrize("both", [True, False])
def test_a_promotion_shows_exactly_one_thing(channel, staff_client: Client, both: bool):
    post = make_product_post(channel)
    fields = {"product": post.product.pk, "channel": channel.pk} if both else {}
    answer = staff_client.post(f"{URL}add/", _form(**fields))
    assert "Choose one product or one channel, not both." in answer.content.decode()
    assert Showcase.objects.count() == 0


def test_a_promotion_belongs_to_its_market(channel, staff_client: Client):
    answer = staff_client.post(f"{URL}add/", _form(channel=channel.pk, market="ir"))
    assert "sells in another market." in answer.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_says_what_shoppers_see(channel, staff_client: Client, django_assert_num_queries, count: int):
    now, day = timezone.now(), dt.timedelta(days=1)
    cases = [
        ({"channel": channel}, "shown now"),
        ({"channel": channel, "starts_at": now + day}, "later"),
        ({"channel": make_channel(state="pending")}, "hidden: its subject is not public"),
    ][:count]
    for fields, _words in cases:
        Showcase.objects.create(**{"market": "us", "headline": "Look", "starts_at": now - day} | fields)
    with django_assert_num_queries(6):
        page = staff_client.get(URL).content.decode()
    assert [page.count(f">{words}<") for _fields, words in cases] == [1] * count
