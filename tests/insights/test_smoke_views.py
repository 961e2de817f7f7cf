"""A smoke test as visitors see it."""

import io
import re

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from core.models import Picture
from insights import services
from insights.models import Applicant, SmokeUpload, SmokeVisit
from insights.selectors import smoke as selectors
from tests.conftest import signed_in
from tests.factories import make_channel
from tests.insights.conftest import make_smoke_test

PAGE, FORM, STARTED, STATUS = (f"/services/rent/{end}" for end in ("", "apply/", "started/", "status/"))
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
GOOD = {"text": "Tents", "number": "۱٬۲۰۰٫۵", "choice": "1", "phone": "+49 1511 2345678"}


@pytest.fixture
def client(seller, channel) -> Client:
    """The seller's, in a browser."""
    client = signed_in(seller)
    client.defaults["HTTP_USER_AGENT"] = BROWSER["User-Agent"]
    return client


def photo() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(drawn, "PNG")
    return SimpleUploadedFile("shop.png", drawn.getvalue(), content_type="image/png")


def pdf(size: int = 100) -> SimpleUploadedFile:
    return SimpleUploadedFile("licence.pdf", b"%PDF-1.7\n" + b"x" * size, content_type="application/pdf")


def funnel(smoke) -> selectors.Funnel:
    return selectors.get_report(smoke).funnel


def test_the_whole_way(client, running, channel):
    page = client.get(PAGE).content.decode()
    assert re.findall(r"<h1>([^<]+)", page) == ["Rent out your things"]
    assert f'href="{FORM}"' in page
    assert funnel(running) == selectors.Funnel(1, 0, 0, 0)
    assert client.get(FORM).status_code == 200
    assert funnel(running) == selectors.Funnel(1, 1, 0, 0)
    assert client.post(STARTED).status_code == 204
    assert funnel(running) == selectors.Funnel(1, 1, 1, 0)
    sent = client.post(FORM, GOOD | {"file": pdf()}, follow=True)
    assert sent.redirect_chain == [(STATUS, 302)]
    assert "Thank you. We are checking what you sent." in sent.content.decode()
    assert funnel(running) == selectors.Funnel(1, 1, 1, 1)
    mine = Applicant.objects.get()
    assert mine.answers == {"text": "Tents", "number": "1200.5", "choice": "1", "phone": "+4915112345678"}
    assert (mine.channel, [upload.name for upload in mine.uploads.all()]) == (channel, ["licence.pdf"])
    assert client.get(FORM).headers["Location"] == STATUS
    assert "Where your application stands" in client.get(PAGE).content.decode()


def test_a_bad_form_keeps_everything(client, running):
    bad = GOOD | {"number": "many", "phone": "12", "file": photo()}
    answer = client.post(FORM, bad)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.findall(r'class="error" id="(\w+)"', page) == ["id_number_error", "id_phone_error"]
    assert [part in page for part in ("Tents", 'value="many"', 'value="12"', "shop.png")] == [True] * 4
    assert re.findall(r'value="1"[^>]*checked', page) != []
    token = re.search(r'name="file_kept" value="([^"]+)"', page)[1]
    client.post(FORM, GOOD | {"file_kept": token})
    upload = Applicant.objects.get().uploads.get()
    assert (upload.name, upload.picture.is_private, SmokeUpload.objects.count()) == ("shop.png", True, 1)
    with storages["private"].open(upload.picture.master_name) as file:
        assert Image.open(file).format == "WEBP"


def test_under_htmx_the_form_alone_comes_back(client, running):
    answer = client.post(FORM, {}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content.decode().strip()[:27]) == (422, '<form class="form panel" id')


def test_nobody_shows_a_file_of_somebody_else(client, running, rival, rival_channel):
    page = client.post(FORM, {"file": photo()}).content.decode()
    token = re.search(r'name="file_kept" value="([^"]+)"', page)[1]
    signed_in(rival).post(FORM, GOOD | {"file_kept": token}, headers=BROWSER)
    assert Applicant.objects.get().uploads.count() == 0


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (SimpleUploadedFile("a.png", b"no picture"), "This is not a picture we can read."),
        (pdf(5 * 1024 * 1024), "This PDF is too large. Send one of at most 5 MB."),
        (SimpleUploadedFile("a.pdf", b""), "The submitted file is empty."),
        (SimpleUploadedFile("a.pdf", b"<script>", content_type="application/pdf"), "A PDF is welcome too."),
        (SimpleUploadedFile("a.svg", b"<svg/>", content_type="image/svg+xml"), "This is not a picture we can read."),
        (photo(), "This file is too large."),
    ],
)
def test_files_within_limits(client, running, upload, said, settings):
    settings.UPLOAD_MAX_BYTES = 60
    answer = client.post(FORM, GOOD | {"file": upload})
    assert (answer.status_code, said in answer.content.decode(), Applicant.objects.count()) == (422, True, 0)
    assert (Picture.objects.count(), SmokeUpload.objects.count()) == (0, 0)


def test_staff_and_robots_are_not_counted(running, staff_client, client, for_shoppers, staff):
    make_channel(owner=staff)
    for visitor, agent in ((staff_client, BROWSER), (client, {"User-Agent": "Googlebot/2.1"})):
        assert [visitor.get(url, headers=agent).status_code for url in (PAGE, FORM, STARTED)] == [200, 200, 204]
        visitor.post(FORM, GOOD, headers=agent)
    guest = Client()
    guest.get("/services/gifts/", headers={"User-Agent": "curl/8"})
    assert (SmokeVisit.objects.count(), guest.cookies.get("sessionid")) == (0, None)
    assert Applicant.objects.filter(person=staff).count() == 1


