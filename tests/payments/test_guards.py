"""The database refuses what must never be, whoever asks; and each guard is missed when it is gone."""

from contextlib import suppress
from itertools import permutations

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from payments.machine import (
    ATTEMPT_PAIRS,
    COUPON_PAIRS,
    DISPUTE_PAIRS,
    ENDED,
    OFFER_PAIRS,
    PAIRS,
    PAYOUT_PAIRS,
    REFUND_PAIRS,
    REFUND_REQUEST_PAIRS,
    State,
)
from payments.models import Account, MoneyRequest
from tests.payments.guards_ledger import LEDGER
from tests.payments.guards_machines import MACHINES
from tests.payments.guards_requests import REQUESTS, held_for_free
from tests.payments.guards_tools import and_commit, drop, make, model_of, name_in_database, names_of, refused_by, sql
from tests.payments.market import check_now, fresh

pytestmark = pytest.mark.django_db

# By model and guard: what that guard alone refuses.
FORBIDDEN = LEDGER | REQUESTS | MACHINES
ATTEMPTS = [
    pytest.param(label, guard, deed, id=f"{label}-{guard}-{deed.__qualname__.partition('.')[0]}")
    for label, guards in FORBIDDEN.items()
    for guard, deeds in guards.items()
    for deed in deeds
]
SMALL_MACHINES = {
    "paymentattempt": ATTEMPT_PAIRS,
    "refund": REFUND_PAIRS,
    "payout": PAYOUT_PAIRS,
    "coupon": COUPON_PAIRS,
    "refundrequest": REFUND_REQUEST_PAIRS,
    "refundoffer": OFFER_PAIRS,
    "dispute": DISPUTE_PAIRS,
}


@pytest.mark.parametrize(("label", "guard", "deed"), ATTEMPTS)
def test_each_guard_is_missed_when_it_is_gone(request_: MoneyRequest, label, guard, deed):
    """This guard refuses the deed; without it, it is done: so the test sees that guard and no other."""
    check_now()
    model = model_of(label)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        and_commit(deed, fresh(request_), model)
    assert refused_by(refusal.value) == name_in_database(model, guard)
    drop(model, guard)
    and_commit(deed, fresh(request_), model)


def test_every_guard_is_tried():
    """Whoever adds a trigger, a constraint or a unique column writes down what it refuses."""
    declared = {
        (model._meta.model_name, name)
        for model in apps.get_app_config("payments").get_models()
        for name in names_of(model)
    }
    assert declared == {
        (label, guard) for label, guards in FORBIDDEN.items() for guard, deeds in guards.items() if deeds
    }


def test_the_database_has_the_triggers_that_the_models_declare():
    """None is missing, none is switched off, and none came by another way."""
    declared = {
        trigger.get_pgid(model)
        for model in apps.get_app_config("payments").get_models()
        for trigger in getattr(model._meta, "triggers", ())
    }
    found = sql(
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
        " AND tgrelid IN (SELECT oid FROM pg_class WHERE relname LIKE 'payments\\_%%')"
    )
    assert {name for (name,) in found} == declared


def test_no_setting_switches_a_guard_off(buyer):
    """django-pgtrigger's own triggers obey the setting pgtrigger.ignore; a ledger's must not."""
    name = name_in_database(model_of("posting"), "no_change")
    sql(f"SET LOCAL pgtrigger.ignore = '{{{name}}}'")
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("UPDATE payments_posting SET amount_minor = 1")


def test_no_temporary_table_stands_in_for_the_ledger(request_: MoneyRequest):
    check_now()
    sql("CREATE TEMPORARY TABLE payments_posting (LIKE public.payments_posting) ON COMMIT DROP")
    with pytest.raises(IntegrityError), transaction.atomic():
        and_commit(held_for_free, request_)


def test_every_pair_of_states_is_as_the_table_says(request_: MoneyRequest):
    """The guard's own list against the table, all 196 pairs."""
    check_now()
    moves, escrow = (name_in_database(MoneyRequest, name) for name in ("moves", "escrow_is_as_stated"))
    sql(f"ALTER TABLE payments_moneyrequest DISABLE TRIGGER {escrow}")
    move = (
        "UPDATE payments_moneyrequest SET state = %s, version = version + 1, refunded_minor = %s,"
        " due_at = CASE WHEN %s THEN NULL ELSE now() END, timer = CASE WHEN %s THEN '' ELSE 'expire' END WHERE id = %s"
    )
    quiet = f"ALTER TABLE payments_moneyrequest {{}} TRIGGER {moves}"
    allowed = set()
    for source in State:
        check_now()
        sql(quiet.format("DISABLE"))
        refunded = 100_00 if source == State.REFUNDED else 0
        sql(move, source, refunded, source in ENDED, source in ENDED, request_.pk)
        check_now()
        sql(quiet.format("ENABLE"))
        for target in State:
            after = max(refunded, 100_00 if target == State.REFUNDED else 0)
            terms = "terms_version = terms_version + 1, " if source == target else ""
            statement = move.replace("SET state", f"SET {terms}state")
            try:
                with transaction.atomic():
                    sql(statement, target, after, target in ENDED, target in ENDED, request_.pk)
                    allowed.add((source, target))
                    raise ZeroDivisionError  # back to where it was
            except (IntegrityError, ZeroDivisionError):
                pass
    same = {
        (source, target)
        for source, target in PAIRS
        if source == target and source not in (State.DRAFT, State.REQUESTED)
    }
    assert allowed == PAIRS - same  # paid ones stay only with a refund, which is its own test


@pytest.mark.parametrize(("label", "pairs"), SMALL_MACHINES.items())
def test_every_pair_of_a_small_machine_is_as_its_table_says(request_: MoneyRequest, label, pairs):
    model, row = model_of(label), make(label, request_)
    for beside in {"open_attempt_has_a_timer", "has_its_entry"} & set(names_of(model)):
        check_now()
        drop(model, beside)
    states = [state for state, _name in model._meta.get_field("state").choices]
    switch = f"ALTER TABLE {model._meta.db_table} {{}} TRIGGER {name_in_database(model, 'moves')}"
    allowed = set()
    for source, target in permutations(states, 2):
        check_now()
        sql(switch.format("DISABLE"))
        model.objects.filter(pk=row.pk).update(state=source)
        check_now()
        sql(switch.format("ENABLE"))
        with suppress(IntegrityError), transaction.atomic():
            model.objects.filter(pk=row.pk).update(state=target)
            allowed.add((source, target))
    assert allowed == pairs


def test_the_balance_is_what_the_wallet_shows(buyer):
    account = Account.objects.get(kind="wallet", person=buyer)
    assert (account.is_materialized, account.balance_minor, account.floor_minor) == (True, 500_00, 0)
    assert fresh(account).postings.count() == 1
