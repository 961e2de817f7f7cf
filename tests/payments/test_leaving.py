"""Somebody leaves while the database only lets the program do what it may in production."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Erasure
from payments.models import MoneyRequest, Posting
from tests.payments.market import ask, bring_to, check_now, fill_wallet, fresh

pytestmark = pytest.mark.django_db


def test_the_program_erases_without_touching_the_ledger(channel, shopper, as_program):
    fill_wallet(shopper, 100_00)
    bring_to(ask(channel, shopper, 100_00), "released")
    before = list(Posting.objects.order_by("pk").values_list("pk", "amount_minor"))
    accounts.ask_to_leave(person=shopper)
    Erasure.objects.update(due_at=timezone.now())
    assert accounts.erase_due(limit=1) == 1
    check_now()
    assert list(Posting.objects.order_by("pk").values_list("pk", "amount_minor")) == before
    assert fresh(shopper).erased_at is not None


def test_an_address_leaves_only_what_has_ended(channel, shopper):
    fill_wallet(shopper, 100_00)
    asked = ask(channel, shopper, 100_00)
    MoneyRequest.objects.filter(pk=asked.pk).update(address={"name": "Sara"})
    held = bring_to(fresh(asked), "held")
    with pytest.raises(IntegrityError, match="what was paid for is fixed"), transaction.atomic():
        MoneyRequest.objects.filter(pk=held.pk).update(address=None)
    assert fresh(held).address == {"name": "Sara"}
