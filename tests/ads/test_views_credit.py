"""The page of an application: explained, kept whatever is wrong, and a stranger finds nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ads import services as ads
from ads.models import ApplicationDocument, CreditApplication
from tests.ads.money import apply_for_credit, open_line
from tests.payments.people import client_of, make_team
from tests.payments.staff import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(channel) -> str:
    return reverse("ads:credit", args=[channel.handle])


@pytest.mark.parametrize(("role", "status"), [
    ("owner", 200), ("manager", 200), ("agent", 404), ("viewer", 404), ("stranger", 404), ("guest", 302),
])  # fmt: skip
def test_managers_see_it(channel, url, role, status, bare_404):
    assert client_of(role, make_team(channel)).get(url).status_code == status


def test_it_is_filled_in_from_the_channel(channel, url, seller_client):
    type(channel).objects.update(public_phone="+15035550100")
    form = seller_client.get(url).context["form"]
    assert (form["phone"].value(), form["purpose"].value(), form["share_percent"].value()) == (
        "+15035550100",
        "Things",
        20,
    )


def test_it_is_sent_and_then_shows_where_it_stands(channel, url, seller_client):
    words = {"amount": "500", "purpose": "Pots", "share_percent": "30", "consents": "on", "do": "send"}
    response = seller_client.post(url, words, follow=True)
    application = CreditApplication.objects.get()
    assert (application.status, application.amount_minor, application.share_percent) == ("sent", 500_00, 30)
    assert (response.context["form"], response.context["standing"].step) == (None, 2)
    assert [change.to_state for change in response.context["changes"]] == ["draft", "sent"]


def test_an_error_loses_nothing(channel, url, seller_client):
    pdf = SimpleUploadedFile("paper.pdf", b"%PDF-1.7 x")
    words = {"amount": "abc", "purpose": "Pots", "share_percent": "30", "do": "send", "documents": [pdf]}
    response = seller_client.post(url, words)
    application = CreditApplication.objects.get()
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["amount"])
    assert (application.status, application.purpose, application.documents.count()) == ("draft", "Pots", 1)
    assert (response.context["form"]["amount"].value(), response.content.decode().count("paper.pdf")) == ("abc", 1)


def test_without_consent_it_is_not_sent(channel, url, seller_client):
    words = {"amount": "500", "purpose": "Pots", "share_percent": "30", "do": "send"}
    response = seller_client.post(url, words, headers={"HX-Request": "true"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["consents"])
    assert "<html" not in response.content.decode()


def test_it_is_saved_for_later(channel, url, seller_client):
    seller_client.post(url, {"purpose": "Pots", "share_percent": "30", "do": "save"})
    form = seller_client.get(url).context["form"]
    assert (CreditApplication.objects.get().status, form["purpose"].value()) == ("draft", "Pots")


def test_what_is_no_document_is_named(channel, url, seller_client):
    words = {"share_percent": "30", "do": "save", "documents": [SimpleUploadedFile("x.exe", b"MZ")]}
    response = seller_client.post(url, words)
    assert (response.status_code, ApplicationDocument.objects.count()) == (422, 0)
    assert response.context["form"].non_field_errors()[0].startswith("x.exe: Send a PDF or a picture.")


def test_a_sent_one_is_not_changed_by_posting(channel, url, seller_client):
    apply_for_credit(channel)
    response = seller_client.post(url, {"purpose": "Other", "share_percent": "30", "do": "send"})
    assert (response.status_code, CreditApplication.objects.get().purpose) == (200, "Pots for spring")


def test_a_question_is_read_and_answered(channel, url, seller_client):
    ads.ask_for_more(application=apply_for_credit(channel), by=make_staff(), reason="What do you sell?")
    assert "What do you sell?" in seller_client.get(url).content.decode()
    words = {"amount": "500", "purpose": "Pots", "share_percent": "20", "consents": "on", "do": "send"}
    assert list(seller_client.post(url, words).context["form"].errors) == ["answer"]
    seller_client.post(url, words | {"answer": "Pots"})
    assert CreditApplication.objects.get().status == "sent"


def test_a_rejection_says_why_and_one_may_apply_again(channel, url, seller_client):
    ads.reject_application(application=apply_for_credit(channel), by=make_staff(), reason="Too early")
    assert "Too early" in seller_client.get(url).content.decode()
    assert seller_client.get(url + "?again=1").context["form"] is not None
    seller_client.post(url + "?again=1", {"purpose": "Pots", "share_percent": "20", "do": "save"})
    assert list(CreditApplication.objects.order_by("pk").values_list("status", flat=True)) == ["rejected", "draft"]


def test_it_is_taken_back(channel, seller_client, rival_client, bare_404):
    apply_for_credit(channel)
    withdraw = reverse("ads:credit_withdraw", args=[channel.handle])
    assert rival_client.post(withdraw).status_code == 404
    seller_client.post(withdraw)
    assert CreditApplication.objects.get().status == "withdrawn"


def test_a_document_is_removed_by_its_channel_only(channel, seller, seller_client, rival_client, rival_channel):
    draft = ads.save_draft(channel=channel, by=seller)
    upload = SimpleUploadedFile("x.pdf", b"%PDF-1.7 x")
    document = ads.add_document(application=draft, by=seller, upload=upload, name="x.pdf")
    for client, handle in ((rival_client, channel.handle), (rival_client, rival_channel.handle)):
        assert client.post(reverse("ads:credit_document_remove", args=[handle, document.pk])).status_code == 404
    seller_client.post(reverse("ads:credit_document_remove", args=[channel.handle, document.pk]))
    assert ApplicationDocument.objects.count() == 0


def test_the_line_is_shown(channel, url, seller_client, django_assert_num_queries):
    open_line(channel, 100_00)
    apply_for_credit(channel)
    with django_assert_num_queries(6):
        response = seller_client.get(url)
    assert response.context["line"].free_minor == 100_00