def test_a_test_for_sellers_counts_who_has_a_channel(running, shopper_client):
    for visitor in (Client(), shopper_client):
        assert visitor.get(PAGE, headers=BROWSER).status_code == 200
    assert Client().get(FORM).headers["Location"] == f"/accounts/login/?next={FORM}"
    assert shopper_client.get(FORM).headers["Location"] == "/dashboard/open/"
    assert SmokeVisit.objects.count() == 0


def test_a_guest_counts_once_under_her_key(for_shoppers):
    guest = Client(headers=BROWSER)
    for _ in range(2):
        guest.get("/services/gifts/")
    guest.get("/services/gifts/started/")  # the picture of a page without scripts
    answer = guest.post("/services/gifts/apply/", GOOD)
    assert answer.headers["Location"] == "/services/gifts/status/"
    assert "Received" in guest.get("/services/gifts/status/").content.decode()
    assert funnel(for_shoppers) == selectors.Funnel(1, 1, 1, 1)
    assert Client().get("/services/gifts/status/").headers["Location"] == "/services/gifts/"


def test_drafts_are_nowhere_and_ended_ones_take_nobody(draft, client, staff):
    assert [client.get(address).status_code for address in (PAGE, FORM, STATUS, STARTED)] == [404] * 4
    services.start_test(smoke=draft, by=staff)
    services.end_test(smoke=draft, by=staff)
    assert "This idea takes no more applications" in client.get(PAGE).content.decode()
    assert client.get(FORM).headers["Location"] == STATUS
    assert SmokeVisit.objects.count() == 0


@pytest.mark.parametrize(
    ("language", "headline", "question", "choices"),
    [
        ("en", "Rent out your things", "Question choice", ["Few", "Many"]),
        ("fa", "اجاره", "پرسش choice", ["کم", "زیاد"]),
        ("zh-hant", "出租", "問題 choice", ["少", "多"]),
    ],
)
def test_page_form_and_status_speak_the_visitors_language(
    language, headline, question, choices, running, client, seller
):
    assert {code for code, _name in settings.LANGUAGES} == {"en", "fa", "zh-hant"}
    page = Client().get(PAGE, headers={"Accept-Language": language}).content.decode()
    assert (re.findall(r"<h1>([^<]+)", page), f'<article class="panel offer" lang="{language}">' in page) == (
        [headline], True,
    )  # fmt: skip
    User.objects.filter(pk=seller.pk).update(language=language)
    form = client.get(FORM).content.decode()
    assert [words in form for words in (headline, question, *choices)] == [True] * 4
    assert headline in client.post(FORM, GOOD, follow=True).content.decode()
    assert Applicant.objects.get().language == language


SAID = {
    "received": ["Received", "We are checking what you sent, and tell you what becomes of it."],
    "checking": ["Being checked", "Our team is at it.", "By Monday"],
    "live": ["Turned into the live service", "The service is there", "By Monday", 'href="/rent/"'],
    "not_built": ["Not built", "We do not build it for now.", "By Monday"],
}


@pytest.mark.parametrize("state", Applicant.State.values)
def test_the_status_page_says_where_an_application_stands(state, running, client, rival, rival_channel, staff):
    client.post(FORM, GOOD)
    if state != "received":
        services.move_applicant(
            applicant=Applicant.objects.get(),
            to=state,
            by=staff,
            words="By Monday",
            live_url="/rent/" if state == "live" else "",
        )
    page = client.get(STATUS).content.decode()
    assert [words in page for words in SAID[state]] == [True] * len(SAID[state])
    assert signed_in(rival).get(STATUS).headers["Location"] == PAGE


@pytest.mark.parametrize("count", [1, 3])
def test_entries_of_a_slot(client, staff, count, django_assert_num_queries):
    for n in range(count):
        services.start_test(smoke=make_smoke_test(slug=f"test-{n}"), by=staff)
    with django_assert_num_queries(4):  # session and person; tests, their pages, her channels
        page = client.get("/services/entries/me/").content.decode()
    assert page.count('class="tile"') == count
    assert Client().get("/services/entries/me/").content.decode().strip() == ""
    assert client.get("/services/entries/nowhere/").status_code == 404
    desk = client.get("/services/entries/dashboard/?channel=saffron_clay").content.decode()
    assert re.findall(r'href="([^"]+)"', desk)[0] == "/services/test-0/?channel=saffron_clay"


def test_pages_below_fetch_their_entries(client, running):
    assert 'hx-get="/services/entries/me/"' in client.get("/me/").content.decode()
    assert (
        'hx-get="/services/entries/dashboard/?channel=saffron_clay"'
        in client.get("/dashboard/saffron_clay/").content.decode()
    )


def test_what_is_tried_out_for_everybody(for_shoppers, running):
    page = Client().get("/services/").content.decode()
    assert re.findall(r'<h2><a href="([^"]+)"', page) == ["/services/gifts/"]


def test_the_landing_page_asks_little(client, running, django_assert_num_queries):
    client.get(PAGE)
    with django_assert_num_queries(6):  # session and person; test, its pages; her channels, visit and application
        client.get(PAGE)
