"""What an attempt at a guard is made of: SQL, rows of each table as bare as can be, and the guards by their names.

A deed is called with a payable request of 100.00 dollars and the model whose guard should refuse it.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models
from django.utils import timezone

from payments.models import Account, Entry, MoneyRequest, PaymentAttempt
from tests.payments.market import check_now, key, owner

Deed = Callable[[MoneyRequest, type[models.Model]], object]
NOW = timezone.now()


def sql(statement: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def and_commit(deed: Callable[..., object], *words: object, **more: object) -> None:
    deed(*words, **more)
    check_now()


def leg(kind: str, amount: int, **owner: int) -> dict:
    return {"kind": kind, "amount": amount} | owner


def raw_post(*legs: dict, **words: object) -> int:
    """An entry as the program's door writes it, whatever its legs."""
    given = {"key": key(), "kind": "other", "request": None, "version": None, "currency": "USD"} | words
    return sql(
        "SELECT payments_post(%s, %s, %s, %s, 'x', NULL, %s, %s::jsonb)",
        *(given[name] for name in ("key", "kind", "request", "version", "currency")),
        json.dumps(legs),
    )[0][0]


# --- guards by name: a trigger's, a constraint's, or that of a unique column


def model_of(label: str) -> type[models.Model]:
    return apps.get_model("payments", label)


def names_of(model: type[models.Model]) -> Iterator[str]:
    """Every guard that a model declares. What Django derives from a column's type alone is not one."""
    yield from (trigger.name for trigger in getattr(model._meta, "triggers", ()))
    yield from (constraint.name for constraint in model._meta.constraints)
    yield from (
        field.name for field in model._meta.local_fields if field.unique and not isinstance(field, models.AutoField)
    )


def name_in_database(model: type[models.Model], guard: str) -> str:
    for trigger in getattr(model._meta, "triggers", ()):
        if trigger.name == guard:
            return trigger.get_pgid(model)
    if guard in {constraint.name for constraint in model._meta.constraints}:
        return guard
    column = model._meta.get_field(guard).column
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return next(
        name for name, facts in found.items() if facts["unique"] and facts["columns"] == [column] and not facts["index"]
    )


def drop(model: type[models.Model], guard: str) -> None:
    name, table = name_in_database(model, guard), model._meta.db_table
    constraint = next((constraint for constraint in model._meta.constraints if constraint.name == guard), None)
    if constraint:
        with connection.schema_editor() as editor:
            editor.remove_constraint(model, constraint)
    elif name.startswith("pgtrigger_"):
        sql(f"DROP TRIGGER {name} ON {table}")
    else:
        sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def refused_by(error: IntegrityError) -> str:
    """The name in the database of the guard that raised; of triggers within triggers it is the innermost."""
    told = error.__cause__.diag
    trigger = re.search(r"function (pgtrigger_\w+)\(\)", told.context or "")
    return told.constraint_name or (trigger[1] if trigger else "")


# --- rows, and deeds that any model can be put to


# By model, the least that a row is made of.
ROWS: dict[str, Callable[[MoneyRequest], dict[str, Any]]] = {
    "account": lambda _: {"kind": "bank", "currency": "TWD"},
    "snapshot": lambda _: {"account": Account.objects.get(kind="gateway_clearing"), "balance_minor": 0, "until": NOW},
    "effect": lambda _: {"key": key(), "body_hash": b"x"},
    "moneyrequest": lambda r: (
        {"buyer": r.buyer, "channel": r.channel, "origin": "seller", "title": "A pot", "timer": "expire", "due_at": NOW}
        | {"amount_minor": 1, "fee_basis_points": 0, "fee_minor": 0, "currency": "USD"}
    ),
    "requestversion": lambda r: {"request": r, "version": 9, "line_rows": [], "amount_minor": 1, "fee_minor": 0},
    "requesttransition": lambda r: (
        {"request": r, "version": 9, "verb": "edit", "to_state": "requested", "who": "seller"}
    ),
    "paymentattempt": lambda r: (
        {"person": r.buyer, "provider": "sandbox", "amount_minor": 1, "currency": "USD"}
        | {"due_at": NOW, "give_up_at": NOW}
    ),
    "refund": lambda r: {"attempt": verified(make("paymentattempt", r)), "amount_minor": 1, "currency": "USD"},
    "statechange": lambda _: {"machine": "payout", "row_id": 1, "from_state": "created", "to_state": "sent"},
    "payout": lambda r: {"channel": r.channel, "destination": {"account": "1"}, "amount_minor": 1, "currency": "USD"},
    "refundrequest": lambda r: (
        {"request": r, "by": r.buyer, "reason": "damaged", "state_before": "held", "timer_before": "refund_unshipped"}
    ),
    "refundoffer": lambda r: {"request": r, "by": owner(r.channel), "amount_minor": 1},
    "dispute": lambda r: {"request": r, "opened_by": r.buyer, "evidence_until": NOW, "due_at": NOW},
    "evidence": lambda r: {"dispute": make("dispute", r), "side": "buyer", "by": r.buyer, "text": "Broken"},
    "coupon": lambda r: {"channel": r.channel, "code": key(), "kind": "percent", "percent": 10, "currency": "USD"},
    "couponuse": lambda r: {"request": r, "coupon": make("coupon", r), "off_minor": 1},
    "reservation": lambda r: {"request": r, "quantity": 1},
    "address": lambda r: {"person": r.buyer, "name": "Mina", "lines": "Main 1", "city": "Bern", "country": "CH"},
    "alert": lambda _: {"kind": "drift", "subject": "all"},
}


