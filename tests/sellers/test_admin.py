"""Staff's queue: decisions go through the services, lists cost the same for one row and for three."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from sellers import selectors
from sellers.models import Category, Channel, Post, Product
from tests import factories

pytestmark = pytest.mark.django_db
CHANNELS = "admin:sellers_channel_changelist"


def act(client, page: str, action: str, *chosen, **more):
    data = {"action": action, "_selected_action": [row.pk for row in chosen]} | more
    return client.post(reverse(page), data, follow=True)


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_staff_approve_from_the_queue(staff_client, staff):
    channels = [factories.make_channel(state="pending") for _ in range(2)]
    response = act(staff_client, CHANNELS, "approve", *channels)
    assert said(response) == ["2 channels changed."]
    assert list(Channel.objects.values_list("state", flat=True)) == ["open", "open"]
    assert channels[0].transitions.latest("pk").by == staff


def test_sending_back_needs_a_reason(staff_client):
    channel = factories.make_channel(state="pending", name="Kaf")
    assert said(act(staff_client, CHANNELS, "send_back", channel)) == ["Kaf: Write why: the seller reads it."]
    act(staff_client, CHANNELS, "send_back", channel, reason="Say what you sell.")
    channel.refresh_from_db()
    assert (channel.state, channel.transitions.latest("pk").reason) == ("draft", "Say what you sell.")


def test_suspending_hides_and_reopening_shows(staff_client, channel):
    factories.make_product_post(channel)
    act(staff_client, CHANNELS, "suspend", channel, reason="Counterfeits")
    assert Product.objects.get().is_listed is False
    act(staff_client, CHANNELS, "reopen", channel)
    assert Product.objects.get().is_listed is True


def test_move_that_is_not_open_is_said(staff_client, channel):
    response = act(staff_client, CHANNELS, "approve", channel)
    assert said(response) == [
        "Saffron & Clay: The channel has changed in the meantime; that step is not open to it now."
    ]


def test_checked_sellers_are_marked(staff_client, channel):
    act(staff_client, CHANNELS, "verify", channel)
    channel.refresh_from_db()
    assert channel.is_verified is True
    act(staff_client, CHANNELS, "unverify", channel)
    channel.refresh_from_db()
    assert channel.is_verified is False


def test_channel_page_shows_its_story_and_no_form(staff_client, channel):
    page = staff_client.get(reverse("admin:sellers_channel_change", args=[channel.pk]))
    assert (page.status_code, page.context["show_save"]) == (200, False)
    assert len(page.context["inline_admin_formsets"]) == 2
    address = reverse("admin:sellers_channel_change", args=[channel.pk])
    assert staff_client.post(address, {"state": "suspended"}).status_code == 403


def test_staff_archive_a_post(staff_client, channel):
    post = factories.make_post(channel)
    act(staff_client, "admin:sellers_post_changelist", "archive", post)
    assert Post.objects.get().state == "archived"


def test_queue_has_the_longest_waiting_on_top(staff_client, channel):
    first, second = (factories.make_channel(state="pending") for _ in range(2))
    page = staff_client.get(reverse(CHANNELS))
    assert list(page.context["cl"].result_list) == [first, second, channel]


@pytest.mark.parametrize(
    ("page", "queries"),
    [
        ("admin:sellers_channel_changelist", 5),
        ("admin:sellers_post_changelist", 5),
        ("admin:sellers_product_changelist", 6),
    ],
)
def test_lists_cost_the_same_for_one_and_three(staff_client, channel, django_assert_num_queries, page, queries):
    factories.make_product_post(channel)
    with django_assert_num_queries(queries):
        assert len(staff_client.get(reverse(page)).context["cl"].result_list) == 1
    for _ in range(2):
        factories.make_product_post(factories.make_channel())
    with django_assert_num_queries(queries):
        assert len(staff_client.get(reverse(page)).context["cl"].result_list) == 3


@pytest.mark.parametrize("page", ["category", "attribute"])
def test_tree_lists_cost_the_same_for_one_and_three(staff_client, django_assert_num_queries, page):
    factories.make_category(attributes=["color"])
    address = reverse(f"admin:sellers_{page}_changelist")
    queries = {"category": 7, "attribute": 6}[page]
    with django_assert_num_queries(queries):
        assert len(staff_client.get(address).context["cl"].result_list) == 1
    factories.make_category(attributes=["size", "cut"])
    factories.make_category()
    with django_assert_num_queries(queries):
        assert len(staff_client.get(address).context["cl"].result_list) == 3


def test_staff_name_a_category_and_give_it_a_picture(staff_client, django_capture_on_commit_callbacks):
    category = factories.make_category(slug="mugs")
    assert str(selectors.get_category_tree().by_slug["mugs"]) == "Mugs"
    upload = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(upload, "PNG")
    upload.seek(0)
    upload.name = "mug.png"
    address = reverse("admin:sellers_category_change", args=[category.pk])
    with django_capture_on_commit_callbacks() as callbacks:
        response = staff_client.post(address, {"names": '{"en": "Cups"}', "position": 3, "upload": upload})
    assert response.status_code == 302
    callbacks[-1]()
    node = selectors.get_category_tree().by_slug["mugs"]
    assert (str(node), node.picture.width, Category.objects.get().slug) == ("Cups", 300, "mugs")


def test_category_refuses_what_is_no_picture(staff_client):
    category = factories.make_category(slug="mugs")
    address = reverse("admin:sellers_category_change", args=[category.pk])
    upload = io.BytesIO(b"not a picture")
    upload.name = "mug.png"
    page = staff_client.post(address, {"names": "{}", "position": 3, "upload": upload})
    assert page.context["adminform"].form.errors == {
        "upload": ["This is not a picture we can read. Send a JPEG, PNG or WebP."]
    }


def test_staff_without_a_second_factor_stay_outside(client, channel):
    client.force_login(
        factories.make_user(is_staff=True, is_superuser=True), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert client.get(reverse(CHANNELS)).status_code == 302
    client.post(reverse(CHANNELS), {"action": "suspend", "_selected_action": [channel.pk], "reason": "because"})
    channel.refresh_from_db()
    assert channel.state == "open"
