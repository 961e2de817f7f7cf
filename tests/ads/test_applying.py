"""From a draft to a decision: who may, what is refused, what is written down, and that people decide."""

import datetime as dt
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from ads import scoring, selectors
from ads import services as ads
from ads.models import ApplicationDocument, CreditApplication, CreditChange, CreditLine
from core import documents
from core.models import AuditEntry
from news.models import News
from payments import services as payments
from tests.ads.money import apply_for_credit, balance
from tests.factories import make_user
from tests.payments.market import ask, bring_to, check_now, fill_wallet, fresh
from tests.payments.people import make_team
from tests.payments.staff import make_staff

pytestmark = pytest.mark.django_db
TERMS = {"limit_minor": 500_00, "fee_basis_points": 500, "period_days": 30}


@pytest.fixture
def judge():
    return make_staff()


@pytest.fixture
def application(channel) -> CreditApplication:
    return apply_for_credit(channel)


def trail(row) -> list[tuple[str, str]]:
    return list(CreditChange.objects.filter(row_id=row.pk, machine="application").values_list("from_state", "to_state"))


def picture() -> SimpleUploadedFile:
    buffer = BytesIO()
    Image.new("RGB", (40, 30)).save(buffer, "PNG")
    return SimpleUploadedFile("id.png", buffer.getvalue())


def test_a_draft_keeps_what_was_typed_and_there_is_one(channel, seller):
    first = ads.save_draft(channel=channel, by=seller, purpose="Pots")
    second = ads.save_draft(channel=channel, by=seller, amount_minor=5_00)
    assert (first.pk, second.purpose, second.amount_minor, trail(first)) == (second.pk, "Pots", 5_00, [("", "draft")])


def test_the_database_keeps_one_open_application(channel, seller, application):
    with pytest.raises(IntegrityError, match="one_open_credit_application"), transaction.atomic():
        CreditApplication.objects.create(channel=channel, by=seller, currency="USD")


@pytest.mark.parametrize("role", ["agent", "viewer", "stranger"])
def test_only_managers_apply(channel, role):
    with pytest.raises(payments.NotAllowed):
        ads.save_draft(channel=channel, by=make_team(channel)[role])


@pytest.mark.parametrize(("words", "consents", "field"), [
    ({"amount_minor": None}, True, "amount"),
    ({"amount_minor": 10**11 + 1}, True, "amount"),
    ({"purpose": "  "}, True, "purpose"),
    ({"share_percent": 11}, True, "share_percent"),
    ({}, False, "consents"),
])  # fmt: skip
def test_what_is_missing_is_named_and_the_draft_stays(channel, seller, words, consents, field):
    draft = ads.save_draft(channel=channel, by=seller, **{"amount_minor": 1_00, "purpose": "Pots"} | words)
    with pytest.raises(payments.BadRequest) as refusal:
        ads.send_application(application=draft, by=seller, consents=consents)
    assert (refusal.value.field, fresh(draft).status) == (field, "draft")


def test_it_is_sent_with_a_score_of_the_channels_history(channel, seller, buyer):
    bring_to(ask(channel, buyer), "released")
    bring_to(ask(channel, buyer), "disputed")
    type(channel).objects.update(opened_at=timezone.now() - dt.timedelta(days=73), follower_count=100)
    application = apply_for_credit(fresh(channel))
    values = {reason["fact"]: (reason["value"], reason["points"]) for reason in application.reasons}
    assert (application.status, application.score, application.suggested_limit_minor) == ("sent", 4, 0)
    assert values == {
        "age": (73, 3),
        "completed": (1, 0),
        "turnover": (100_00, 0),
        "followers": (100, 1),
        "disputes": (5000, 0),
        "refunds": (0, 0),
        "on_time": (0, 0),
        "late": (0, 0),
        "written_off": (0, 0),
    }


