"""Hearts, follows, likes, and the pages about oneself."""

import re

import pytest
from django.urls import reverse

from sellers import services as sellers
from sellers.models import Follow, Like, Post, Save
from shop import history
from shop.guests import Visitor
from shop.models import RecentView
from shop.selectors import person as persons
from tests.factories import make_channel, make_post, make_product_post

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def _switch(name: str, *args, on: bool, style: str = "") -> str:
    return f"{reverse(name, args=args)}?on={on:d}{f'&as={style}' if style else ''}"


def test_pressing_twice_is_pressing_once(shopper, shopper_client, channel):
    post = make_product_post(channel)
    presses = [
        (_switch("shop:save", post.product.pk, on=True), Save),
        (_switch("shop:follow", channel.handle, on=True), Follow),
        (_switch("shop:like", channel.handle, post.pk, on=True), Like),
    ]
    for url, model in presses:
        for _ in range(2):
            assert shopper_client.post(url, headers=HTMX).status_code == 200
        assert model.objects.filter(person=shopper).count() == 1
    post.refresh_from_db()
    channel.refresh_from_db()
    assert (post.like_count, channel.follower_count) == (1, 1)


def test_taking_back_twice_is_taking_back_once(shopper, shopper_client, channel):
    post = make_product_post(channel)
    sellers.follow(person=shopper, channel=channel)
    sellers.like(person=shopper, post=post)
    sellers.save(person=shopper, product=post.product)
    for _ in range(2):
        shopper_client.post(_switch("shop:save", post.product.pk, on=False))
        shopper_client.post(_switch("shop:follow", channel.handle, on=False))
        shopper_client.post(_switch("shop:like", channel.handle, post.pk, on=False))

    post.refresh_from_db()
    channel.refresh_from_db()
    assert [model.objects.count() for model in (Save, Follow, Like)] == [0, 0, 0]
    assert (post.like_count, channel.follower_count) == (0, 0)


def test_htmx_gets_the_other_side_of_the_switch_and_a_toast(shopper_client, channel):
    product = make_product_post(channel, title="Teal teapot").product
    html = shopper_client.post(_switch("shop:save", product.pk, on=True), headers=HTMX).content.decode()

    assert re.findall(r'hx-post="([^"]*)"', html) == [f"/p/{product.pk}/save/?on=0"]
    assert ('aria-pressed="true"' in html, 'aria-label="Save: Teal teapot"' in html) == (True, True)
    assert '<div id="messages" hx-swap-oob="beforeend">' in html


@pytest.mark.parametrize(
    ("style", "css"), [("", "like"), ("like", "like"), ("icon-button", "icon-button"), ("x", "like")]
)
def test_a_heart_keeps_its_shape(shopper_client, channel, style, css):
    product = make_product_post(channel).product
    html = shopper_client.post(_switch("shop:save", product.pk, on=True, style=style), headers=HTMX).content.decode()

    assert re.match(r'\s*<a class="([^"]*)"', html)[1] == css


def test_unfollowing_can_be_undone(shopper, shopper_client, channel):
    sellers.follow(person=shopper, channel=channel)
    html = shopper_client.post(
        _switch("shop:follow", channel.handle, on=False, style="small"), headers=HTMX
    ).content.decode()
    undo = re.search(r'<form method="post" action="([^"]*)"', html)[1].replace("&amp;", "&")
    answer = shopper_client.post(undo, headers=HTMX).content.decode()

    assert Follow.objects.filter(person=shopper, channel=channel).count() == 1
    assert answer.strip().startswith('<div class="toast success"')
    assert '<a id="saffron_clayfollow" hx-swap-oob="true"' in answer


def test_mute_keeps_the_follow(shopper, shopper_client, channel):
    sellers.follow(person=shopper, channel=channel)
    html = shopper_client.post(
        _switch("shop:mute", channel.handle, on=True, style="page"), headers=HTMX
    ).content.decode()

    assert Follow.objects.get().is_muted is True
    assert ('id="follow-box"' in html, "Muted" in html, "?on=0&amp;as=page" in html) == (True, True, True)


def test_a_like_needs_a_person(client, channel):
    post = make_post(channel)
    url = _switch("shop:like", channel.handle, post.pk, on=True)
    by_htmx = client.post(url, headers=HTMX)

    assert by_htmx.status_code == 204
    assert by_htmx["HX-Redirect"] == client.post(url)["Location"]
    assert client.get(url)["Location"].startswith(f"{reverse('account_login')}?next=")
    assert Post.objects.get().like_count == 0


def test_without_scripts_a_small_page_asks_and_leads_back(shopper, shopper_client, channel):
    product = make_product_post(channel, title="Teal teapot").product
    url = _switch("shop:save", product.pk, on=True)
    page = shopper_client.get(url, headers={"Referer": "http://testserver/newest/?page=2"}).content.decode()
    back = re.search(r'name="next" value="([^"]*)"', page)[1]
    answer = shopper_client.post(re.search(r'method="post" action="([^"]*)"', page)[1], {"next": back})

    assert ("Save “Teal teapot”?" in page, "csrfmiddlewaretoken" in page) == (True, True)
    assert (answer.status_code, answer["Location"]) == (302, "/newest/?page=2")
    assert Save.objects.filter(person=shopper, product=product).count() == 1


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_is_ours(shopper_client, channel, elsewhere):
    product = make_product_post(channel).product
    url = _switch("shop:save", product.pk, on=True)
    page = shopper_client.get(url, headers={"Referer": elsewhere}).content.decode()

    assert re.search(r'name="next" value="([^"]*)"', page)[1] == product.get_absolute_url()
    assert shopper_client.post(url, {"next": elsewhere})["Location"] == product.get_absolute_url()


