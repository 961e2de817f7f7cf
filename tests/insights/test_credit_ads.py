"""The smoke test of credit ads becomes the service: its applicants find their application begun."""

from ads import selectors as ads
from ads import services as ads_services
from ads.models import ApplicationDocument
from insights import services
from insights.models import SmokeTest
from insights.services.credit_ads import begin_application
from recommender.lookers import Looker
from tests.factories import make_user
from tests.insights.test_smoke_views import pdf


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
