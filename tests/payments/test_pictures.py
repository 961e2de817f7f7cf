"""Pictures of a quarrel: its two sides and staff who decide see them, and no address shows them to others."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from core import pictures
from core.models import Picture
from payments import services as payments
from sellers.forms import sign
from tests.conftest import signed_in
from tests.factories import make_user
from tests.payments.market import bring_to, dispute_of, key, owner
from tests.payments.people import client_of, make_team
from tests.payments.staff import staff_with

pytestmark = pytest.mark.django_db
STATUS = {"buyer": 200, "owner": 200, "manager": 200, "agent": 200, "viewer": 200, "stranger": 404, "guest": 302}


def photo() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (700, 500), "teal").save(buffer, "JPEG")
    return SimpleUploadedFile("crack.jpg", buffer.getvalue())


@pytest.fixture
def shown(request_) -> Picture:
    """One that the buyer showed in a dispute."""
    picture = pictures.add_picture(photo(), is_private=True)
    dispute = dispute_of(bring_to(request_, "disputed"))
    payments.add_evidence(dispute=dispute, by=request_.buyer, text="A crack", pictures=[picture], key=key())
    return picture


@pytest.mark.parametrize(("role", "status"), STATUS.items())
def test_who_sees_what_was_shown(request_, shown, channel, role, status):
    client = client_of(role, make_team(channel) | {"buyer": request_.buyer})
    response = client.get(f"/requests/{request_.token}/pictures/{shown.key}/240/")
    assert response.status_code == status
    if status == 200:
        assert Image.open(io.BytesIO(response.content)).size == (700, 500)
        assert "no-store" in response["Cache-Control"]


def test_a_copy_is_served_once_it_is_there(request_, shown):
    pictures.make_widths(shown)
    client = signed_in(request_.buyer)
    sizes = []
    for width in (240, 300, 1600):
        response = client.get(f"/requests/{request_.token}/pictures/{shown.key}/{width}/")
        sizes.append(Image.open(io.BytesIO(response.content)).width)
    assert sizes == [240, 480, 700]


def test_a_picture_of_another_request_is_not_there(request_, shown, channel):
    other = pictures.add_picture(photo(), is_private=True)
    response = signed_in(request_.buyer).get(f"/requests/{request_.token}/pictures/{other.key}/240/")
    assert response.status_code == 404


def test_it_has_no_address_of_its_own(shown):
    pictures.make_widths(shown)
    for name in shown.file_names():
        assert (shown.storage.exists(name), default_storage.exists(name)) == (True, False)
        assert Client().get(f"/media/{name}").status_code == 404


@pytest.mark.parametrize(("permission", "status"), [("view_dispute", 200), ("view_payout", 403)])
def test_staff_see_it_who_see_disputes(request_, shown, permission, status):
    address = f"/admin/payments/dispute/{dispute_of(request_).pk}/pictures/{shown.key}/240/"
    response = staff_with(permission).get(address)
    assert response.status_code == status


def test_strangers_find_no_staffs_door(request_, shown):
    address = f"/admin/payments/dispute/{dispute_of(request_).pk}/pictures/{shown.key}/240/"
    assert [signed_in(person).get(address).status_code for person in (make_user(), request_.buyer)] == [302, 302]


@pytest.mark.parametrize(("who", "status"), [("buyer", 200), ("owner", 404)])
def test_what_waits_in_a_form_is_its_writers(request_, who, status):
    picture = pictures.add_picture(photo(), is_private=True)
    person = {"buyer": request_.buyer, "owner": owner(request_.channel)}[who]
    token = sign(picture, request_.buyer.pk)
    response = signed_in(person).get(f"/requests/{request_.token}/upload/", {"photo": token})
    assert response.status_code == status
