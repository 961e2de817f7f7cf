"""A smoke test's life, and who counts in it."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core import outbox
from core.models import AuditEntry, OutboxMessage
from insights import services, signals
from insights.models import Applicant, ApplicantTransition, SmokeField, SmokeTest, SmokeUpload, SmokeVisit
from insights.selectors import smoke as selectors
from insights.services import carrying
from news.models import News
from recommender.lookers import Looker
from tests.factories import make_category, make_product_post
from tests.insights.conftest import make_smoke_test


def sql(statement: str, *values) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_draft_says_what_it_lacks(db, staff):
    smoke = SmokeTest.objects.create(name="Bare", slug="bare")
    assert services.what_it_lacks(smoke) == [
        "There is no landing page in English.",
        "There is no landing page in Persian.",
        "There is no landing page in Traditional Chinese.",
        "The form asks nothing.",
        "No place leads to it.",
    ]
    with pytest.raises(services.NotReady):
        services.start_test(smoke=smoke, by=staff)


def test_states_move_one_way_and_are_written_down(draft, staff, shopper):
    with pytest.raises(services.NotAllowed):
        services.start_test(smoke=draft, by=shopper)
    smoke = services.start_test(smoke=draft, by=staff)
    with pytest.raises(services.WrongState):
        services.start_test(smoke=smoke, by=staff)
    smoke = services.end_test(smoke=smoke, by=staff, reason="seen enough")
    with pytest.raises(services.WrongState):
        services.end_test(smoke=smoke, by=staff)
    steps = list(smoke.transitions.order_by("pk").values_list("from_state", "to_state", "by", "reason"))
    assert steps == [("draft", "running", staff.pk, ""), ("running", "ended", staff.pk, "seen enough")]
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == ["started", "ended"]


@pytest.mark.parametrize("change", ["threshold_percent = 1", "min_visitors = 1", "slug = 'x'", "target = 'shoppers'"])
def test_the_database_refuses_to_change_what_decides(running, change):
    with pytest.raises(IntegrityError, match="settled"):
        sql(f"UPDATE insights_smoketest SET {change} WHERE id = %s", running.pk)  # noqa: S608 - our own words


def test_a_draft_may_change_and_a_test_keeps_its_questions(draft, staff):
    sql("UPDATE insights_smoketest SET threshold_percent = 1, slug = 'x' WHERE id = %s", draft.pk)
    services.start_test(smoke=draft, by=staff)
    for statement in ("DELETE FROM insights_smokefield", "UPDATE insights_smokefield SET labels = '{}'"):
        with pytest.raises(IntegrityError, match="questions stay"):
            sql(f"{statement} WHERE test_id = %s", draft.pk)
    with pytest.raises(IntegrityError, match="questions stay"), transaction.atomic():
        SmokeField.objects.create(test=draft, key="late")
    with pytest.raises(IntegrityError, match="cannot move from running to draft"):
        sql("UPDATE insights_smoketest SET state = 'draft' WHERE id = %s", draft.pk)
    with pytest.raises(IntegrityError, match="rows are only added"):
        sql("UPDATE insights_smoketransition SET reason = 'x'")
    with pytest.raises(IntegrityError, match="is kept"):
        sql("DELETE FROM insights_smokepage; DELETE FROM insights_smoketest WHERE id = %s", draft.pk)


def test_time_ends_a_test(draft, staff):
    SmokeTest.objects.filter(pk=draft.pk).update(ends_at=timezone.now() + dt.timedelta(days=1))
    draft.refresh_from_db()
    services.start_test(smoke=draft, by=staff)
    assert services.end_overdue() == 0
    past = timezone.now() - dt.timedelta(days=2)
    SmokeTest.objects.filter(pk=draft.pk).update(starts_at=past, ends_at=past + dt.timedelta(days=1))
    assert selectors.get_open_tests() == []
    assert (services.end_overdue(), services.end_overdue()) == (1, 0)
    assert draft.transitions.get(to_state="ended").by is None


def test_each_step_counts_once_and_brings_the_earlier_ones(running, seller, channel, django_assert_num_queries):
    make_product_post(channel, category=make_category(slug="pots"))
    channel.refresh_from_db()
    looker = Looker(seller.pk)
    with django_assert_num_queries(3):  # nobody to go on with; the store's figures; the row
        services.note_step(smoke=running, looker=looker, step="seen_at", channel=channel)
    first = SmokeVisit.objects.get()
    for step in ("started_at", "seen_at", "started_at"):
        with django_assert_num_queries(1):
            services.note_step(smoke=running, looker=looker, step=step, channel=channel)
    visit = SmokeVisit.objects.get()
    assert (visit.seen_at, visit.submitted_at, visit.furthest) == (first.seen_at, None, "started_at")
    assert visit.called_at is not None
    assert (visit.followers, visit.products, visit.age_days, visit.category.slug) == (0, 1, 0, "pots")
    services.note_step(smoke=running, looker=Looker(guest="g"), step="called_at")
    assert selectors.get_report(running).funnel == selectors.Funnel(2, 2, 1, 0)


def test_nobody_known_is_not_counted(running):
    services.note_step(smoke=running, looker=Looker(), step="seen_at")
    assert SmokeVisit.objects.count() == 0


def test_a_guest_becomes_the_person_she_is(running, shopper, staff):
    guest = Looker(guest="key")
    other = services.start_test(smoke=make_smoke_test(slug="other"), by=staff)
    services.apply(smoke=running, looker=guest, answers={}, uploads=[], language="en")
    services.note_step(smoke=other, looker=guest, step="called_at")
    services.note_step(smoke=other, looker=Looker(shopper.pk), step="seen_at")
    services.keep_what_a_guest_did(person=shopper, guest="key")
    visits = {visit.test_id: visit for visit in SmokeVisit.objects.filter(person=shopper)}
    assert (SmokeVisit.objects.count(), Applicant.objects.get().person) == (2, shopper)
    assert (visits[running.pk].furthest, visits[other.pk].furthest) == ("submitted_at", "called_at")


def test_staff_who_looked_as_guests_are_taken_out(running, staff):
    services.note_step(smoke=running, looker=Looker(guest="key"), step="seen_at")
    services.keep_what_a_guest_did(person=staff, guest="key")
    assert SmokeVisit.objects.count() == 0


def test_one_application_a_person(running, seller, channel):
    given = {"smoke": running, "looker": Looker(seller.pk), "uploads": [], "language": "en", "channel": channel}
    first = services.apply(answers={"text": "a"}, **given)
    again = services.apply(answers={"text": "b"}, **given)
    assert (again.pk, again.answers) == (first.pk, {"text": "a"})
    assert list(first.transitions.values_list("from_state", "to_state")) == [("", "received")]
    assert selectors.get_report(running).funnel == selectors.Funnel(1, 1, 1, 1)


def test_an_ended_test_takes_nobody(running, seller, staff):
    services.end_test(smoke=running, by=staff)
    with pytest.raises(services.NotOpen):
        services.apply(smoke=running, looker=Looker(seller.pk), answers={}, uploads=[], language="en")


def test_applicants_are_told_in_staffs_words(running, seller, staff, channel):
    given = {"answers": {}, "uploads": [], "language": "fa"}
    mine = services.apply(smoke=running, looker=Looker(seller.pk), channel=channel, **given)
    services.apply(smoke=running, looker=Looker(guest="g"), **given)
    everybody = Applicant.objects.all()
    assert services.move_applicants(applicants=everybody, to="checking", by=staff, words="Monday") == 2
    with pytest.raises(services.NeedsWords):
        services.move_applicants(applicants=everybody, to="not_built", by=staff)
    assert services.move_applicants(applicants=everybody, to="not_built", by=staff, words="Too few") == 2
    assert services.move_applicants(applicants=everybody, to="not_built", by=staff, words="Too few") == 0
    told = list(
        News.objects.filter(person=seller, kind__startswith="smoke").order_by("pk").values_list("kind", "params")
    )
    assert told == [
        ("smoke_checking", {"service": "اجاره", "words": "Monday"}),
        ("smoke_not_built", {"service": "اجاره", "words": "Too few"}),
    ]
    steps = list(
        ApplicantTransition.objects.filter(applicant=mine).order_by("pk").values_list("from_state", "to_state")
    )
    assert steps == [("", "received"), ("received", "checking"), ("checking", "not_built")]


@carrying.way("rent")
def enter(applicant: Applicant) -> str:
    """A live service of these tests' own."""
    return f"/rent/{applicant.answers['text']}/"


