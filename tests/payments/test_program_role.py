"""The program's role owns nothing: what the ledger forbids it has no right to try."""

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import Model

from payments.machine import State
from payments.models import Account, Entry, MoneyRequest, Posting
from tests.payments.guards_tools import and_commit, leg, names_of, raw_post, sql
from tests.payments.market import bring_to, check_now, fill_wallet

pytestmark = pytest.mark.django_db

PROGRAM_MAY_NOT = [
    "UPDATE payments_account SET balance_minor = 1",
    "INSERT INTO payments_account (kind, currency, provider, is_materialized, balance_minor) VALUES ('bank', 'USD', '', false, 0)",
    "DELETE FROM payments_account",
    "INSERT INTO payments_entry (key, kind, body_hash, xid, at) VALUES ('k', 'other', 'x', '3', now())",
    "UPDATE payments_entry SET kind = 'other'",
    "DELETE FROM payments_entry",
    "INSERT INTO payments_posting (entry_id, account_id, amount_minor, currency) VALUES (1, 1, 1, 'USD')",
    "UPDATE payments_posting SET amount_minor = 1",
    "DELETE FROM payments_posting",
    "TRUNCATE payments_posting",
    "TRUNCATE payments_moneyrequest CASCADE",
    "UPDATE payments_requesttransition SET reason = ''",
    "DELETE FROM payments_requesttransition",
    "UPDATE payments_requestversion SET amount_minor = 1",
    "UPDATE payments_statechange SET reason = ''",
    "UPDATE payments_evidence SET text = ''",
    "DELETE FROM payments_moneyrequest",
    "DELETE FROM payments_effect",
    "DELETE FROM payments_payout",
    "ALTER TABLE payments_posting DISABLE TRIGGER ALL",
    "DROP TABLE payments_posting",
    "SELECT payments_account('bank', NULL, NULL, '', 'USD')",
    "SET session_replication_role = replica",
]


@pytest.mark.parametrize("statement", PROGRAM_MAY_NOT)
def test_the_programs_role_is_refused(buyer, as_program: None, statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        sql(statement)


def allowed_rights(model: type[Model]) -> set[str]:
    """What the program needs on a table; its guards refuse the same to the owner."""
    guards = set(names_of(model))
    if model in (Account, Entry, Posting):
        return {"SELECT"}
    if "no_change" in guards:
        return {"SELECT", "INSERT"}
    if "no_delete" in guards:
        return {"SELECT", "INSERT", "UPDATE"}
    return {"SELECT", "INSERT", "UPDATE", "DELETE"}


def has_right(model: type[Model], right: str) -> bool:
    whole = right in ("DELETE", "TRUNCATE", "TRIGGER")  # the others may be given for a column
    asks = "has_table_privilege" if whole else "has_any_column_privilege"
    return sql(f"SELECT {asks}(%s, %s)", model._meta.db_table, right)[0][0]


def test_the_programs_role_has_these_rights_and_no_others(as_program: None):
    rights = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    models = list(apps.get_app_config("payments").get_models(include_auto_created=True))
    found = {model.__name__: {right for right in rights if has_right(model, right)} for model in models}
    assert found == {model.__name__: allowed_rights(model) for model in models}


def test_the_programs_role_may_call_these_functions(as_program: None):
    found = sql(
        "SELECT proname FROM pg_proc WHERE proname LIKE 'payments\\_%%' AND has_function_privilege(oid, 'EXECUTE')"
    )
    changing = {"payments_post", "payments_lock_balances", "payments_set_ads_limit"}
    assert {name for (name,) in found} == changing | {"payments_check_escrow"}  # which only reads


def test_the_programs_role_can_do_all_its_work(request_: MoneyRequest, buyer, as_program: None):
    assert bring_to(request_, State.RELEASED).state == State.RELEASED
    fill_wallet(buyer, 5_00)
    check_now()


def test_the_programs_role_cannot_post_what_does_not_balance(buyer, as_program: None):
    with pytest.raises(IntegrityError), transaction.atomic():
        and_commit(raw_post, leg("wallet", 5, person=buyer.pk), leg("bank", -4))


def test_a_check_says_when_the_program_may_do_too_much(buyer, as_program: None):
    from payments.checks import ledger_has_one_door

    assert ledger_has_one_door(databases=["default"]) == []
    sql("RESET ROLE")
    sql("GRANT UPDATE ON payments_account TO bisat_app")
    assert ledger_has_one_door(databases=["default"]) == []  # the owner's own: another check speaks of that
    sql("SET ROLE bisat_app")
    assert [error.id for error in ledger_has_one_door(databases=["default"])] == ["bisat.E003"]
