"""The smoke test of credit ads becomes the service: its applicants find their application begun."""

import pytest
from django.test import Client
from django.urls import reverse

from ads import selectors as ads
from ads import services as ads_services
from ads.models import ApplicationDocument
from core import outbox
from insights import services
from insights.models import Applicant, SmokeTest
from insights.services.credit_ads import begin_application
from news.models import News
from recommender.lookers import Looker
from tests.conftest import signed_in
from tests.factories import make_channel, make_user
from tests.insights.test_smoke_views import pdf, photo


def apply_for(channel, person, **answers):
    services.load_smoke_tests()
    smoke = services.start_test(smoke=SmokeTest.objects.get(service="credit-ads"), by=make_user(is_staff=True))
    upload = services.keep_upload(field=smoke.fields.get(key="license"), upload=pdf())
    given = {"amount": "250", "what": "1", "phone": "+12025550123"} | answers
    return services.apply(
        smoke=smoke, looker=Looker(person.pk), answers=given, uploads=[upload], language="en", channel=channel
    )


def test_answers_and_files_are_the_draft(channel, seller):
    applicant = apply_for(channel, seller)
    assert begin_application(applicant) == f"/dashboard/{channel.handle}/ads/credit/"
    draft = ads.get_application(channel)
    assert (draft.status, draft.amount_minor, draft.purpose, draft.phone) == (
        "draft", 250_00, "Several things", "+12025550123",
    )  # fmt: skip
    assert ApplicationDocument.objects.get(application=draft).name == "licence.pdf"
    begin_application(applicant)
    assert ApplicationDocument.objects.count() == 1  # asked twice


def test_what_she_typed_herself_is_kept(channel, seller):
    ads_services.save_draft(channel=channel, by=seller, amount_minor=7_00)
    begin_application(apply_for(channel, seller))
    assert ads.get_application(channel).amount_minor == 7_00


def test_who_left_the_team_begins_nothing(channel):
    begin_application(apply_for(channel, make_user()))
    assert ads.get_application(channel) is None


def test_a_number_that_is_no_amount_is_left_to_be_typed(channel, seller):
    begin_application(apply_for(channel, seller, amount="many"))
    assert ads.get_application(channel).amount_minor is None


STATUS, LIVE = "/services/credit-ads/status/", "/dashboard/services/"


@pytest.fixture
def smoke(staff) -> SmokeTest:
    services.load_smoke_tests()
    return services.start_test(smoke=SmokeTest.objects.get(service="credit-ads"), by=staff)


def turn_live(staff_client: Client, smoke: SmokeTest) -> None:
    """By the button on the report, and until the outbox has handed all applicants over."""
    staff_client.post(reverse("admin:insights_smoketest_turn_live", args=[smoke.pk]), {"url": LIVE})
    outbox.deliver_due(topic=services.CARRY)


@pytest.mark.parametrize("upload", [pdf, photo])
def test_staff_turn_it_live_and_an_applicant_sends_her_draft(
    upload, smoke, channel, seller, seller_client, staff_client
):
    answers = {"amount": "250", "what": "1", "phone": "+1 202 555 0123", "license": upload()}
    seller_client.post("/services/credit-ads/apply/", answers)
    assert ads.get_application(channel) is None
    turn_live(staff_client, smoke)
    news = News.objects.get(person=seller, kind="smoke_live")
    page = seller_client.get(news.url).content.decode()
    url = reverse("ads:credit", args=[channel.handle])
    assert (news.url, f'href="{url}"' in page) == (STATUS, True)
    seen = seller_client.get(url)
    form = seen.context["form"]
    assert [form[name].value() for name in ("amount", "purpose", "phone")] == ["250", "Several things", "+12025550123"]
    assert upload().name in seen.content.decode()
    sent = {name: form[name].value() for name in ("amount", "purpose", "phone", "share_percent")}
    seller_client.post(url, sent | {"consents": "on", "do": "send"})
    mine = ads.get_application(channel)
    assert (mine.status, mine.amount_minor, mine.by, mine.documents.count()) == ("sent", 250_00, seller, 1)


def test_each_applicant_that_waits_is_taken_along_once(smoke, staff, staff_client):
    people = [make_channel().members.get().person for _ in range(3)]
    for person in people:
        signed_in(person).post("/services/credit-ads/apply/", {"amount": "90", "what": "0", "phone": "+12025550123"})
    refused = Applicant.objects.get(person=people[2])
    services.move_applicant(applicant=refused, to="not_built", by=staff, words="Not in your market")
    for _again in range(2):
        turn_live(staff_client, smoke)
    drafts = [ads.get_application(person.memberships.get().channel) for person in people]
    assert [draft and draft.status for draft in drafts] == ["draft", "draft", None]
    assert list(Applicant.objects.order_by("pk").values_list("state", flat=True)) == ["live", "live", "not_built"]