@carrying.way("closed")
def find_it_closed(applicant: Applicant) -> str:
    raise ConnectionError


def test_a_test_turned_live_takes_its_applicants_along(staff, seller, channel, django_capture_on_commit_callbacks):
    smoke = services.start_test(smoke=make_smoke_test(service="rent"), by=staff)
    given = {"smoke": smoke, "answers": {"text": "a"}, "uploads": [], "language": "en"}
    mine = services.apply(looker=Looker(seller.pk), channel=channel, **given)
    guest = services.apply(looker=Looker(guest="g"), **given)
    done = services.apply(looker=Looker(guest="h"), **given)
    services.move_applicant(applicant=done, to="not_built", by=staff, words="No")
    with pytest.raises(services.WrongState):
        services.carry_over(mine)
    with pytest.raises(services.NotReady):
        services.turn_live(smoke=smoke, by=staff, url="//elsewhere")
    smoke = services.turn_live(smoke=smoke, by=staff, url="/rent/")
    assert (smoke.state, smoke.live_url) == ("ended", "/rent/")
    assert OutboxMessage.objects.filter(topic=services.CARRY).count() == 2

    heard = []
    hear = lambda smoke_id, applicant_ids, **_: heard.append((smoke_id, applicant_ids))  # noqa: E731
    signals.applicants_carried_over.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.deliver_due(topic=services.CARRY) == 2
        services.carry_over(mine)  # twice is once
    signals.applicants_carried_over.disconnect(hear)
    assert heard == [(smoke.pk, [mine.pk]), (smoke.pk, [guest.pk])]
    assert list(Applicant.objects.order_by("pk").values_list("state", "live_url")) == [
        ("live", "/rent/a/"), ("live", "/rent/"), ("not_built", ""),
    ]  # fmt: skip
    assert News.objects.get(person=seller, kind="smoke_live").url == mine.get_absolute_url()
    with pytest.raises(services.WrongState):
        services.turn_live(smoke=smoke, by=staff, url="/rent/")


