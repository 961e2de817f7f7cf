"""The nightly proof: everything is added up again from the postings and compared with what is kept and stated."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from payments import selectors
from payments.machine import ENDED, IN_ESCROW
from payments.models import Account, Alert, Reservation
from payments.services.alerts import raise_alert

CLEARING_TIME = dt.timedelta(days=14)  # money on its way arrives within it
SETTLED_TIME = dt.timedelta(hours=1)  # no transaction is older: what was written before is complete
PLAY_MONEY = "sandbox"  # never settles

# Each statement returns what is wrong, a line of text a row.
_CHECKS = {
    "entries sum to zero": """
        SELECT format('entry %%s: %%s %%s', entry_id, sum(amount_minor), currency) FROM payments_posting
        GROUP BY entry_id, currency HAVING sum(amount_minor) <> 0""",
    "every entry has legs": """
        SELECT format('entry %%s has no legs', id) FROM payments_entry AS entry
        WHERE NOT EXISTS (SELECT FROM payments_posting WHERE entry_id = entry.id)""",
    "all accounts sum to zero": """
        SELECT format('%%s %%s too much', sum(amount_minor), currency) FROM payments_posting
        GROUP BY currency HAVING sum(amount_minor) <> 0""",
    "balances are the sums of their postings": """
        SELECT format('account %%s says %%s, its postings %%s', account.id, balance_minor, total)
        FROM payments_account AS account LEFT JOIN LATERAL (
            SELECT coalesce(sum(amount_minor), 0) AS total FROM payments_posting WHERE account_id = account.id
        ) AS postings ON true
        WHERE is_materialized AND balance_minor <> total OR NOT is_materialized AND balance_minor <> 0""",
    "snapshots are the sums of their postings": """
        SELECT format('snapshot of account %%s says %%s, its postings %%s', account_id, balance_minor, total)
        FROM payments_snapshot AS snapshot, LATERAL (
            SELECT coalesce(sum(amount_minor), 0) AS total FROM payments_posting AS posting
            JOIN payments_entry AS entry ON entry.id = posting.entry_id
            WHERE posting.account_id = snapshot.account_id AND entry.at < snapshot.until
        ) AS postings WHERE balance_minor <> total""",
    "escrow holds what requests state": """
        SELECT format('request %%s is %%s, escrow holds %%s', request.id, state, held)
        FROM payments_moneyrequest AS request LEFT JOIN LATERAL (
            SELECT coalesce(sum(amount_minor), 0) AS held FROM payments_posting WHERE request_id = request.id
        ) AS postings ON true
        WHERE held <> CASE WHEN state = ANY (%(in_escrow)s) THEN amount_minor - refunded_minor ELSE 0 END""",
    "units are reserved for open requests only": """
        SELECT format('reservation %%s is %%s, its request %%s', reservation.id, reservation.state, request.state)
        FROM payments_reservation AS reservation JOIN payments_moneyrequest AS request ON request.id = request_id
        WHERE reservation.state = %(reserved)s AND request.state <> 'requested'
            OR reservation.state = %(claimed)s AND request.state IN ('draft', 'requested')""",
    "coupons count the uses that requests keep": """
        SELECT format('coupon %%s counts %%s uses, there are %%s', coupon.id, use_count, kept)
        FROM payments_coupon AS coupon, LATERAL (
            SELECT count(*) AS kept FROM payments_couponuse WHERE coupon_id = coupon.id AND state <> 'returned'
        ) AS uses WHERE use_count <> kept
        UNION ALL SELECT format('use %%s of a coupon is %%s, its request %%s', use.id, use.state, request.state)
        FROM payments_couponuse AS use JOIN payments_moneyrequest AS request ON request.id = request_id
        WHERE use.state = 'reserved' AND request.state NOT IN ('draft', 'requested')
            OR use.state = 'used' AND request.state IN ('draft', 'requested')""",
    # What came in long ago, less all that went out since: the oldest is cleared first.
    "nothing clears for ever": """
        SELECT format('%%s %%s %%s: %%s left from before %%s', account.kind, provider, account.currency, left_over, %(old)s::date)
        FROM payments_account AS account, LATERAL (
            SELECT CASE account.kind
                WHEN 'gateway_clearing' THEN -coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0 OR at < %(old)s), 0)
                ELSE coalesce(sum(amount_minor) FILTER (WHERE amount_minor < 0 OR at < %(old)s), 0)
            END AS left_over
            FROM payments_posting AS posting JOIN payments_entry AS entry ON entry.id = entry_id
            WHERE account_id = account.id
        ) AS postings
        WHERE account.kind IN ('gateway_clearing', 'refund_clearing', 'payout_clearing') AND provider <> %(play)s AND left_over > 0""",
}

# The money moved, but nobody heard of it: the outbox gave up.
_UNTOLD = """
    SELECT format('%s %s after %s attempts: %s', topic, key, attempts, last_error) FROM core_outboxmessage
    WHERE state = 'failed' AND starts_with(topic, 'payments.') ORDER BY id"""


@dataclass(slots=True)
class Report:
    """``drifts``: what is wrong, by the name of the check."""

    checks: int = 0
    drifts: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not self.drifts


def reconcile(*, statements: Mapping[tuple[str, str], int] | None = None) -> Report:
    """Adds everything up; each kind of drift raises an alert.

    ``statements``: what a provider says it owes us, in minor units, by (provider, currency).
    """
    report = Report()
    words: dict[str, Any] = {
        "in_escrow": [str(state) for state in IN_ESCROW],
        "ended": [str(state) for state in ENDED],
        "reserved": str(Reservation.State.RESERVED),
        "claimed": str(Reservation.State.CLAIMED),
        "old": timezone.now() - CLEARING_TIME,
        "play": PLAY_MONEY,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for name, statement in _CHECKS.items():
            cursor.execute(statement, words)
            _note(report, name, [row[0] for row in cursor.fetchall()])
        cursor.execute(_UNTOLD)
        _note(report, "what follows a step is done", [row[0] for row in cursor.fetchall()], Alert.Kind.UNTOLD)
        _note(report, "providers' statements are our clearing", list(_compare(statements or {})))
    return report


def _note(report: Report, name: str, wrong: list[str], kind: str = Alert.Kind.DRIFT) -> None:
    report.checks += 1
    if wrong:
        report.drifts[name] = wrong
        raise_alert(kind, name[:100], "\n".join(wrong[:50]))


def _compare(statements: Mapping[tuple[str, str], int]) -> list[str]:
    wrong = []
    for (provider, currency), amount in sorted(statements.items()):
        ours = -selectors.get_platform_balance(Account.Kind.GATEWAY_CLEARING, currency, provider=provider)
        if ours != amount:
            wrong.append(f"{provider} says {amount} {currency}, we say {ours}")
    return wrong


@transaction.atomic
def take_snapshots() -> int:
    """Sums the platform's accounts up to an hour ago, so that balances stay quick to read; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO payments_snapshot (account_id, balance_minor, until)
            SELECT account.id, coalesce(sum(amount_minor), 0), %(until)s
            FROM payments_account AS account
            JOIN payments_posting AS posting ON posting.account_id = account.id
            JOIN payments_entry AS entry ON entry.id = posting.entry_id AND entry.at < %(until)s
            WHERE NOT is_materialized GROUP BY account.id
            ON CONFLICT (account_id) DO UPDATE SET balance_minor = EXCLUDED.balance_minor, until = EXCLUDED.until
            """,
            {"until": timezone.now() - SETTLED_TIME},
        )
        return cursor.rowcount
