"""The audit log only grows."""

import datetime as dt

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from core import audit
from core.models import AUDIT_WORDS, AuditEntry


def test_an_entry_says_who_what_and_why(shopper, staff):
    entry = audit.log(actor=staff, verb="unlocked", subject=shopper, reason="She called", data={"attempts": 9})
    entry.refresh_from_db()
    assert (entry.actor_pk, entry.actor_name, entry.verb) == (str(staff.pk), "Staff", "unlocked")
    assert (entry.subject_type, entry.subject_pk, entry.subject_name) == ("accounts.user", str(shopper.pk), "Sara")
    assert (entry.reason, entry.data) == ("She called", {"attempts": 9})
    assert str(entry) == "Staff unlocked Sara"


def test_the_program_acts_without_a_name(shopper):
    entry = audit.log(actor=None, verb="expired", subject=shopper)
    assert (entry.actor_pk, entry.actor_name, entry.reason, entry.data) == ("", "", "", {})


@pytest.mark.parametrize("change", [lambda rows: rows.update(reason="other"), lambda rows: rows.delete()])
def test_the_database_refuses_to_change_it(shopper, change):
    entry = audit.log(actor=None, verb="expired", subject=shopper)
    with (
        pytest.raises(ProgrammingError, match="Cannot update or delete"),
        transaction.atomic(),
    ):
        change(AuditEntry.objects.all())
    assert AuditEntry.objects.get() == entry


STATEMENTS = (
    "UPDATE core_auditentry SET reason = 'other'",
    "DELETE FROM core_auditentry",
    "UPDATE core_auditentry SET at = now() - interval '1 day', actor_name = 'somebody else'",
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_plain_sql_does_not_change_it_either(shopper, statement):
    entry = audit.log(actor=None, verb="expired", subject=shopper)
    with (
        pytest.raises(ProgrammingError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    entry.refresh_from_db()
    assert entry.reason == ""


LIST = "/admin/core/auditentry/"


def found(client, **query: str) -> list[str]:
    return [entry.reason for entry in client.get(LIST, query).context["cl"].result_list]


def test_staff_find_entries_by_each_of_their_facts(shopper, staff, staff_client, django_assert_num_queries):
    audit.log(actor=staff, verb="unlocked", subject=shopper, reason="She called")
    audit.log(actor=staff, verb="suspended", subject=staff, reason="كتاب ۱۲")
    audit.log(actor=None, verb="expired", subject=shopper, reason="Too late")
    assert found(staff_client) == ["Too late", "كتاب ۱۲", "She called"]
    assert found(staff_client, actor_pk__exact=str(staff.pk)) == ["كتاب ۱۲", "She called"]
    subject = {"subject_type__exact": "accounts.user", "subject_pk__exact": str(shopper.pk)}
    assert found(staff_client, **subject) == ["Too late", "She called"]
    assert found(staff_client, verb="expired") == ["Too late"]
    assert found(staff_client, q="کتاب 12") == ["كتاب ۱۲"]  # Persian letters and Latin digits
    assert found(staff_client, q="called sara") == ["She called"]
    today = timezone.localdate()
    assert found(staff_client, since=str(today), until=str(today)).__len__() == 3
    assert found(staff_client, until=str(today - dt.timedelta(days=1))) == []
    assert found(staff_client, since="yesterday") == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(shopper, staff_client, count, django_assert_num_queries):
    for number in range(count):
        audit.log(actor=None, verb=f"verb {number}", subject=shopper)
    with django_assert_num_queries(7):  # session, factor, count, rows, values of two filters, queues of the frame
        staff_client.get(LIST, {"q": "verb"})


def test_a_long_log_is_searched_by_its_index(db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = AuditEntry.objects.alias(words=AUDIT_WORDS).filter(words__contains="SARA").explain()
    assert "audit_words" in plan


def test_staff_search_and_cannot_write(shopper, staff, staff_client):
    audit.log(actor=staff, verb="unlocked", subject=shopper, reason="She called")
    entry = audit.log(actor=None, verb="expired", subject=staff, reason="Too late")
    page = reverse("admin:core_auditentry_changelist")
    found = staff_client.get(page, {"q": "too late"}).content.decode()
    assert ("Too late" in found, "She called" in found) == (True, False)
    assert (
        staff_client.post(reverse("admin:core_auditentry_change", args=[entry.pk]), {"reason": "x"}).status_code == 403
    )
    assert staff_client.get(reverse("admin:core_auditentry_add")).status_code == 403
    assert staff_client.get(reverse("admin:core_auditentry_delete", args=[entry.pk])).status_code == 403
