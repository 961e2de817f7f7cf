"""The seller's desk: nothing typed or uploaded is lost on the way."""

import dataclasses
import datetime as dt
import io
import re
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from core.models import Picture
from sellers import services as sellers
from sellers.forms import sign
from sellers.models import Channel, ChannelMember, Follow, Post
from tests.conftest import signed_in
from tests.factories import make_category, make_channel, make_picture, make_post, make_product_post, make_user

HTMX = {"HX-Request": "true"}


def jpeg(name: str = "jar.jpg") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 75), "teal").save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def tokens(response, name: str = "photo") -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+)"', response.content.decode())


@pytest.fixture
def dresses(db):
    return make_category(slug="dresses", attributes=["color", "size", "fit"])


@pytest.fixture
def product(dresses) -> dict[str, object]:
    """What a person types for a product."""
    return {
        "action": "publish",
        "title": "Linen dress",
        "text": "Cut on the bias",
        "category": dresses.pk,
        "condition": "new",
        "availability": "stock",
        "stock": "3",
        "price": "38",
        "variants": "0",
    }


# --- opening a channel

OPENING = {
    "name": "Leaf Street",
    "handle": "leaf_street",
    "tagline": "Plants for dark rooms",
    "city": "Portland",
    "market": "us",
    "language": "en",
    "hue": "4",
}


def test_opening_makes_a_channel_that_waits_for_staff(shopper_client, shopper):
    response = shopper_client.post("/dashboard/open/", OPENING | {"avatar_file": jpeg(), "cover_file": jpeg()})
    channel = Channel.objects.get()
    assert response.headers["location"] == "/dashboard/leaf_street/opened/"
    assert (channel.state, channel.hue, channel.market) == ("pending", 4, "us")
    assert (channel.avatar is None, channel.cover is None) == (False, False)
    assert channel.members.get().person == shopper
    assert "Our staff look at it now" in shopper_client.get(response.headers["location"]).content.decode()


def test_opening_twice_makes_one_channel(shopper_client):
    first = shopper_client.post("/dashboard/open/", OPENING)
    second = shopper_client.post("/dashboard/open/", OPENING)
    assert first.headers["location"] == second.headers["location"]
    assert Channel.objects.count() == 1


def test_a_bad_opening_keeps_what_was_typed_and_uploaded(shopper_client, channel):
    response = shopper_client.post(
        "/dashboard/open/", OPENING | {"handle": channel.handle, "avatar_file": jpeg()}, headers=HTMX
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert page.lstrip().startswith("<form")
    assert "This handle is taken. Choose another one." in page
    assert 'value="Plants for dark rooms"' in page
    (token,) = tokens(response, "avatar")
    again = shopper_client.post("/dashboard/open/", OPENING | {"avatar": token})
    assert again.status_code == 302
    assert Channel.objects.get(handle="leaf_street").avatar == Picture.objects.get()


def test_a_file_that_is_no_picture_is_named(shopper_client):
    response = shopper_client.post(
        "/dashboard/open/", OPENING | {"avatar_file": SimpleUploadedFile("cv.pdf", b"%PDF-1.7")}
    )
    assert response.status_code == 422
    assert "cv.pdf: This is not a picture we can read." in response.content.decode()
    assert Channel.objects.count() == 0


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"handle": "leaf_street"}, "@leaf_street is free."),
        ({"handle": "Saffron_Clay"}, "This handle is taken. Choose another one."),
        ({"handle": "open"}, "This handle is kept for the house. Choose another one."),
        ({"name": "Leaf Street", "handle": "", "suggested": ""}, 'value="leaf_street"'),
        ({"name": "Leaf Lane", "handle": "leaf_street", "suggested": "leaf_street"}, 'value="leaf_lane"'),
    ],
)
def test_the_address_is_checked_while_typing(shopper_client, channel, query, words):
    response = shopper_client.get("/dashboard/open/handle/", query, headers=HTMX)
    assert words in response.content.decode()


def test_a_typed_address_is_not_overwritten_by_a_new_name(shopper_client):
    query = {"name": "Leaf Lane", "handle": "mine", "suggested": "leaf_street"}
    assert "leaf_lane" not in shopper_client.get("/dashboard/open/handle/", query, headers=HTMX).content.decode()


