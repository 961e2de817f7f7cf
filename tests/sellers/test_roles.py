"""Who may do what on the seller's desk: every address, every role."""

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from sellers import urls
from sellers.models import Post, Role
from tests.conftest import signed_in
from tests.factories import make_post, make_user

HTMX = {"HX-Request": "true"}


ANY, OWNER, MANAGER, VIEWER = "any", Role.OWNER, Role.MANAGER, Role.VIEWER
DOORS = {  # address: method, least role ("any": whoever is signed in), answer to those who may
    "home": ("get", ANY, {200, 302}),
    "open": ("get", ANY, {200}),
    "handle_check": ("get", ANY, {200}),
    "channel": ("get", VIEWER, {200}),
    "opened": ("get", VIEWER, {200}),
    "submit": ("post", MANAGER, {302}),
    "posts": ("get", VIEWER, {200}),
    "post_new": ("get", MANAGER, {200}),
    "post_pictures": ("post", MANAGER, {302}),
    "post_details": ("post", MANAGER, {302}),
    "post_variants": ("post", MANAGER, {302}),
    "post_edit": ("get", MANAGER, {200}),
    "post_actions": ("get", VIEWER, {200}),
    "post_preview": ("get", VIEWER, {200}),
    "post_history": ("get", VIEWER, {200}),
    "post_publish": ("post", MANAGER, {302}),
    "post_schedule": ("post", MANAGER, {302}),
    "post_unschedule": ("post", MANAGER, {302}),
    "post_archive": ("post", MANAGER, {302}),
    "post_restore": ("post", MANAGER, {302}),
    "post_delete": ("post", MANAGER, {302}),
    "stock": ("get", VIEWER, {200}),
    "stock_threshold": ("post", MANAGER, {302}),
    "bulk_choose": ("get", MANAGER, {200}),
    "bulk_new": ("get", MANAGER, {302}),
    "bulk_list": ("get", MANAGER, {200}),
    "bulk": ("get", MANAGER, {200}),
    "bulk_apply": ("post", MANAGER, {302}),
    "bulk_undo": ("post", MANAGER, {302}),
    "followers": ("get", VIEWER, {200}),
    "team": ("get", VIEWER, {200}),
    "member_add": ("post", MANAGER, {422}),
    "member_role": ("post", MANAGER, {302}),
    "member_remove": ("post", MANAGER, {302}),
    "hand_over": ("post", OWNER, {302}),
    "imports": ("get", MANAGER, {200}),
    "import": ("get", MANAGER, {200}),
    "import_columns": ("post", MANAGER, {302}),
    "import_encoding": ("post", MANAGER, {302}),
    "import_review": ("get", MANAGER, {200}),
    "import_stop": ("post", MANAGER, {302}),
    "import_undo": ("post", MANAGER, {302}),
    "import_errors": ("get", MANAGER, {200}),
    "exports": ("get", MANAGER, {302}),
    "export_file": ("get", MANAGER, {200}),
    "hooks": ("get", MANAGER, {200}),
    "hook": ("get", MANAGER, {200}),
    "hook_change": ("post", MANAGER, {302}),
    "delivery_resend": ("post", MANAGER, {302}),
    "settings": ("get", MANAGER, {200}),
    "holiday": ("get", OWNER, {200}),
}


def addresses(patterns=None, parameters=()):
    """(name, its parameters) of all addresses of the desk."""
    for entry in urls.urlpatterns if patterns is None else patterns:
        names = (*parameters, *entry.pattern.converters)
        if isinstance(entry, URLPattern):
            yield entry.name, names
        else:
            yield from addresses(entry.url_patterns, names)


def test_every_address_is_in_the_table():
    assert sorted(name for name, _parameters in addresses()) == sorted(DOORS)


def visit(client: Client, house, name: str, parameters):
    subject = "member" if "member" in name or name == "hand_over" else name.partition("_")[0]
    subject = subject if subject in house else "post"
    values = {"handle": house["channel"].handle, "pk": house[subject].pk}
    address = reverse(f"dashboard:{name}", kwargs={key: values[key] for key in parameters})
    with transaction.atomic():
        response = getattr(client, DOORS[name][0])(address)
        transaction.set_rollback(True)
    if response.streaming:
        b"".join(response)  # which closes the file
    return address, response


@pytest.mark.usefixtures("bare_404")
@pytest.mark.parametrize("persona", ["owner", "manager", "agent", "viewer", "stranger"])
def test_doors_open_by_role(house, persona):
    client = signed_in(house["people"].get(persona) or make_user())
    for name, parameters in addresses():
        _method, least, answers = DOORS[name]
        may = least == ANY or (persona != "stranger" and Role(persona) in Role.at_least(least))
        _address, response = visit(client, house, name, parameters)
        assert (name, response.status_code) in {(name, status) for status in (answers if may else {404})}


@pytest.mark.usefixtures("bare_404")
def test_rivals_are_strangers(house, rival_channel, rival_client):
    assert {
        visit(rival_client, house, name, parameters)[1].status_code
        for name, parameters in addresses()
        if DOORS[name][1] != ANY
    } == {404}


def test_guests_are_asked_to_sign_in(house, client):
    for name, parameters in addresses():
        address, response = visit(client, house, name, parameters)
        back = address if DOORS[name][0] == "get" else "/dashboard/"
        assert (name, response.status_code, response.headers["location"]) == (
            name,
            302,
            f"{reverse(settings.LOGIN_URL)}?next={back}",
        )


def test_guests_under_htmx_leave_the_page(house, client):
    response = client.get(f"/dashboard/{house['channel'].handle}/", headers=HTMX)
    assert response.headers["HX-Redirect"].startswith(reverse(settings.LOGIN_URL))


def test_writing_asks_for_post(house, seller_client):
    for name, parameters in addresses():
        if DOORS[name][0] == "post":
            values = {"handle": house["channel"].handle, "pk": house["post"].pk}
            address = reverse(f"dashboard:{name}", kwargs={key: values[key] for key in parameters})
            assert (name, seller_client.get(address).status_code) == (name, 405)


def test_posts_of_another_channel_are_not_reached_through_ones_own(house, seller_client, rival_channel):
    theirs = make_post(rival_channel, publish="draft")
    response = seller_client.post(f"/dashboard/{house['channel'].handle}/posts/{theirs.pk}/publish/")
    assert response.status_code == 404
    assert Post.objects.get(pk=theirs.pk).state == "draft"