def test_disputes_and_refunds_of_ten_payments_take_their_points(channel, buyer):
    def said() -> dict[str, tuple[int, int]]:
        reasons = scoring.check(selectors.get_facts(channel)).reasons
        return {each.fact: (each.value, each.points) for each in reasons if each.fact in ("disputes", "refunds")}

    fill_wallet(buyer, 1200_00)
    for _payment in range(10):
        bring_to(ask(channel, buyer), "released")
    assert said() == {"disputes": (0, 15), "refunds": (0, 10)}
    bring_to(ask(channel, buyer), "disputed")
    assert said() == {"disputes": (9_09, 1), "refunds": (0, 10)}
    bring_to(ask(channel, buyer), "refunded")
    assert said() == {"disputes": (8_33, 2), "refunds": (8_33, 5)}


def test_the_worst_score_is_decided_by_people(application):
    assert (application.score, application.status) == (0, "sent")


def test_what_was_sent_stays_as_it_is(application, seller):
    with pytest.raises(payments.NotAllowed):
        ads.save_draft(channel=application.channel, by=seller, purpose="Other")


def test_documents_are_pictures_or_pdfs_kept_privately(channel, seller, django_capture_on_commit_callbacks):
    draft = ads.save_draft(channel=channel, by=seller)
    pdf = SimpleUploadedFile("paper.pdf", b"%PDF-1.7 x")
    paper = ads.add_document(application=draft, by=seller, upload=pdf, name="paper.pdf")
    ads.add_document(application=draft, by=seller, upload=picture(), name="id.png")
    kept = list(draft.documents.order_by("pk").values_list("name", "picture__is_private"))
    assert kept == [("paper.pdf", None), ("id.png", True)]
    storage, name = paper.file.storage, paper.file.name
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        ads.remove_document(document=paper, by=seller)
    assert (storage.exists(name), draft.documents.count()) == (False, 1)


@pytest.mark.parametrize("content", [b"MZ not a picture", b"<html>", b""])
def test_nothing_else_is_taken(channel, seller, content):
    draft = ads.save_draft(channel=channel, by=seller)
    upload = SimpleUploadedFile("x.pdf", content)
    with pytest.raises(payments.BadRequest):
        ads.add_document(application=draft, by=seller, upload=upload, name="x.pdf")
    assert ApplicationDocument.objects.count() == 0


def test_a_large_pdf_is_refused(channel, seller):
    draft = ads.save_draft(channel=channel, by=seller)
    upload = SimpleUploadedFile("x.pdf", b"%PDF-1.7 ".ljust(documents.PDF_MAX_BYTES + 1))
    with pytest.raises(payments.BadRequest, match="5 MB"):
        ads.add_document(application=draft, by=seller, upload=upload, name="x.pdf")


def test_an_approval_opens_the_line_by_its_terms(application, judge):
    ads.approve_application(application=application, by=judge, **TERMS)
    check_now()
    line = CreditLine.objects.get(channel=application.channel)
    assert (line.limit_minor, line.fee_basis_points, line.period_days, line.share_percent) == (500_00, 500, 30, 20)
    assert trail(application) == [("", "draft"), ("draft", "sent"), ("sent", "approved")]
    audit = AuditEntry.objects.get(verb="approved")
    assert (audit.actor_pk, audit.data["limit"], audit.data["score"]) == (str(judge.pk), 500_00, 0)
    assert News.objects.filter(kind="credit_approved").count() == 1


def test_above_the_limit_two_persons_are_needed(application, judge, settings):
    settings.ADS_TWO_PERSONS_ABOVE_MINOR = {"USD": 499_99}
    proposed = ads.approve_application(application=application, by=judge, **TERMS)
    assert (proposed.status, CreditLine.objects.count()) == ("proposed", 0)
    with pytest.raises(payments.SamePerson):
        ads.confirm_approval(application=application, by=judge)
    ads.confirm_approval(application=application, by=make_staff())
    assert CreditLine.objects.get().limit_minor == 500_00


def test_a_second_person_sends_a_proposal_back(application, judge, settings):
    settings.ADS_TWO_PERSONS_ABOVE_MINOR = {"USD": 499_99}
    ads.approve_application(application=application, by=judge, **TERMS)
    with pytest.raises(payments.SamePerson):
        ads.send_back_approval(application=application, by=judge, reason="No")
    ads.send_back_approval(application=application, by=make_staff(), reason="Too much")
    assert (fresh(application).status, fresh(application).proposed_by) == ("sent", None)


