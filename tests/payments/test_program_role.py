"""The program's role owns nothing: what the ledger forbids it has no right to try."""

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import Model

from payments import services as payments
from payments.machine import State
from payments.models import (
    Account,
    CouponUse,
    Entry,
    Evidence,
    MoneyRequest,
    PayoutBatch,
    Posting,
    RefundRequest,
    Reservation,
    Snapshot,
)
from tests.factories import make_picture, make_product_post
from tests.payments.guards_tools import and_commit, leg, names_of, raw_post, sql
from tests.payments.market import ask, bring_to, check_now, fill_wallet, fresh, judge, key, make_coupon, owner

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
    "UPDATE payments_snapshot SET account_id = account_id",
    "DELETE FROM payments_snapshot",
    "UPDATE payments_couponuse SET off_minor = 1",
    "UPDATE payments_couponuse SET request_id = 1",
    "DELETE FROM payments_couponuse",
    "UPDATE payments_reservation SET quantity = 1",
    "UPDATE payments_reservation SET request_id = 1",
    "DELETE FROM payments_reservation",
    "UPDATE payments_payoutbatch SET total_minor = 1",
    "DELETE FROM payments_payoutbatch",
    "UPDATE payments_evidence_pictures SET picture_id = 1",
    "DELETE FROM payments_evidence_pictures",
    "DELETE FROM payments_refundrequest_pictures",
    "ALTER TABLE payments_posting DISABLE TRIGGER ALL",
    "DROP TABLE payments_posting",
    "SELECT payments_account('bank', NULL, NULL, '', 'USD')",
    "SET session_replication_role = replica",
]


@pytest.mark.parametrize("statement", PROGRAM_MAY_NOT)
def test_the_programs_role_is_refused(buyer, as_program: None, statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        sql(statement)


ONLY_ADDED = (PayoutBatch, Evidence.pictures.through, RefundRequest.pictures.through)
NEVER_DELETED = (Snapshot, CouponUse, Reservation)


def allowed_rights(model: type[Model]) -> set[str]:
    """What the program needs on a table; guards refuse the same to the owner, but where the table has none."""
    guards = set(names_of(model))
    if model in (Account, Entry, Posting):
        return {"SELECT"}
    if "no_change" in guards or model in ONLY_ADDED:
        return {"SELECT", "INSERT"}
    if "no_delete" in guards or model in NEVER_DELETED:
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


def test_the_programs_role_sells_units_with_a_coupon_and_takes_both_back(channel, buyer, as_program: None):
    make_coupon(channel)
    product = make_product_post(channel, stock=2).product
    lines = [payments.Line("A clay pot", 100_00, 1, product.pk)]
    for state in (State.CANCELLED, State.REFUNDED):
        bring_to(ask(channel, buyer, lines=lines, coupon_code="SPRING"), state)
        assert (fresh(product).stock, channel.coupons.get().use_count) == (2, 0)
    product.delete()  # what was kept of it stays
    assert set(Reservation.objects.values_list("state", "product")) == {("returned", None)}
    for _night in range(2):
        payments.take_snapshots()
    check_now()


def test_the_programs_role_shows_pictures_and_pays_out(request_: MoneyRequest, as_program: None):
    picture = make_picture()
    request, seller = bring_to(request_, State.SHIPPED), owner(request_.channel)
    words = {"request": request, "by": request.buyer}
    payments.ask_refund(reason="damaged", pictures=[picture], key=key(), **words)
    dispute = payments.escalate(key=key(), **words)
    payments.add_evidence(dispute=dispute, by=request.buyer, text="A crack", pictures=[picture], key=key())
    words = {"dispute": dispute, "decision": "release", "reason": "It is whole", "key": key()}
    payments.propose_decision(by=judge(), **words)
    words = {"channel": request.channel, "amount_minor": 95_00, "destination": {"holder": "Ada", "account": "1"}}
    payout = payments.request_payout(by=seller, key=key(), **words)
    payments.make_payout_file(currency="USD", by=judge(), key=key())
    assert payments.confirm_payout(payout=payout, by=judge(), key=key()).state == "confirmed"
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