def test_home_leads_to_the_only_channel_and_lists_several(seller_client, seller, channel):
    assert seller_client.get("/dashboard/").headers["location"] == "/dashboard/saffron_clay/"
    make_channel(owner=seller, handle="second_one", name="Second")
    page = seller_client.get("/dashboard/").content.decode()
    assert re.findall(r'class="tile hue-\d+" href="([^"]+)"', page) == [
        "/dashboard/saffron_clay/",
        "/dashboard/second_one/",
    ]


# --- writing posts


def test_a_product_is_published_with_its_pictures_in_order(seller_client, channel, product):
    response = seller_client.post(
        f"/dashboard/{channel.handle}/posts/new/",
        product | {"photo_files": [jpeg("a.jpg"), jpeg("b.jpg")], "attr-color": "teal"},
    )
    post = Post.objects.get()
    assert response.headers["location"] == f"/dashboard/{channel.handle}/posts/"
    assert (post.state, post.text, post.product.title) == ("published", "Cut on the bias", "Linen dress")
    assert (post.product.price_minor, post.product.stock, post.product.attributes) == (3800, 3, {"color": "teal"})
    assert [kept.position for kept in post.pictures.order_by("pk")] == [0, 1]


def test_a_bad_file_is_named_and_the_good_ones_stay(seller_client, channel, product):
    response = seller_client.post(
        f"/dashboard/{channel.handle}/posts/new/",
        product | {"photo_files": [jpeg("a.jpg"), SimpleUploadedFile("b.heic", b"??")]},
        headers=HTMX,
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert page.lstrip().startswith('<form class="form" id="editor"')
    assert "b.heic: This is not a picture we can read. Send a JPEG, PNG or WebP." in page
    assert 'value="Linen dress"' in page
    (token,) = tokens(response)
    again = seller_client.post(
        f"/dashboard/{channel.handle}/posts/new/", product | {"photo": token, "photo_alt": "A dress"}
    )
    assert again.status_code == 302
    assert [(kept.picture, kept.alt) for kept in Post.objects.get().pictures.all()] == [
        (Picture.objects.get(), "A dress")
    ]


def test_an_eleventh_picture_is_named(seller_client, seller, channel, product):
    kept = [sign(make_picture(), seller.pk) for _ in range(10)]
    response = seller_client.post(
        f"/dashboard/{channel.handle}/posts/new/", product | {"photo": kept, "photo_files": jpeg("eleven.jpg")}
    )
    assert "eleven.jpg: a post has at most 10 pictures." in response.content.decode()
    assert len(tokens(response)) == 10


def test_a_product_without_a_picture_stays_a_form(seller_client, channel, product):
    response = seller_client.post(f"/dashboard/{channel.handle}/posts/new/", product)
    assert response.status_code == 422
    assert "A product needs at least one picture." in response.content.decode()
    assert Post.objects.count() == 0


def test_one_form_sent_twice_makes_one_post(seller_client, channel):
    url = f"/dashboard/{channel.handle}/posts/new/?kind=text"
    token = re.search(r'name="token" value="(\w+)"', seller_client.get(url).content.decode())[1]
    answers = [seller_client.post(url, {"action": "publish", "text": "Kiln day", "token": token}) for _ in "12"]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Post.objects.count() == 1


def test_a_refused_form_may_be_sent_again(seller_client, channel):
    url = f"/dashboard/{channel.handle}/posts/new/?kind=text"
    assert seller_client.post(url, {"action": "publish", "text": "", "token": "t1"}).status_code == 422
    assert seller_client.post(url, {"action": "publish", "text": "Now", "token": "t1"}).status_code == 302
    assert Post.objects.get().text == "Now"


@pytest.mark.parametrize(("market", "zone"), [("us", "America/New_York"), ("ir", "Asia/Tehran")])
def test_scheduling_is_on_the_clock_of_the_market(seller, seller_client, market, zone):
    channel = make_channel(owner=seller, handle="clock_house", market=market)
    tomorrow = (timezone.now() + dt.timedelta(days=1)).date()
    url = "/dashboard/clock_house/posts/new/?kind=text"
    page = seller_client.get(url).content.decode()
    assert f"On the clock of {zone.split('/')[1].replace('_', ' ')}." in page
    seller_client.post(url, {"action": "schedule", "text": "Soon", "publish_at": f"{tomorrow}T09:30"})
    post = channel.posts.get()
    assert post.state == "scheduled"
    assert post.publish_at == dt.datetime.combine(tomorrow, dt.time(9, 30), ZoneInfo(zone))


def test_scheduling_without_a_time_says_so(seller_client, channel):
    response = seller_client.post(
        f"/dashboard/{channel.handle}/posts/new/?kind=text", {"action": "schedule", "text": "Soon"}
    )
    assert response.status_code == 422
    assert "Choose a day and a time." in response.content.decode()


def test_variants_are_made_from_ticks_without_scripts(seller_client, seller, channel, product):
    url = f"/dashboard/{channel.handle}/posts/new/"
    photo = {"photo": sign(make_picture(), seller.pk)}
    asked = seller_client.post(url, product | photo | {"action": "combine", "vary-size": ["s", "m"]})
    page = asked.content.decode()
    assert asked.status_code == 200
    assert re.findall(r'name="variant\d-key" value="([^"]+)"', page) == ["size=s", "size=m"]
    assert "aria-invalid" not in page
    rows = {
        "variants": "2",
        "vary-size": ["s", "m"],
        "variant0-key": "size=s",
        "variant0-stock": "2",
        "variant1-key": "size=m",
        "variant1-price": "45",
        "variant1-stock": "0",
    }
    assert seller_client.post(url, product | photo | rows).status_code == 302
    saved = Post.objects.get().product
    assert [(one.options, one.price_minor, one.stock) for one in saved.variants.order_by("position")] == [
        ({"size": "s"}, None, 2),
        ({"size": "m"}, 4500, 0),
    ]
    assert (saved.price_minor, saved.stock) == (3800, 2)


def test_parts_of_the_form_come_alone_under_htmx(seller_client, channel, product):
    address = f"/dashboard/{channel.handle}/posts/"
    details = seller_client.post(f"{address}details/", product | {"attr-fit": "Loose"}, headers=HTMX).content.decode()
    assert details.lstrip().startswith('<div class="stack gap-5" id="details">')
    assert 'name="attr-fit" value="Loose"' in details
    rows = seller_client.post(f"{address}variants/", product | {"vary-size": "m"}, headers=HTMX).content.decode()
    assert rows.lstrip().startswith('<div class="stack gap-3" id="variants">')
    assert 'value="size=m"' in rows
    strip = seller_client.post(f"{address}pictures/", product | {"photo_files": jpeg()}, headers=HTMX)
    assert strip.content.decode().lstrip().startswith('<fieldset class="fieldset" id="photos"')
    assert len(tokens(strip)) == 1


# --- editing


def test_an_edit_changes_the_post_and_keeps_what_was(seller_client, seller, channel, dresses, product):
    post = make_product_post(channel, title="Old dress", category=dresses, text="Old words")
    photo = {"photo": sign(post.pictures.get().picture, seller.pk)}
    url = f"/dashboard/{channel.handle}/posts/{post.pk}/"
    assert 'value="Old dress"' in seller_client.get(url).content.decode()
    assert seller_client.post(url, product | photo | {"action": "save", "version": "1"}).status_code == 302
    post = Post.objects.get()
    assert (post.text, post.version, post.product.title, post.state) == (
        "Cut on the bias",
        2,
        "Linen dress",
        "published",
    )
    history = seller_client.get(f"{url}history/").content.decode()
    assert re.findall(r'<h2 class="name"[^>]*>([^<]+)', history) == ["Linen dress", "Old dress"]


def test_an_edit_that_came_late_shows_both_and_loses_nothing(seller_client, seller, channel):
    post = make_post(channel, text="First")
    sellers.edit_post(post=post, by=seller, expected_version=1, text="Theirs", pictures=[])
    url = f"/dashboard/{channel.handle}/posts/{post.pk}/"
    response = seller_client.post(url, {"action": "save", "text": "Mine", "version": "1"}, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Somebody saved this post while you were writing" in page
    assert '<p class="pre" dir="auto">Theirs</p>' in page
    assert re.search(r"<textarea[^>]*>\s*Mine</textarea>", page)
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    assert seller_client.post(url, {"action": "save", "text": "Mine", "version": version}).status_code == 302
    assert (Post.objects.get().text, Post.objects.get().version) == ("Mine", 3)


def test_a_draft_is_edited_and_published_at_once(seller_client, channel):
    post = make_post(channel, text="First", publish="draft")
    seller_client.post(
        f"/dashboard/{channel.handle}/posts/{post.pk}/", {"action": "publish", "text": "Second", "version": "1"}
    )
    post.refresh_from_db()
    assert (post.state, post.text) == ("published", "Second")


def test_publishing_that_is_refused_keeps_the_edit_out_too(seller_client, channel, dresses, product):
    post = make_product_post(channel, category=dresses, publish="draft", pictures=0, title="Bare")
    url = f"/dashboard/{channel.handle}/posts/{post.pk}/"
    response = seller_client.post(url, product | {"version": "1"})
    assert response.status_code == 422
    assert "A product needs at least one picture." in response.content.decode()
    post.refresh_from_db()
    assert (post.state, post.version, post.product.title) == ("draft", 1, "Bare")


def test_rows_publish_archive_restore_and_delete(seller_client, channel):
    post = make_post(channel, publish="draft")
    address = f"/dashboard/{channel.handle}/posts/{post.pk}/"

    def press(button: str, **values: str) -> str:
        seller_client.post(f"{address}{button}/", values)
        return Post.objects.get(pk=post.pk).state

    soon = f"{timezone.now() + dt.timedelta(days=1):%Y-%m-%dT%H:%M}"
    assert press("schedule", publish_at=soon) == "scheduled"
    assert press("unschedule") == "draft"
    assert press("publish") == "published"
    assert press("archive") == "archived"
    assert press("restore") == "published"
    assert press("delete") == "published"  # only what was never public goes for good
    draft = make_post(channel, publish="draft")
    seller_client.post(f"/dashboard/{channel.handle}/posts/{draft.pk}/delete/")
    assert list(Post.objects.values_list("pk", flat=True)) == [post.pk]


def test_a_row_answers_htmx_with_itself_and_a_word(seller_client, channel):
    post = make_post(channel, publish="draft")
    url = f"/dashboard/{channel.handle}/posts/{post.pk}/publish/"
    page = seller_client.post(url, headers=HTMX).content.decode()
    assert page.lstrip().startswith(f'<li id="post-{post.pk}">')
    assert re.findall(r'class="badge (state-\w+)"', page) == ["state-published"]
    assert "Published." in page
    assert "another state" in said(seller_client.post(url))[0] or Post.objects.get().state == "published"


def test_a_row_opens_to_what_can_be_done(seller_client, channel):
    draft, published = make_post(channel, publish="draft"), make_post(channel)
    address = f"/dashboard/{channel.handle}/posts/"

    def forms_of(post: Post, **headers: str) -> list[str]:
        page = seller_client.get(f"{address}{post.pk}/actions/", headers=headers).content.decode()
        return re.findall(rf'action="{address}{post.pk}/(\w+)/"', page)

    assert forms_of(draft) == forms_of(draft, **HTMX) == ["publish", "schedule", "delete"]
    assert forms_of(published, **HTMX) == ["archive"]
    closed = seller_client.get(f"{address}{draft.pk}/actions/?close=1", headers=HTMX).content.decode()
    assert "<form" not in closed


def test_a_kept_row_follows_every_change(seller, seller_client, channel, dresses):
    thing = make_product_post(channel, title="Linen dress", category=dresses, stock=2)
    url = f"/dashboard/{channel.handle}/posts/"

    def shown() -> list[str]:
        return re.findall(
            r'<span(?: class="[^"]*")?>(?:<b class="out">)?([^<]+)',
            seller_client.get(url).content.decode().partition('<p class="meta">')[2],
        )[:3]

    assert shown() == ["Published", "$38", "2 in stock"]
    data = dataclasses.replace(sellers.data_of(thing.product), price_minor=4200, stock=0)
    pictures = [(kept.picture, "") for kept in thing.pictures.all()]
    sellers.edit_post(post=thing, by=seller, expected_version=1, text="", pictures=pictures, product=data)
    assert shown() == ["Published", "$42", "Sold out"]
    sellers.archive_post(post=thing, by=seller)
    assert shown() == ["Archived", "$42", "Sold out"]


def test_a_full_list_is_light(seller_client, channel, dresses):
    for number in range(24):
        make_product_post(channel, title=f"A dress of linen, number {number}", category=dresses)
    assert len(seller_client.get(f"/dashboard/{channel.handle}/posts/").content) < 30_000


def test_a_row_goes_back_to_where_one_was(seller_client, channel):
    post = make_post(channel)
    url = f"/dashboard/{channel.handle}/posts/{post.pk}/archive/"
    back = f"/dashboard/{channel.handle}/posts/?state=published"
    assert seller_client.post(url, {"next": back}).headers["location"] == back
    away = seller_client.post(url, {"next": "https://evil.example/"})
    assert away.headers["location"] == f"/dashboard/{channel.handle}/posts/"


# --- lists


def titles(page: str) -> list[str]:
    return re.findall(r"<h3[^>]*><a[^>]*>([^<]+)</a>", page)


def test_posts_are_filtered_and_searched(seller_client, channel, dresses):
    make_product_post(channel, title="Linen dress", category=dresses, stock=0)
    make_product_post(channel, title="Wool coat", category=dresses, publish="draft", pictures=0)
    make_post(channel, text="Kiln day")
    list_url = f"/dashboard/{channel.handle}/posts/"

    def shown(**query: str) -> list[str]:
        return titles(seller_client.get(list_url, query).content.decode())

    assert shown() == ["Kiln day", "Wool coat", "Linen dress"]
    assert shown(state="draft") == ["Wool coat"]
    assert shown(kind="product") == ["Wool coat", "Linen dress"]
    assert shown(kind="text") == ["Kiln day"]
    assert shown(q="linen") == ["Linen dress"]
    assert shown(todo="sold-out") == ["Linen dress"]
    assert shown(todo="picture") == ["Wool coat"]
    assert shown(state="nonsense", after="zz") == ["Kiln day", "Wool coat", "Linen dress"]


def test_posts_grow_by_show_more(seller_client, channel):
    posts = [make_post(channel, text=f"Post {n}") for n in range(26)]
    page = seller_client.get(f"/dashboard/{channel.handle}/posts/").content.decode()
    more = re.search(r'hx-get="(\?after=[^"]+)"', page)[1]
    rest = seller_client.get(f"/dashboard/{channel.handle}/posts/{more}", headers=HTMX).content.decode()
    assert titles(page) + titles(rest) == [post.text for post in reversed(posts)]
    assert "data-load-more" not in rest


def count_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_a_constant_number_of_queries(seller_client, seller, channel, dresses, count):
    for _ in range(count):
        make_product_post(channel, category=dresses)
        Follow.objects.create(channel=channel, person=make_user(avatar=make_picture()))
        ChannelMember.objects.create(channel=channel, person=make_user(), role="viewer")
    post = Post.objects.first()
    for n in range(count):
        sellers.edit_post(
            post=Post.objects.get(pk=post.pk),
            by=seller,
            expected_version=n + 1,
            text=f"Words {n}",
            pictures=[(kept.picture, "") for kept in post.pictures.all()],
            product=sellers.data_of(post.product),
        )
    desk = f"/dashboard/{channel.handle}/"
    seller_client.get(f"{desk}posts/")  # the category tree is read once a process
    assert [count_queries(seller_client, desk + page) for page in ("posts/", "followers/", "team/", "")] == [
        3,
        3,
        3,
        10,
    ]
    assert count_queries(seller_client, f"{desk}posts/{post.pk}/history/") == 5


# --- home


def test_home_says_what_needs_the_seller(seller_client, channel, dresses):
    make_product_post(channel, category=dresses, stock=0)
    make_product_post(channel, category=dresses, pictures=0, publish="draft")
    Follow.objects.create(channel=channel, person=make_user())
    Channel.objects.filter(pk=channel.pk).update(follower_count=41)
    page = seller_client.get(f"/dashboard/{channel.handle}/").content.decode()
    todo = page[page.index('<ul class="todo">') :]
    assert re.findall(r"<h3>([^<]+)</h3>", todo[: todo.index("</ul>")]) == [
        "1 product without a picture",
        "1 product sold out",
        "1 draft",
        "The channel lacks something",
    ]
    assert re.search(r'class="chart"[^>]*aria-label="Followers: 40 on [^"]+, 41 on [^"]+\."', page)


# --- settings, team


def test_settings_are_saved_and_bad_ones_come_back(seller_client, seller, channel):
    url = f"/dashboard/{channel.handle}/settings/"
    typed = {"name": "Saffron", "tagline": "Pots", "city": "Rasht", "language": "en", "hue": "7", "delivery": "By post"}
    kept = {"avatar": sign(make_picture(), seller.pk)}
    bad = seller_client.post(url, typed | kept | {"public_email": "not an address"}, headers=HTMX)
    assert bad.status_code == 422
    assert bad.content.decode().lstrip().startswith('<form class="form hue-form panel" id="settings"')
    assert tokens(bad, "avatar") == [kept["avatar"]]
    assert seller_client.post(url, typed | kept | {"public_phone": "۰۲۱۱۲۳۴۵"}).status_code == 302
    channel.refresh_from_db()
    assert (channel.name, channel.hue, channel.delivery, channel.public_phone) == ("Saffron", 7, "By post", "02112345")
    assert (channel.avatar is None, channel.handle) == (False, "saffron_clay")
    seller_client.post(url, typed | kept | {"avatar_remove": "1"})
    channel.refresh_from_db()
    assert channel.avatar is None


def test_holiday_begins_and_ends(seller_client, channel):
    url = f"/dashboard/{channel.handle}/settings/holiday/"
    for away, state in (("1", "holiday"), ("1", "holiday"), ("", "open")):
        seller_client.post(url, {"away": away})
        channel.refresh_from_db()
        assert channel.state == state


def test_the_owner_runs_the_team(seller_client, channel, shopper):
    url = f"/dashboard/{channel.handle}/team/"
    nobody = seller_client.post(f"{url}add/", {"person": "nobody@example.com", "role": "agent"}, headers=HTMX)
    assert nobody.status_code == 422
    assert "Nobody with this address or number has an account yet." in nobody.content.decode()
    assert seller_client.post(f"{url}add/", {"person": "Shopper@example.com", "role": "agent"}).status_code == 302
    member = channel.members.get(person=shopper)
    assert member.role == "agent"
    seller_client.post(f"{url}{member.pk}/role/", {"role": "manager"})
    assert channel.members.get(person=shopper).role == "manager"
    seller_client.post(f"{url}{member.pk}/role/", {"role": "owner"})
    assert channel.members.get(person=shopper).role == "manager"
    seller_client.post(f"{url}{member.pk}/hand-over/")
    assert channel.members.get(person=shopper).role == "owner"


def test_a_viewer_leaves_but_removes_nobody(house):
    client = signed_in(house["people"]["viewer"])
    own = house["channel"].members.get(person=house["people"]["viewer"])
    team = f"/dashboard/{house['channel'].handle}/team/"
    assert client.post(f"{team}{house['member'].pk}/remove/").status_code == 404
    assert client.post(f"{team}{own.pk}/remove/").headers["location"] == "/dashboard/"
    assert not ChannelMember.objects.filter(pk=own.pk).exists()


def test_an_agent_sees_no_buttons_to_edit(house):
    make_post(house["channel"])
    client, address = signed_in(house["people"]["agent"]), f"/dashboard/{house['channel'].handle}/posts/"
    for page in (address, f"{address}{house['post'].pk}/actions/", f"{address}{house['post'].pk}/preview/"):
        shown = client.get(page).content.decode()
        assert re.findall(r"/posts/(?:new|\d+|\d+/(?:publish|archive|delete|schedule))/(?=\")", shown) == []


def test_a_draft_channel_is_sent_to_staff(seller, seller_client):
    channel = make_channel(owner=seller, handle="late_house", state="draft")
    seller_client.post("/dashboard/late_house/submit/")
    channel.refresh_from_db()
    assert channel.state == "pending"


def test_what_a_seller_searches_stays_out_of_the_shops_search(seller_client, channel):
    page = seller_client.get(f"/dashboard/{channel.handle}/posts/", {"q": "clay lid"}).content.decode()
    assert page.count('value="clay lid"') == 1  # the desk's own field
