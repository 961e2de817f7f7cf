"""Things of one kind side by side."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from sellers.models import Product
from tests.factories import make_category, make_channel, make_product_post

pytestmark = pytest.mark.django_db
URL = "/compare/"


@pytest.fixture
def lamps(channel) -> list[Product]:
    kind = make_category(attributes=["material"])
    stuff = ["clay", "clay", "clay", "glass", "glass"]
    return [
        make_product_post(channel, title=f"Lamp {at}", category=kind, attributes={"material": of}, stock=5).product
        for at, of in enumerate(stuff)
    ]


def of(*products: Product) -> str:
    return f"{URL}?{'&'.join(f'p={product.pk}' for product in products)}"


def heads(html: str) -> list[str]:
    return re.findall(r'<a class="thing-link".*?dir="auto">([^<]*)</span></a>', html, re.DOTALL)


def rows(html: str) -> dict[str, tuple[bool, int]]:
    """Of each row its name, whether it says that it differs, and how many cells it has."""
    found = re.findall(
        r'<tr( class="differs")?><th scope="row"[^>]*>([^<]*?) ?(?:<span.*?)?</th>(.*?)</tr>', html, re.DOTALL
    )
    return {name: (bool(differs), len(re.findall("<td", cells))) for differs, name, cells in found}


def test_attributes_stand_side_by_side_and_differences_say_so_in_words(client, lamps):
    html = client.get(of(lamps[2], lamps[3])).content.decode()
    assert heads(html) == ["Lamp 2", "Lamp 3"]
    said = rows(html)
    assert (said["Material"], said["Stock"]) == ((True, 2), (False, 2))
    assert len(re.findall(r"differs</span>", html)) == sum(differs for differs, _cells in said.values())
    only = client.get(f"{of(lamps[2], lamps[3])}&only=1").content.decode()
    assert "Stock" not in rows(only)
    assert "Material" in rows(only)


@pytest.mark.parametrize(("count", "queries"), [(1, 2), (3, 2)])
def test_it_asks_a_constant_number_of_times(count, queries, client, lamps, django_assert_num_queries):
    client.get(of(*lamps[:count]))
    with django_assert_num_queries(queries):  # the things, what else could stand there
        client.get(of(*lamps[:count]))


def test_the_link_of_a_product_adds_to_what_was_compared_last(lamps):
    guest = Client()
    link = f"{URL}?with={lamps[0].pk}"
    assert f'href="{link}"' in guest.get(lamps[0].get_absolute_url()).content.decode()
    for at in range(4):
        answer = guest.get(f"{URL}?with={lamps[at].pk}")
        assert answer["Location"] == of(*lamps[: at + 1])
        guest.get(answer["Location"])
    assert guest.get(f"{URL}?with={lamps[1].pk}")["Location"] == of(lamps[0], lamps[2], lamps[3], lamps[1])
    assert guest.get(URL)["Location"] == of(*lamps[:4])
    assert "sessionid" not in guest.cookies


def test_a_fifth_asks_which_gives_way(client, lamps):
    client.get(of(*lamps[:4]))
    answer = client.get(f"{URL}?with={lamps[4].pk}")
    assert answer["Location"] == f"{of(*lamps[:4])}&new={lamps[4].pk}"
    html = client.get(answer["Location"]).content.decode()
    assert heads(html) == [f"Lamp {at}" for at in range(4)]
    replaced = of(lamps[0], lamps[4], lamps[2], lamps[3]).replace("&", "&amp;")
    assert f'href="{replaced}"' in html


def test_another_kind_begins_anew(client, lamps, channel):
    rug = make_product_post(channel, category=make_category(), title="Rug").product
    client.get(of(*lamps[:2]))
    page = client.get(f"{URL}?with={rug.pk}", follow=True)
    assert heads(page.content.decode()) == ["Rug"]
    assert "only things of one kind and market stand side by side" in page.content.decode()


def test_only_what_everybody_may_see_of_one_kind_and_market(client, lamps, channel):
    rug = make_product_post(channel, category=make_category(), title="Rug").product
    draft = make_product_post(channel, category=lamps[0].category, title="Draft", publish="draft").product
    abroad = make_product_post(make_channel(market="eu"), category=lamps[0].category, title="Abroad").product
    html = client.get(of(lamps[0], rug, draft, abroad, lamps[1])).content.decode()
    assert heads(html) == ["Lamp 0", "Lamp 1"]
    assert "no longer here, or of another kind" in html
    assert client.get(f"{URL}?with={draft.pk}").status_code == 404


def test_taking_out_and_replacing_are_links(client, lamps):
    html = client.get(of(*lamps[:2])).content.decode()
    assert f'href="{of(lamps[1])}" aria-label="Take “Lamp 0” out"' in html
    swapping = client.get(f"{of(*lamps[:2])}&swap={lamps[0].pk}").content.decode()
    assert "What stands in the place of “Lamp 0”?" in swapping
    assert f'href="{of(lamps[4], lamps[1]).replace("&", "&amp;")}"' in swapping
    assert "Nothing to compare yet" in client.get(f"{URL}?none").content.decode()


def test_what_one_looked_at_lately_comes_first(shopper_client, lamps):
    shopper_client.post(reverse("shop:seen", args=[lamps[2].pk]))
    html = shopper_client.get(of(lamps[4])).content.decode()
    assert re.findall(r'clip-2"[^>]*>([^<]*)<', html)[0] == "Lamp 2"


@pytest.mark.parametrize("words", ["p=", "p=x", "p=-1", f"p={'9' * 30}", "with=x", "p=1&swap=x", "p=1&new=x", "p=0"])
def test_made_up_addresses_do_no_harm(client, words):
    assert client.get(f"{URL}?{words}").status_code in {200, 404}
