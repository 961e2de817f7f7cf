"""What a guest does without an account, and that it survives her joining."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.signals import guest_joined
from sellers import services as sellers
from sellers.models import Follow, Save
from shop import guests
from shop.models import RecentView
from shop.selectors import person as persons
from tests.factories import PASSWORD, make_channel, make_product_post

pytestmark = pytest.mark.django_db


def _save(client: Client, pk: int, on: bool = True) -> None:
    assert client.post(f"{reverse('shop:save', args=[pk])}?on={on:d}").status_code == 302


def _follow(client: Client, handle: str, on: bool = True) -> None:
    assert client.post(f"{reverse('shop:follow', args=[handle])}?on={on:d}").status_code == 302


def test_looking_around_makes_no_session(client, channel):
    product = make_product_post(channel).product
    for url in ("/feed/", "/saved/", "/me/", "/following/", product.get_absolute_url(), channel.get_absolute_url()):
        assert client.get(url).status_code == 200
    assert "sessionid" not in client.cookies


def test_saves_and_follows_live_in_the_session(client, channel):
    first, second = (make_product_post(channel).product for _ in range(2))
    for pk in (first.pk, second.pk, first.pk):
        _save(client, pk)
    _follow(client, channel.handle)

    key = client.session[guests.KEY]["key"]
    assert client.session[guests.KEY] == {"key": key, "saves": [first.pk, second.pk], "follows": [channel.pk]}
    _save(client, first.pk, on=False)
    _follow(client, channel.handle, on=False)
    assert client.session[guests.KEY] == {"key": key, "saves": [second.pk], "follows": []}


def test_a_guest_sees_what_she_kept(client, channel):
    product = make_product_post(channel, title="Teal teapot").product
    _save(client, product.pk)
    _follow(client, channel.handle)

    assert "Teal teapot" in client.get("/saved/").content.decode()
    assert "Saffron &amp; Clay" in client.get("/following/").content.decode()


def test_looks_are_kept_and_cleared(client, channel):
    first, second = (make_product_post(channel).product for _ in range(2))
    for pk in (first.pk, second.pk, first.pk):
        client.post(reverse("shop:seen", args=[pk]))
    seen = [pk for pk, _at in client.session[guests.KEY]["views"]]
    client.post(reverse("shop:forget_views"))

    assert seen == [first.pk, second.pk]
    assert client.session[guests.KEY]["views"] == []


def test_memory_is_bounded(rf):
    class Session(dict):
        """A session as far as guests need one."""

    from django.conf import settings

    request = rf.get("/")
    request.session = Session()
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    for pk in range(1, 300):
        guests.keep_save(request, product_id=pk, on=True)
        guests.keep_follow(request, channel_id=pk, on=True)
        guests.keep_view(request, product_id=pk)
    kept = request.session[guests.KEY]

    assert kept["saves"] == kept["follows"] == list(range(299, 99, -1))
    assert [pk for pk, _at in kept["views"]] == list(range(299, 249, -1))


def test_signing_up_keeps_everything_once(client, channel, mailoutbox, django_capture_on_commit_callbacks):
    products = [make_product_post(channel).product for _ in range(3)]
    for product in products[:2]:
        _save(client, product.pk)
        client.post(reverse("shop:seen", args=[product.pk]))
    _follow(client, channel.handle)
    client.post(reverse("account_signup"), {"display_name": "New", "contact": "new@example.com", "password1": PASSWORD})
    code = re.findall(r"(?<![\d#])\d{6}(?!\d)", mailoutbox[-1].body)[0]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("account_email_verification_sent"), {"action": "verify", "code": code})

    assert sorted(Save.objects.values_list("person__email", "product")) == [
        ("new@example.com", product.pk) for product in products[:2]
    ]
    assert list(Follow.objects.values_list("person__email", "channel")) == [("new@example.com", channel.pk)]
    assert sorted(RecentView.objects.values_list("product", flat=True)) == [product.pk for product in products[:2]]
    assert guests.KEY not in client.session
    assert client.get("/saved/").content.decode().count('<li class="product') == 2
    channel.refresh_from_db()
    assert channel.follower_count == 1


def test_joining_what_is_already_there_doubles_nothing(shopper, channel, rival_channel):
    known, new = (make_product_post(channel).product for _ in range(2))
    hidden = make_product_post(channel, publish="draft").product
    closed = make_channel(state="suspended")
    sellers.save(person=shopper, product=known)
    sellers.follow(person=shopper, channel=channel)
    now = timezone.now()
    guest = {
        "saves": [known.pk, new.pk, hidden.pk, 10**9],
        "follows": [channel.pk, rival_channel.pk, closed.pk],
        "views": [[known.pk, int(now.timestamp())], [known.pk, 5], [hidden.pk, 5], [new.pk, 60]],
    }
    for _ in range(2):
        guest_joined.send(sender=None, person=shopper, guest=guest)

    assert sorted(Save.objects.values_list("product", flat=True)) == [known.pk, new.pk]
    assert sorted(Follow.objects.values_list("channel", flat=True)) == [channel.pk, rival_channel.pk]
    assert persons.get_recent_ids(guests.Visitor(shopper.pk)) == [known.pk, new.pk]
    assert RecentView.objects.get(product=new).seen_at == dt.datetime(1970, 1, 1, 0, 1, tzinfo=dt.UTC)


def test_a_page_for_everybody_is_not_served_to_a_guest_with_history(settings, channel):
    settings.GUEST_PAGE_SECONDS = 30
    product = make_product_post(channel).product
    url = product.get_absolute_url()
    Client().get(url)
    guest = Client()
    guest.get(url)
    _save(guest, product.pk)

    assert 'aria-pressed="true" aria-label="Save: ' in guest.get(url).content.decode()
    assert 'aria-pressed="true" aria-label="Save: ' not in Client().get(url).content.decode()
