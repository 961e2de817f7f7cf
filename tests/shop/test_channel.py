"""A channel's public pages."""

import dataclasses
import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from sellers import services as sellers
from shop.guests import Visitor
from shop.selectors import channel as channels
from shop.selectors import posts as post_rows
from tests.factories import make_channel, make_post, make_product_post

pytestmark = pytest.mark.django_db


def _ids(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="post-(\d+)"', html)]


def _spread(channel, count: int) -> list[int]:
    """Ids of ``count`` posts, newest first, one minute apart."""
    start = timezone.now() - dt.timedelta(days=1)
    posts = [make_post(channel, text=f"Post {n}", published_at=start + dt.timedelta(minutes=n)) for n in range(count)]
    return [post.pk for post in reversed(posts)]


def _walk(client, url: str, most: int = 20) -> list[int]:
    """Every post id reached by following Show more."""
    found = []
    while url and most:
        html = client.get(url, headers={"HX-Request": "true"}).content.decode()
        found += _ids(html)
        more = re.search(r'hx-get="([^"]*after=[^"]*)"', html)
        url, most = more[1] if more else "", most - 1
    return found


def test_stream_holds_each_post_once_newest_first(client, channel):
    ids = _spread(channel, 23)

    assert _walk(client, channel.get_absolute_url()) == ids


def test_posts_of_one_moment_are_all_there(client, channel):
    moment = timezone.now()
    ids = [make_post(channel, published_at=moment).pk for _ in range(12)]

    assert _walk(client, channel.get_absolute_url()) == ids[::-1]


def test_at_opens_the_stream_at_that_post(client, channel):
    ids = _spread(channel, 25)
    html = client.get(f"{channel.get_absolute_url()}?at={ids[15]}").content.decode()

    assert _ids(html) == ids[15:21]
    assert re.search(r'<article class="([^"]*)" id="post-(\d+)"', html).groups() == ("post hue-0 here", str(ids[15]))
    assert re.search(r'href="(\?at=\d+)"', html)[1] == f"?at={ids[9]}"


def test_near_the_top_newer_leads_to_the_channel_itself(client, channel):
    ids = _spread(channel, 5)
    visitor = Visitor()
    shown = channels.get_channel(visitor, channel.handle)

    newer = [channels.get_stream(shown, visitor, at=pk).newer for pk in ids]
    assert newer == [None, "?", "?", "?", "?"]
    assert client.get(f"{channel.get_absolute_url()}?at={ids[2]}").status_code == 200


@pytest.mark.parametrize(
    "query", ["?at=999999", "?at=x", "?after=nonsense", "?after=1.2.3", "?after=7fffffffffffffff.1", "?at=²"]
)
def test_addresses_nobody_gave_out_are_not_found(client, channel, query):
    assert client.get(f"{channel.get_absolute_url()}{query}").status_code == 404


def test_another_channels_post_is_not_in_this_stream(client, channel, rival_channel):
    other = make_post(rival_channel)

    assert client.get(f"{channel.get_absolute_url()}?at={other.pk}").status_code == 404
    assert client.get(reverse("shop:post", args=[channel.handle, other.pk])).status_code == 404


@pytest.mark.parametrize("state", ["draft", "pending", "suspended"])
def test_what_is_not_open_is_for_the_team_alone(client, seller, seller_client, rival_client, state):
    closed = make_channel(owner=seller, handle="closed_one", state=state)
    for name in ("shop:channel", "shop:display", "shop:about"):
        url = reverse(name, args=[closed.handle])
        assert [who.get(url).status_code for who in (client, rival_client, seller_client)] == [404, 404, 200]
    assert "Only your team sees this page" in seller_client.get(closed.get_absolute_url()).content.decode()


def test_a_channel_on_holiday_says_so(client, seller):
    away = make_channel(owner=seller, state="holiday")

    assert "This channel is on holiday" in client.get(away.get_absolute_url()).content.decode()


def test_capital_letters_in_a_handle_lead_to_the_channel(client, channel):
    answer = client.get("/@Saffron_Clay/")

    assert (answer.status_code, answer["Location"]) == (302, "/@saffron_clay/")


def test_a_post_shows_three_pictures_and_how_many_more(client, channel):
    post = make_post(channel, pictures=10)
    html = client.get(channel.get_absolute_url()).content.decode()
    page = client.get(post.get_absolute_url()).content.decode()

    assert (html.count("<img"), re.search(r'<span class="more"[^>]*>([^<]*)', html)[1]) == (3, "+7")
    assert len(re.findall(r'id="pic-\d+"', page)) == 10


def test_a_long_post_is_cut_in_the_stream_only(client, channel):
    post = make_post(channel, text="word " * 300 + "end")

    assert "Read on" in client.get(channel.get_absolute_url()).content.decode()
    assert "word end</div>" in client.get(post.get_absolute_url()).content.decode()


def test_display_shows_products_only_and_leads_to_their_posts(client, channel):
    make_post(channel, pictures=1)
    first = make_product_post(channel, title="Teal teapot", price_minor=3800)
    gone = make_product_post(channel, title="Ruby teapot", stock=0)
    html = client.get(reverse("shop:display", args=[channel.handle])).content.decode()

    tiles = re.findall(r'href="([^"]*\?at=[^"]*)" aria-label="([^"]*)"', html)
    url = channel.get_absolute_url()
    assert tiles == [
        (f"{url}?at={gone.pk}#post-{gone.pk}", "Ruby teapot, sold out"),
        (f"{url}?at={first.pk}#post-{first.pk}", "Teal teapot, $38"),
    ]


def test_display_goes_on_where_it_stopped(channel):
    ids = [make_product_post(channel).product.pk for _ in range(5)]
    shown = channels.get_channel(Visitor(), channel.handle)
    first = channels.get_tiles(shown, limit=3)
    second = channels.get_tiles(shown, first.next_cursor, limit=3)

    assert [tile.id for tile in [*first.rows, *second.rows]] == ids[::-1]
    assert second.next_cursor == ""


def test_about_shows_what_the_seller_published(client, seller):
    told = make_channel(
        owner=seller,
        about="Two sisters, one kiln.",
        public_email="mina@example.com",
        delivery="3 days",
        returns="never",
    )
    html = client.get(reverse("shop:about", args=[told.handle])).content.decode()

    assert ("Two sisters, one kiln." in html, 'href="mailto:mina@example.com"' in html) == (True, True)
    assert ("3 days" in html, "never" in html, "not checked by us yet" in html) == (True, True, True)
    assert seller.email not in html


def test_a_post_page_can_be_shared(client, channel):
    post = make_post(channel, text="The kiln <opened>", pictures=1)
    html = client.get(post.get_absolute_url()).content.decode()

    tags = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)"', html))
    assert (tags["title"], tags["type"]) == ("The kiln &lt;opened&gt;", "article")
    assert tags["image"].startswith("http://127.0.0.1:8000/media/pictures/")