HOLDERS = {"payout": "seller_payable", "refund": "wallet"}
# By model and state, the step by which its entry is keyed.
STEPS = {
    "payout": {"created": "asked", "confirmed": "confirmed", "returned": "returned"},
    "refund": {"created": "asked", "done": "done", "external": "done", "failed": "failed"},
}


def make(label: str, of: MoneyRequest, **words: object) -> Any:
    row = model_of(label).objects.create(**ROWS[label](of) | words)
    enter(row, words.get("state", "created"))
    return row


def enter(row: Any, state: object, **words: object) -> None:
    """The entry of a payout or a refund that comes into a state; the first one finds as much with its owner."""
    label = row._meta.model_name
    step = STEPS.get(label, {}).get(state)
    key = f"{label}:{row.pk}:{step}"
    if step is None or Entry.objects.filter(key=key).exists():
        return
    given = {"amount": row.amount_minor, "currency": row.currency} | words
    amount, currency = given["amount"], given["currency"]
    whose = {"channel": row.channel_id} if label == "payout" else {"person": row.attempt.person_id}
    holder = leg("bank", amount) if step in ("done", "confirmed") else leg(HOLDERS[label], amount, **whose)
    if step == "asked":
        raw_post(holder | {"amount": abs(amount)}, leg("bank", -abs(amount)), currency=currency)
        amount = -amount
    raw_post(holder | {"amount": amount}, leg(f"{label}_clearing", -amount), key=key, currency=currency)


def verified(attempt: PaymentAttempt, **words: object) -> PaymentAttempt:
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state="verified", due_at=None, **words)
    return attempt


def made(**words: object) -> Deed:
    """A new row that says this."""
    return lambda request, model: make(model._meta.model_name, request, **words)


def twice(**words: object) -> Deed:
    """Two rows where there may be one."""

    def deed(request: MoneyRequest, model: type[models.Model]) -> None:
        for _ in range(2):
            make(model._meta.model_name, request, **words)

    return deed


def changed(**words: object) -> Deed:
    """A lawful row that is changed to this."""

    def deed(request: MoneyRequest, model: type[models.Model]) -> None:
        row = make(model._meta.model_name, request)
        model.objects.filter(pk=row.pk).update(**words)

    return deed


def moved(*states: str, **words: object) -> Deed:
    """A new row that is moved through these states; only the last step is forbidden."""

    def deed(request: MoneyRequest, model: type[models.Model]) -> None:
        row = make(model._meta.model_name, request)
        for state in states:
            model.objects.filter(pk=row.pk).update(state=state, **words)
            enter(row, state)

    return deed


def deleted(request: MoneyRequest, model: type[models.Model]) -> None:
    make(model._meta.model_name, request).delete()


def emptied(_request: MoneyRequest, model: type[models.Model]) -> None:
    """Emptied with all that refers to it; the guards of those other tables look away."""
    check_now()
    for other in apps.get_models():
        if other is not model and "no_truncate" in names_of(other):
            sql(f"ALTER TABLE {other._meta.db_table} DISABLE TRIGGER {name_in_database(other, 'no_truncate')}")
    sql(f"TRUNCATE {model._meta.db_table} CASCADE")


KEPT: dict[str, list[Deed]] = {"no_delete": [deleted], "no_truncate": [emptied]}


def only_added(**words: object) -> dict[str, list[Deed]]:
    """What is tried on a table whose rows never change; ``words`` are a change."""
    return {"no_change": [changed(**words), deleted], "no_truncate": [emptied]}