def test_pressing_without_end_is_stopped(shopper_client, channel):
    url = _switch("shop:save", make_product_post(channel).product.pk, on=True)
    statuses = [shopper_client.post(url, headers=HTMX).status_code for _ in range(121)]

    assert statuses == [200] * 120 + [429]


def test_hidden_things_have_no_switch(shopper_client, rival):
    closed = make_channel(owner=rival, state="suspended")
    post = make_product_post(closed)
    urls = [
        _switch("shop:save", post.product.pk, on=True),
        _switch("shop:follow", closed.handle, on=True),
        _switch("shop:mute", closed.handle, on=True),
        _switch("shop:like", closed.handle, post.pk, on=True),
    ]

    assert [shopper_client.post(url).status_code for url in urls] == [404, 404, 404, 404]


def test_saved_lists_the_last_first_and_hides_what_is_gone(shopper, shopper_client, seller, channel):
    posts = [make_product_post(channel, title=f"Thing {n}") for n in range(4)]
    for post in posts:
        sellers.save(person=shopper, product=post.product)
    sellers.archive_post(post=posts[1], by=seller)
    html = shopper_client.get(reverse("shop:saved")).content.decode()

    assert re.findall(r"<h3[^>]*><a[^>]*>(Thing \d)", html) == ["Thing 3", "Thing 2", "Thing 0"]
    assert "3 things" in html


def test_saved_goes_on_where_it_stopped(shopper, channel):
    ids = [make_product_post(channel).product for _ in range(5)]
    for product in ids:
        sellers.save(person=shopper, product=product)
    for visitor in (Visitor(shopper.pk), Visitor(saves=tuple(product.pk for product in reversed(ids)))):
        first = persons.get_saved_ids(visitor, limit=3)
        second = persons.get_saved_ids(visitor, first.next_cursor, limit=3)
        assert [*first.rows, *second.rows] == [product.pk for product in reversed(ids)]
        assert second.next_cursor == ""


@pytest.mark.parametrize("name", ["shop:saved", "shop:following"])
def test_cursors_nobody_gave_out_are_not_found(shopper_client, name):
    assert shopper_client.get(f"{reverse(name)}?after=zz").status_code == 404


def test_following_lists_channels_with_their_switches(shopper, shopper_client, channel, rival_channel):
    sellers.follow(person=shopper, channel=channel)
    sellers.follow(person=shopper, channel=rival_channel)
    sellers.mute(person=shopper, channel=channel)
    html = shopper_client.get(reverse("shop:following")).content.decode()

    switches = re.findall(r'hx-post="(/@\w+/(?:mute|follow)/\?on=\d)', html)
    assert switches == [
        "/@rival_house/mute/?on=1",
        "/@rival_house/follow/?on=0",
        "/@saffron_clay/mute/?on=0",
        "/@saffron_clay/follow/?on=0",
    ]


def test_me_of_a_guest_invites_her(client):
    html = client.get(reverse("shop:me")).content.decode()

    assert f'href="{reverse("account_signup")}?next=/me/"' in html
    assert f'href="{reverse("account_login")}?next=/me/"' in html
    assert "Sign out" not in html


def test_me_of_a_person_holds_her_own(shopper, shopper_client, seller_client, channel):
    html = shopper_client.get(reverse("shop:me")).content.decode()

    assert ('<h1 dir="auto">Sara</h1>' in html, "Sign out" in html, "Your channels" in html) == (
        True,
        True,
        False,
    )
    assert "Your channels" in seller_client.get(reverse("shop:me")).content.decode()


def test_history_is_shown_and_cleared(shopper, shopper_client, channel):
    for _ in range(2):
        shopper_client.post(reverse("shop:seen", args=[make_product_post(channel).product.pk]))
    shown = shopper_client.get(reverse("shop:me")).content.decode()
    answer = shopper_client.post(reverse("shop:forget_views"))

    assert shown.count('<li class="product') == 2
    assert (answer["Location"], RecentView.objects.count()) == (reverse("shop:me"), 0)
    assert "Recently viewed" not in shopper_client.get(reverse("shop:me")).content.decode()


def test_the_newest_fifty_looks_are_kept(shopper, channel):
    from django.utils import timezone

    ids = [make_product_post(channel, pictures=1).product.pk for _ in range(53)]
    for pk in ids:
        history.record_views(person=shopper, views=[(pk, timezone.now())])

    assert list(RecentView.objects.order_by("-seen_at", "-pk").values_list("product_id", flat=True)) == ids[:2:-1]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(shopper, shopper_client, count, django_assert_num_queries):
    for _ in range(count):
        channel = make_channel(owner=shopper)
        product = make_product_post(channel).product
        sellers.save(person=shopper, product=product)
        sellers.follow(person=shopper, channel=channel)
        shopper_client.post(reverse("shop:seen", args=[product.pk]))
    shopper_client.get(reverse("shop:me"))  # cards are kept from now on

    with django_assert_num_queries(7):  # session and person, 2 counts, own channels, views, rows of cards, hearts
        shopper_client.get(reverse("shop:me"))
    with django_assert_num_queries(5):  # session and person, saves, rows of cards, hearts, count
        shopper_client.get(reverse("shop:saved"))
    with django_assert_num_queries(2):  # session and person, follows
        shopper_client.get(reverse("shop:following"))