def test_a_draft_post_is_for_the_team_alone(client, seller_client, rival_client, channel):
    url = make_post(channel, publish="draft").get_absolute_url()

    assert [who.get(url).status_code for who in (client, rival_client, seller_client)] == [404, 404, 200]


def test_an_archived_post_is_gone(client, channel, seller):
    post = make_post(channel)
    sellers.archive_post(post=post, by=seller)

    assert client.get(post.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(client, shopper_client, channel, count, django_assert_num_queries):
    for _ in range(count):
        make_product_post(channel, pictures=count)
        post = make_post(channel, pictures=2)
    url = channel.get_absolute_url()
    client.get(url)

    for address in (f"{url}?at={post.pk}", reverse("shop:display", args=[channel.handle])):
        client.get(address)

    with django_assert_num_queries(3):  # channel, posts, tiles
        client.get(url)
    with django_assert_num_queries(4):  # besides: session and person
        shopper_client.get(url)
    with django_assert_num_queries(5):  # besides: the post itself, the newer ones
        client.get(f"{url}?at={post.pk}")
    with django_assert_num_queries(2):
        client.get(reverse("shop:display", args=[channel.handle]))
    with django_assert_num_queries(1):
        client.get(reverse("shop:about", args=[channel.handle]))
    with django_assert_num_queries(3):
        client.get(post.get_absolute_url())


def test_rows_know_the_visitors_marks(channel, shopper):
    post = make_product_post(channel)
    sellers.like(person=shopper, post=post)
    sellers.save(person=shopper, product=post.product)
    posts = channel.posts.published()
    shown = channels.get_channel(Visitor(), channel.handle)

    for visitor, marks in (
        (Visitor(shopper.pk), (True, True)),
        (Visitor(), (False, False)),
        (Visitor(saves=(post.product.pk,)), (False, True)),
    ):
        rows = [*post_rows.get_rows(posts, visitor), *channels.get_stream(shown, visitor).page.rows]
        assert [(row.is_liked, row.is_saved) for row in rows] == [marks] * 2


def test_cached_pages_carry_no_token(client, channel):
    post = make_product_post(channel)
    urls = [channel.get_absolute_url(), post.get_absolute_url(), post.product.get_absolute_url()]

    assert [("csrfmiddlewaretoken" in client.get(url).content.decode()) for url in urls] == [False, False, False]


def test_a_kept_post_follows_every_change(client, shopper, shopper_client, seller, channel):
    post = make_product_post(channel, text="As it was", price_minor=3800)
    url = channel.get_absolute_url()

    def shown(who=client) -> tuple[str, str, str, str]:
        html = who.get(url).content.decode()
        stream = html[html.index('id="stream"') :]
        return (
            re.search(r'<div class="text"[^>]*>([^<]*)', stream)[1],
            re.search(r'<p class="price"><span>([^<]*)', stream)[1],
            re.search(r'<span class="num">([^<]*)', stream)[1],
            re.search(r'aria-pressed="(\w+)"', stream)[1],
        )

    assert shown() == ("As it was", "$38", "0", "false")
    sellers.like(person=shopper, post=post)
    data = dataclasses.replace(sellers.data_of(post.product), price_minor=4200)
    sellers.edit_post(
        post=post,
        by=seller,
        expected_version=1,
        text="As it is",
        pictures=[(each.picture, each.alt) for each in post.pictures.select_related("picture")],
        product=data,
    )

    assert shown() == ("As it is", "$42", "1", "false")
    assert shown(shopper_client) == ("As it is", "$42", "1", "true")


def test_a_kept_head_follows_every_change(client, shopper, shopper_client, seller, seller_client, channel):
    url = channel.get_absolute_url()

    def shown(who=client) -> tuple[str, str, str, bool]:
        html = who.get(url).content.decode()
        return (
            re.search(r'<h1><span lang="en" dir="auto">([^<]*)', html)[1],
            re.search(r'<b class="num">([^<]*)</b> follower', html)[1],
            re.search(r'id="follow-switch"[^>]*aria-pressed="(\w+)"', html)[1],
            "Manage" in html,
        )

    name = "Saffron &amp; Clay"
    assert shown() == shown(shopper_client) == (name, "0", "false", False)
    sellers.follow(person=shopper, channel=channel)
    assert (shown(shopper_client), shown()) == ((name, "1", "true", False), (name, "1", "false", False))
    sellers.mute(person=shopper, channel=channel)
    assert "Show in my feed again" in shopper_client.get(url).content.decode()
    sellers.update_channel(channel=channel, by=seller, name="Clay")
    assert (shown(), shown(seller_client)) == (("Clay", "1", "false", False), ("Clay", "1", "false", True))