def test_a_question_is_answered_and_sent_again(application, judge, seller):
    ads.ask_for_more(application=application, by=judge, reason="What do you sell?")
    with pytest.raises(payments.BadRequest, match="answer"):
        ads.send_application(application=application, by=seller, consents=True)
    draft = ads.save_draft(channel=application.channel, by=seller, answer="Pots")
    ads.send_application(application=draft, by=seller, consents=True)
    assert trail(application)[1:] == [("draft", "sent"), ("sent", "more_asked"), ("more_asked", "sent")]


def test_a_rejection_needs_a_reason_and_ends_it(application, judge, seller):
    with pytest.raises(payments.BadRequest):
        ads.reject_application(application=application, by=judge, reason=" ")
    ads.reject_application(application=application, by=judge, reason="Too early")
    assert (fresh(application).staff_words, CreditLine.objects.count()) == ("Too early", 0)
    with pytest.raises(payments.NotAllowed):
        ads.approve_application(application=application, by=judge, **TERMS)
    assert ads.save_draft(channel=application.channel, by=seller).pk != application.pk


@pytest.mark.parametrize("terms", [
    {"limit_minor": 0}, {"limit_minor": 10**11 + 1}, {"fee_basis_points": 3001}, {"fee_basis_points": -1},
    {"period_days": 0}, {"period_days": 93},
])  # fmt: skip
def test_terms_out_of_range_are_refused(application, judge, terms):
    with pytest.raises(payments.BadRequest):
        ads.approve_application(application=application, by=judge, **TERMS | terms)


def test_who_is_of_the_team_or_not_of_staff_decides_nothing(application, judge):
    application.channel.members.create(person=judge, role="viewer")
    for person in (judge, make_user()):
        with pytest.raises(payments.NotAllowed):
            ads.approve_application(application=application, by=person, **TERMS)


def test_it_is_taken_back_and_asked_again(application, seller):
    for _ in range(2):
        ads.withdraw_application(application=application, by=seller)
    assert (fresh(application).status, selectors.get_application(application.channel)) == ("withdrawn", None)
    assert ads.save_draft(channel=application.channel, by=seller).pk != application.pk


def test_a_limit_moves_with_the_ledgers_floor_and_never_below_what_is_owed(application, judge):
    ads.approve_application(application=application, by=judge, **TERMS)
    line = CreditLine.objects.get()
    ads.change_limit(line=line, limit_minor=50_00, by=judge, reason="Less")
    check_now()
    CreditLine.objects.update(reserved_minor=40_00)
    with pytest.raises(payments.BadRequest):
        ads.change_limit(line=line, limit_minor=39_99, by=judge, reason="Less")
    assert (fresh(line).limit_minor, balance("ad_receivable", application.channel)) == (50_00, 0)
    assert AuditEntry.objects.filter(verb="limit changed").count() == 1


def test_a_limit_is_raised_above_the_threshold_by_nobody_alone(application, judge, settings):
    ads.approve_application(application=application, by=judge, **TERMS)
    line, settings.ADS_TWO_PERSONS_ABOVE_MINOR = CreditLine.objects.get(), {"USD": 600_00}
    ads.change_limit(line=line, limit_minor=600_00, by=judge, reason="More")
    with pytest.raises(payments.BadRequest, match="second person"):
        ads.change_limit(line=line, limit_minor=600_01, by=judge, reason="More")
    assert fresh(line).limit_minor == 600_00
    settings.ADS_TWO_PERSONS_ABOVE_MINOR = {"USD": 100_00}
    assert ads.change_limit(line=line, limit_minor=300_00, by=judge, reason="Less").limit_minor == 300_00


def test_a_line_is_closed_and_opened_again(application, judge):
    ads.approve_application(application=application, by=judge, **TERMS)
    line = CreditLine.objects.get()
    assert ads.close_line(line=line, by=judge, reason="Odd").status == "closed"
    with pytest.raises(payments.NotAllowed):
        ads.close_line(line=line, by=judge, reason="Odd")
    assert ads.reopen_line(line=line, by=judge, reason="Fine").status == "active"


def test_a_change_is_never_edited(application):
    with pytest.raises(IntegrityError, match="rows are only added"), transaction.atomic():
        CreditChange.objects.update(reason="Other")
