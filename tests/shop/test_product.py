"""The product page and the ways from it to the seller."""

import dataclasses
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from sellers import services as sellers
from sellers.models import Category, Product
from sellers.selectors import forget_categories
from shop.guests import Visitor
from shop.models import RecentView
from shop.selectors import product as products
from tests.factories import make_category, make_channel, make_product_post

pytestmark = pytest.mark.django_db


def _product(channel, **fields) -> Product:
    return make_product_post(channel, **fields).product


def _json_ld(html: str) -> dict:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1])


def _variants() -> list[sellers.VariantData]:
    return [
        sellers.VariantData(options={"size": "s", "color": "teal"}, price_minor=3800, stock=3),
        sellers.VariantData(options={"size": "m", "color": "teal"}, price_minor=4200, stock=9),
        sellers.VariantData(options={"size": "s", "color": "red"}, price_minor=4000, stock=0),
        sellers.VariantData(options={"size": "m", "color": "red"}, price_minor=4400, stock=None),
    ]


def test_page_says_what_the_thing_is(client, channel):
    sellers.update_channel(channel=channel, by=channel.members.get().person, delivery="3 days", returns="14 days")
    thing = _product(
        channel,
        title="Teal teapot",
        compare_at_minor=4600,
        stock=3,
        text="Thrown by hand.\n#kiln",
        pictures=4,
        specifications={"Weight": "640 g"},
    )
    html = client.get(thing.get_absolute_url()).content.decode()

    assert html.count('<h1 lang="en" dir="auto">Teal teapot</h1>') == 1
    assert [f'href="#pic-{n}"' in html for n in range(1, 6)] == [True, True, True, True, False]
    assert ("Only 3 left" in html, "$46" in html, "3 days" in html, "14 days" in html) == (True, True, True, True)
    assert "Thrown by hand.<br>" in html
    assert '<td lang="en" dir="auto">640 g</td>' in html
    assert "csrfmiddlewaretoken" not in html


@pytest.mark.parametrize(
    ("stock", "words", "can_buy"),
    [(0, "Sold out", False), (None, "Made to order", True), (1, "Only 1 left", True), (60, "In stock: 60", True)],
)
def test_stock_is_told_as_it_is(client, channel, stock, words, can_buy):
    thing = _product(channel, stock=stock)
    html = client.get(thing.get_absolute_url()).content.decode()

    assert re.search(r'<span class="stock[^"]*">([^<]*)', html)[1] == words
    assert (reverse("chat:buy", args=[thing.pk]) in html) is can_buy


def test_another_name_in_the_address_leads_to_the_right_one(client, channel):
    thing = _product(channel, title="Teal teapot")

    answer = client.get(f"/p/{thing.pk}-old-name/?variant=7")
    assert (answer.status_code, answer["Location"]) == (302, f"/p/{thing.pk}-teal-teapot/?variant=7")
    assert client.get(f"/p/{thing.pk}/").status_code == 302


def test_persian_names_stand_in_the_address(client, channel):
    thing = _product(channel, title="قوری فیروزه‌ای")

    assert client.get(thing.get_absolute_url()).status_code == 200


def test_a_variant_has_its_own_price_and_stock(client, channel):
    thing = _product(channel, category=make_category(attributes=["size", "color"]), variants=_variants())
    chosen = thing.variants.get(options={"size": "m", "color": "teal"})
    html = client.get(f"{thing.get_absolute_url()}?variant={chosen.pk}").content.decode()

    assert re.findall(r'<p class="price[^>]*><span>([^<]*)', html)[:2] == ["$42", "$42"]
    assert '<span class="stock">In stock: 9</span>' in html
    assert f"{reverse('chat:buy', args=[thing.pk])}?variant={chosen.pk}" in html


