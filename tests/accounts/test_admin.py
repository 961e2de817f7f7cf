"""People as staff see them."""

import time

import pytest
from allauth.mfa.models import Authenticator

from accounts import services
from accounts.models import User
from tests.accounts.conftest import PASSWORD, sign_in, totp_code, turn_on_totp

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, staff):
    secret = turn_on_totp(staff)
    sign_in(client, "sam@example.com")
    client.post("/accounts/2fa/authenticate/", {"code": totp_code(secret, time.time())})
    return client


def people(count: int) -> None:
    for number in range(count):
        services.create_person(display_name=f"P{number}", email=f"p{number}@example.com", password=PASSWORD)


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_three(desk, django_assert_num_queries, count):
    people(count)
    desk.get("/admin/accounts/user/")
    with django_assert_num_queries(5):  # session and person, second factor, two counts, the page
        response = desk.get("/admin/accounts/user/")
    assert response.context["cl"].result_count == count + 1


def test_search_finds_by_name_address_and_number(desk, leila):
    people(2)
    for text in ("Leila", "leila@", "0912", "912123"):
        found = desk.get("/admin/accounts/user/", {"q": text}).context["cl"].queryset
        assert list(found) == ([leila] if text != "0912" else [])


def test_no_hash_and_no_secret_is_shown(desk, leila):
    turn_on_totp(leila)
    page = desk.get(f"/admin/accounts/user/{leila.pk}/change/").content.decode()
    assert leila.password not in page
    factor = Authenticator.objects.get(user=leila, type="totp")
    page = desk.get(f"/admin/mfa/authenticator/{factor.pk}/change/").content.decode()
    assert factor.data["secret"] not in page


def test_address_and_number_are_changed_by_their_owner_only(desk, leila):
    form = {"display_name": "Leila K.", "email": "x@example.com", "language": "fa", "market": "ir", "is_active": "on"}
    desk.post(f"/admin/accounts/user/{leila.pk}/change/", form)
    leila.refresh_from_db()
    assert (leila.display_name, leila.email, leila.market) == ("Leila K.", "leila@example.com", "ir")


def test_a_new_person_sets_her_own_password(desk):
    form = {"display_name": "Omid", "email": "Omid@Example.com", "language": "en", "market": "us", "is_active": "on"}
    desk.post("/admin/accounts/user/add/", form)
    omid = User.objects.get(email="omid@example.com")
    assert not omid.has_usable_password()


def test_a_person_nobody_can_reach_is_refused(desk):
    response = desk.post("/admin/accounts/user/add/", {"display_name": "Omid", "language": "en", "market": "us"})
    assert response.status_code == 200
    assert response.context["adminform"].form.non_field_errors() == [
        "A person needs an e-mail address or a telephone number."
    ]


def test_unlocking(desk, leila):
    from django.test import Client

    guest = Client()
    for _ in range(11):
        sign_in(guest, password="wrong")
    desk.post("/admin/accounts/user/", {"action": "unlock", "_selected_action": [leila.pk]})
    assert sign_in(guest).status_code == 302