def test_a_way_that_fails_leaves_the_applicant_for_the_next_try(staff, seller, channel):
    smoke = services.start_test(smoke=make_smoke_test(service="closed"), by=staff)
    services.apply(smoke=smoke, looker=Looker(seller.pk), answers={}, uploads=[], language="en", channel=channel)
    services.turn_live(smoke=smoke, by=staff, url="/rent/")
    assert outbox.deliver_due(topic=services.CARRY) == 0
    assert (Applicant.objects.get().state, OutboxMessage.objects.get(topic=services.CARRY).attempts) == ("received", 1)


def test_files_that_no_application_took_go_after_a_day(running, seller):
    rows = [SmokeUpload.objects.create(test=running, field_key="file", name="a", document=f"{n}.pdf") for n in range(3)]
    mine = services.apply(smoke=running, looker=Looker(seller.pk), answers={}, uploads=rows[:1], language="en")
    SmokeUpload.objects.filter(pk__in=[rows[0].pk, rows[1].pk]).update(created_at=timezone.now() - dt.timedelta(days=2))
    assert services.sweep_uploads(limit=10) == 1
    assert list(SmokeUpload.objects.order_by("pk").values_list("pk", "applicant")) == [
        (rows[0].pk, mine.pk),
        (rows[2].pk, None),
    ]


def test_the_shipped_tests_are_made_once_and_can_start(db, staff):
    made = services.load_smoke_tests()
    assert [smoke.slug for smoke in made] == ["credit-ads", "microloan"]
    assert services.load_smoke_tests() == []
    assert [services.what_it_lacks(smoke) for smoke in made] == [[], []]
    assert services.start_test(smoke=made[0], by=staff).service == "credit-ads"