def test_choosing_one_option_keeps_the_other(channel):
    thing = _product(channel, category=make_category(attributes=["size", "color"]), variants=_variants())
    by_options = {tuple(sorted(v.options.items())): v.pk for v in thing.variants.all()}
    chosen = thing.variants.get(options={"size": "m", "color": "teal"})
    offer = products.get_offer(thing, chosen.pk)

    reach = {o.slug: {c.value: (c.variant_id, c.is_current, c.is_gone) for c in o.choices} for o in offer.options}
    small_teal = by_options[("color", "teal"), ("size", "s")]
    medium_red = by_options[("color", "red"), ("size", "m")]
    assert reach == {
        "size": {"s": (small_teal, False, False), "m": (chosen.pk, True, False)},
        "color": {"teal": (chosen.pk, True, False), "red": (medium_red, False, False)},
    }


def test_htmx_gets_only_the_offer(client, channel):
    thing = _product(channel)
    html = client.get(thing.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()

    assert html.strip().startswith('<div class="stack gap-4" id="offer">')
    assert "<h1" not in html


def test_structured_data_cannot_leave_its_element(client, channel):
    thing = _product(channel, title="</script><b>&", text="</script><script>alert(1)</script>")
    html = client.get(thing.get_absolute_url()).content.decode()
    data = _json_ld(html)

    assert (data["name"], data["offers"]["price"], data["offers"]["priceCurrency"]) == ("</script><b>&", "38", "USD")
    assert data["offers"]["availability"] == "https://schema.org/InStock"
    assert "<script>alert" not in html


def test_structured_data_of_variants_spans_their_prices(client, channel):
    thing = _product(channel, category=make_category(attributes=["size", "color"]), variants=_variants())
    offers = _json_ld(client.get(thing.get_absolute_url()).content.decode())["offers"]

    assert (offers["@type"], offers["lowPrice"], offers["highPrice"], offers["offerCount"]) == (
        "AggregateOffer",
        "38",
        "44",
        4,
    )


def test_unlisted_is_for_the_team_alone(client, seller_client, rival_client, channel):
    draft = _product(channel, publish="draft")
    url = draft.get_absolute_url()

    statuses = [who.get(url).status_code for who in (client, rival_client, seller_client)]
    assert statuses == [404, 404, 200]
    assert "Only your team sees this page" in seller_client.get(url).content.decode()


def test_more_and_similar_leave_the_thing_itself_out(channel, rival_channel):
    leaf = make_category(attributes=["color"])
    thing = _product(channel, category=leaf, attributes={"color": "teal"})
    own = _product(channel, category=leaf)
    red = _product(rival_channel, category=leaf, attributes={"color": "red"})
    teal = _product(rival_channel, category=leaf, attributes={"color": "teal"})
    _product(rival_channel)

    assert products.get_neighbor_ids(thing.pk, thing.version) == ([own.pk], [teal.pk, red.pk])


def test_asking_and_buying_lead_guests_to_sign_in(client, channel):
    thing = _product(channel)
    for name in ("chat:ask", "chat:buy"):
        url = reverse(name, args=[thing.pk])
        assert client.get(url)["Location"] == f"{reverse('account_login')}?next={url}"


def test_being_seen_is_kept_once(shopper_client, shopper, channel):
    thing, other = _product(channel), _product(channel)
    for pk in (thing.pk, other.pk, thing.pk):
        assert shopper_client.post(reverse("shop:seen", args=[pk])).status_code == 204

    assert list(RecentView.objects.order_by("-seen_at").values_list("product_id", flat=True)) == [thing.pk, other.pk]


def test_nobody_marks_a_hidden_thing_as_seen(client, channel):
    assert client.post(reverse("shop:seen", args=[_product(channel, publish="draft").pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(client, shopper_client, channel, rival_channel, count, django_assert_num_queries):
    leaf = make_category(attributes=["color"])
    thing = _product(channel, category=leaf, pictures=count)
    for _ in range(count):
        _product(channel, category=leaf)
        _product(rival_channel, category=leaf)
    url = thing.get_absolute_url()
    client.get(url)  # cards, neighbors and the category tree are kept from now on

    # product, rows of the cards below
    with django_assert_num_queries(2):
        client.get(url)
    # besides: session and person, what may be shown to her, her hearts
    with django_assert_num_queries(5):
        shopper_client.get(url)


def test_holiday_is_said(client, rival):
    away = make_channel(owner=rival, state="holiday")
    page = client.get(_product(away).get_absolute_url()).content.decode()
    assert "This channel is on holiday" in page
    assert _json_ld(page)["offers"]["availability"] == "https://schema.org/OutOfStock"


def test_the_page_is_shared_among_guests_without_history(settings, channel):
    settings.GUEST_PAGE_SECONDS = 30
    thing = _product(channel, title="Teal teapot")
    url = thing.get_absolute_url()
    Client().get(url)
    Product.objects.filter(pk=thing.pk).update(title="Changed")

    assert "Teal teapot" in Client().get(url).content.decode()


def test_a_guests_heart_is_shown_to_her(client, channel):
    thing = _product(channel)
    client.post(f"{reverse('shop:save', args=[thing.pk])}?on=1")

    assert products.get_sight(Visitor(saves=(thing.pk,)), thing.pk).is_saved is True
    assert 'aria-pressed="true" aria-label="Save: ' in client.get(thing.get_absolute_url()).content.decode()


def test_a_kept_page_follows_every_change(client, shopper, shopper_client, seller, channel):
    thing = _product(channel, title="Teal teapot", price_minor=3800, stock=3)
    url = thing.get_absolute_url()

    def shown(who=client) -> tuple[str, ...]:
        html = who.get(url).content.decode()
        return (
            re.search(r'<p class="price[^>]*><span>([^<]*)', html)[1],
            re.search(r'<span class="stock[^"]*">([^<]*)', html)[1],
            re.search(r'id="seller-name"[^>]*><a [^>]*>([^<]*)', html)[1],
            *re.findall(r'aria-pressed="(\w+)"', html),  # heart and follow
        )

    assert shown() == shown(shopper_client) == ("$38", "Only 3 left", "Saffron &amp; Clay", "false", "false")
    sellers.save(person=shopper, product=thing)
    assert shown(shopper_client)[-2:] == ("true", "false")
    sellers.follow(person=shopper, channel=channel)
    assert (shown(shopper_client)[-2:], shown()[-2:]) == (("true", "true"), ("false", "false"))
    sellers.update_channel(channel=channel, by=seller, name="Clay & Saffron")
    sellers.edit_post(
        post=thing.post,
        by=seller,
        expected_version=1,
        text=thing.post.text,
        pictures=[(each.picture, each.alt) for each in thing.post.pictures.select_related("picture")],
        product=dataclasses.replace(sellers.data_of(thing), price_minor=4200, stock=0),
    )
    assert shown() == ("$42", "Sold out", "Clay &amp; Saffron", "false", "false")
    sellers.archive_post(post=thing.post, by=seller)
    assert client.get(url).status_code == 404


def test_a_kept_page_shows_its_picture_once_it_is_made(client, channel):
    thing = _product(channel, pictures=1)
    picture = thing.post.pictures.get().picture
    widths, picture.widths = picture.widths, []
    picture.save()
    before = client.get(thing.get_absolute_url()).content.decode()
    picture.widths = widths
    picture.save()

    assert (picture.key in before, picture.key in client.get(thing.get_absolute_url()).content.decode()) == (
        False,
        True,
    )


def test_a_kept_page_follows_its_category(client, channel):
    category = make_category(name="Mugs")
    thing = _product(channel, category=category)
    before = client.get(thing.get_absolute_url()).content.decode()
    Category.objects.filter(pk=category.pk).update(names={"en": "Cups with ears"})
    forget_categories()

    assert ("Mugs" in before, "Cups with ears" in before) == (True, False)
    assert "Cups with ears" in client.get(thing.get_absolute_url()).content.decode()
