"""The audit log only grows."""

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from core import audit
from core.models import AuditEntry


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
