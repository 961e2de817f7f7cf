"""Staff decide about credit: the queue, the page, each step, in bulk, by two persons; and the price list."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from ads import services as ads
from ads.models import CreditApplication, CreditLine, Package, Statement
from ads.scoring import Facts, check
from tests.ads.money import apply_for_credit, make_campaign, open_line, spend
from tests.conftest import signed_in
from tests.factories import make_channel
from tests.payments.market import fresh
from tests.payments.staff import make_staff, said

pytestmark = pytest.mark.django_db
LIST = "admin:ads_creditapplication_changelist"
TERMS = {"limit": "500", "fee_basis_points": "500", "period_days": "30"}


def send(client, step: str, application: CreditApplication, **words: object):
    return client.post(reverse(f"admin:ads_credit_{step}", args=[application.pk]), words, follow=True)


def page(application: CreditApplication) -> str:
    return reverse("admin:ads_creditapplication_change", args=[application.pk])


@pytest.fixture
def application(channel) -> CreditApplication:
    return apply_for_credit(channel)


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_and_hides_drafts(channel, seller, staff_client, django_assert_num_queries, count):
    ads.save_draft(channel=channel, by=seller)
    applications = [apply_for_credit(make_channel()) for _ in range(count)]
    with django_assert_num_queries(5):
        response = staff_client.get(reverse(LIST))
    assert list(response.context["cl"].result_list) == applications


def test_a_page_has_all_that_is_known(application, staff_client, django_assert_num_queries):
    with django_assert_num_queries(11):
        response = staff_client.get(page(application))
    reasons, page_says = response.context["reasons"], response.content.decode()
    assert [reason.fact for reason in reasons] == [reason.fact for reason in check(Facts("USD")).reasons]
    assert [reason.words in page_says for reason in reasons] == [True] * len(reasons)
    assert response.context["may_decide"] is True


def test_it_is_approved_with_terms(application, staff_client):
    assert said(send(staff_client, "approve", application, **TERMS)) == ["Saffron & Clay: Approved"]
    assert CreditLine.objects.get().limit_minor == 500_00


@pytest.mark.parametrize(("step", "words", "name"), [
    ("approve", TERMS | {"limit": ""}, "approve_form"),
    ("approve", TERMS | {"fee_basis_points": "3001"}, "approve_form"),
    ("ask_more", {}, "ask_form"),
    ("reject", {"reason": " "}, "reject_form"),
])  # fmt: skip
def test_what_is_wrong_is_said_beside_the_form(application, staff_client, step, words, name):
    response = send(staff_client, step, application, **words)
    assert (response.status_code, bool(response.context[name].errors)) == (422, True)
    assert fresh(application).status == "sent"


def test_more_is_asked_or_it_is_rejected(application, staff_client):
    send(staff_client, "ask_more", application, reason="What do you sell?")
    assert fresh(application).status == "more_asked"
    other = apply_for_credit(make_channel())
    send(staff_client, "reject", other, reason="Too early")
    assert (fresh(other).status, fresh(other).staff_words) == ("rejected", "Too early")


def test_a_second_person_confirms(application, staff_client, settings):
    settings.ADS_TWO_PERSONS_ABOVE_MINOR = {"USD": 499_99}
    response = send(staff_client, "approve", application, **TERMS)
    assert (response.context["is_own_proposal"], response.context["may_answer"]) == (True, False)
    assert said(send(staff_client, "confirm", application)) == ["A second person must confirm this decision."]
    other = signed_in(make_staff("all"))
    assert other.get(page(application)).context["may_answer"] is True
    send(other, "confirm", application)
    assert (fresh(application).status, CreditLine.objects.count()) == ("approved", 1)


def test_a_second_person_sends_it_back(application, staff_client, settings):
    settings.ADS_TWO_PERSONS_ABOVE_MINOR = {"USD": 499_99}
    send(staff_client, "approve", application, **TERMS)
    send(signed_in(make_staff("all")), "send_back", application, reason="Too much")
    assert (fresh(application).status, CreditLine.objects.count()) == ("sent", 0)


def test_who_may_only_look_decides_nothing(application):
    looker = signed_in(make_staff())
    assert [looker.get(page(application)).status_code, send(looker, "approve", application, **TERMS).status_code] == [
        403,
        403,
    ]


def test_many_are_approved_at_the_suggested_limit_and_what_is_refused_is_said(staff_client):
    good, poor = (apply_for_credit(make_channel()) for _ in range(2))
    CreditApplication.objects.filter(pk=good.pk).update(suggested_limit_minor=90_00)
    words = {"action": "approve_chosen", "_selected_action": [good.pk, poor.pk], "fee_basis_points": "300"}
    response = staff_client.post(reverse(LIST), words, follow=True)
    line = CreditLine.objects.get()
    assert (line.limit_minor, line.fee_basis_points, line.period_days) == (90_00, 300, 30)
    assert said(response) == [f"{poor}: That amount is out of range.", "1 application is decided."]


def test_the_queue_shows_age_and_score_and_has_the_longest_wait_on_top(staff_client, seller, settings):
    settings.ADS_TWO_PERSONS_ABOVE_MINOR = {"USD": 499_99}
    now = timezone.now()
    for days, score, status in ((2, 55, "sent"), (6, 7, "rejected"), (5, 80, "sent"), (3, 61, "proposed")):
        pk = apply_for_credit(make_channel(name=f"Asked {days} days ago")).pk
        terms = {"limit_minor": 500_00, "fee_basis_points": 500, "period_days": 30, "proposed_by": seller}
        changed = {"status": status, "sent_at": now - dt.timedelta(days=days), "score": score}
        CreditApplication.objects.filter(pk=pk).update(**changed | (terms if status == "proposed" else {}))
    page = staff_client.get(reverse(LIST)).content.decode()
    waits, scores = (re.findall(rf'field-{name}">([^<]+)', page) for name in ("waits", "score"))
    assert (waits, scores) == (["5 days ago", "3 days ago", "2 days ago", "6 days ago"], ["80", "61", "55", "7"])
    by_score = staff_client.get(reverse(LIST) + "?o=4").context["cl"].result_list
    assert [one.score for one in by_score] == [7, 55, 61, 80]


def test_many_above_the_limit_wait_for_a_second_person(staff_client, settings):
    settings.ADS_TWO_PERSONS_ABOVE_MINOR = {"USD": 100_00}
    small, large = (apply_for_credit(make_channel()) for _ in range(2))
    for one, limit in ((small, 100_00), (large, 100_01)):
        CreditApplication.objects.filter(pk=one.pk).update(suggested_limit_minor=limit)
    words = {"action": "approve_chosen", "_selected_action": [small.pk, large.pk]}
    response = staff_client.post(reverse(LIST), words, follow=True)
    assert said(response) == [f"{large}: Waiting for a second person", "1 application is decided."]
    assert [fresh(one).status for one in (small, large)] == ["approved", "proposed"]
    assert [line.channel for line in CreditLine.objects.all()] == [small.channel]
    assert said(send(staff_client, "confirm", large)) == ["A second person must confirm this decision."]
    send(signed_in(make_staff("all")), "confirm", large)
    assert CreditLine.objects.get(channel=large.channel).limit_minor == 100_01


def test_many_are_rejected_with_a_reason(staff_client):
    applications = [apply_for_credit(make_channel()) for _ in range(3)]
    words = {"action": "reject_chosen", "_selected_action": [one.pk for one in applications]}
    assert said(staff_client.post(reverse(LIST), words, follow=True))[-1] == "Nothing was decided."
    staff_client.post(reverse(LIST), words | {"reason": "Too early"})
    assert list(CreditApplication.objects.values_list("status", flat=True)) == ["rejected"] * 3


def test_a_pdf_is_downloaded_by_staff_only(channel, seller, staff_client, seller_client):
    draft = ads.save_draft(channel=channel, by=seller)
    upload = SimpleUploadedFile("<x>.pdf", b"%PDF-1.7 x")
    document = ads.add_document(application=draft, by=seller, upload=upload, name="<x>.pdf")
    url = reverse("admin:ads_credit_document", args=[document.pk])
    response = staff_client.get(url)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 x"
    assert response["Content-Disposition"] == f'attachment; filename="document-{document.pk}.pdf"'
    assert [seller_client.get(url).status_code, signed_in(make_staff()).get(url).status_code] == [302, 403]


@pytest.fixture
def line(channel) -> CreditLine:
    return open_line(channel)


def test_a_limit_is_changed_and_a_line_closed(line, staff_client):
    assert staff_client.get(reverse("admin:ads_creditline_changelist")).status_code == 200
    staff_client.post(reverse("admin:ads_line_limit", args=[line.pk]), {"limit": "70", "reason": "Less"})
    staff_client.post(reverse("admin:ads_line_close", args=[line.pk]), {"reason": "Odd"})
    assert (fresh(line).limit_minor, fresh(line).status) == (70_00, "closed")
    response = staff_client.get(reverse("admin:ads_creditline_change", args=[line.pk]))
    assert "$100 → $70" in response.content.decode()
    staff_client.post(reverse("admin:ads_line_reopen", args=[line.pk]), {"reason": "Fine"})
    assert fresh(line).status == "active"


def test_a_limit_that_needs_two_persons_is_refused_beside_its_field(line, staff_client, settings):
    settings.ADS_TWO_PERSONS_ABOVE_MINOR = {"USD": 150_00}
    url = reverse("admin:ads_line_limit", args=[line.pk])
    response = staff_client.post(url, {"limit": "150.01", "reason": "More"})
    assert (response.status_code, fresh(line).limit_minor) == (422, 100_00)
    assert response.context["form"].errors == {"limit": ["A second person must confirm this decision."]}
    assert "A second person must confirm this decision." in response.content.decode()


def test_a_late_statement_is_written_off_with_a_reason(line, staff_client):
    spend(make_campaign(line.channel), 40_00)
    ads.issue_due(now=line.period_ends_at)
    statement = Statement.objects.get()
    Statement.objects.update(status="late")
    url = reverse("admin:ads_statement_write_off", args=[statement.pk])
    assert staff_client.post(url, {"reason": ""}).status_code == 422
    staff_client.post(url, {"reason": "Moved away"})
    assert fresh(statement).status == "written_off"
    assert staff_client.get(reverse("admin:ads_statement_change", args=[statement.pk])).status_code == 200
    assert staff_client.get(reverse("admin:ads_statement_changelist")).status_code == 200


def test_the_price_list_is_made_in_each_language(staff_client):
    add = reverse("admin:ads_package_add")
    words = {"market": "us", "placements": ["tab"], "days": "7", "price_minor": "2000", "is_active": "on"}
    assert staff_client.post(add, words | {"names_fa": "یک هفته"}).context["adminform"].form.errors.keys() == {"names"}
    staff_client.post(add, words | {"names_en": "A week", "names_fa": "یک هفته"})
    package = Package.objects.get()
    assert (package.names, package.placements, str(package)) == ({"en": "A week", "fa": "یک هفته"}, ["tab"], "A week")
    page = staff_client.get(reverse("admin:ads_package_change", args=[package.pk])).content.decode()
    assert 'value="یک هفته"' in page


def test_the_first_page_says_what_waits(application, staff_client):
    page = staff_client.get(reverse("admin:index")).content.decode()
    url = reverse(LIST) + "?status__in=sent,proposed"
    assert url in page
    assert list(staff_client.get(url).context["cl"].result_list) == [application]
