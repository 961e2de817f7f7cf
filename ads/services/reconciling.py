"""The nightly proof of ads' money: what lines, statements and bookings say is what the ledger says."""

from django.db import connection

from payments import services as payments
from payments.models import Alert

# Each statement returns what is wrong, a line of text a row.
_CHECKS = {
    "credit lines owe what the ledger says": """
        SELECT format('line %s owes %s, the ledger says %s', line.id, owed_minor, -balance_minor)
        FROM ads_creditline AS line JOIN payments_account AS account
            ON account.channel_id = line.channel_id AND kind = 'ad_receivable' AND account.currency = line.currency
        WHERE owed_minor <> -balance_minor OR limit_minor <> -floor_minor""",
    "credit lines owe what statements and spending say": """
        SELECT format('line %s owes %s, its statements and spending %s', line.id, owed_minor, billed + unbilled)
        FROM ads_creditline AS line, LATERAL (
            SELECT coalesce(sum(spent_minor - spent_paid_minor), 0) AS billed FROM ads_statement
            WHERE line_id = line.id AND status IN ('open', 'late')
        ) AS statements, LATERAL (
            SELECT coalesce(sum(cost_minor), 0) AS unbilled FROM ads_spending
            WHERE line_id = line.id AND statement_id IS NULL
        ) AS spending WHERE owed_minor <> billed + unbilled""",
    "fees owed are what statements say": """
        SELECT format('channel %s: the ledger says %s of fees, statements %s', channel_id, owed, stated) FROM (
            SELECT channel_id, -sum(balance_minor) AS owed FROM payments_account WHERE kind = 'ad_fees'
            GROUP BY channel_id
        ) AS account, LATERAL (
            SELECT coalesce(sum(fee_minor + late_fee_minor - fees_paid_minor), 0) AS stated
            FROM ads_statement JOIN ads_creditline AS line ON line.id = line_id
            WHERE line.channel_id = account.channel_id AND ads_statement.status IN ('open', 'late')
        ) AS statements WHERE owed <> stated""",
    "what was paid ahead for ads is there": """
        SELECT format('channel %s: the ledger says %s, bookings %s', channel_id, balance, stated) FROM (
            SELECT channel_id, sum(balance_minor) AS balance FROM payments_account WHERE kind = 'ad_prepaid'
            GROUP BY channel_id
        ) AS account, LATERAL (
            SELECT coalesce(sum(fund.paid_minor - fund.spent_minor - fund.returned_minor), 0) AS stated
            FROM ads_fund AS fund JOIN ads_campaign AS campaign ON campaign.id = campaign_id
            WHERE is_prepaid AND campaign.channel_id = account.channel_id
        ) AS funds WHERE balance <> stated""",
    "campaigns reserve what their lines say": """
        SELECT format('line %s: reserved %s, its campaigns %s', line.id, reserved_minor, stated)
        FROM ads_creditline AS line, LATERAL (
            SELECT coalesce(sum(fund.reserved_minor), 0) AS stated
            FROM ads_fund AS fund JOIN ads_campaign AS campaign ON campaign.id = campaign_id
            WHERE NOT is_prepaid AND campaign.channel_id = line.channel_id
        ) AS funds WHERE line.reserved_minor <> stated""",
}


def reconcile() -> dict[str, list[str]]:
    """Compares everything; returns what is wrong by the name of the check, each with an alert for staff."""
    drifts = {}
    for name, statement in _CHECKS.items():
        with connection.cursor() as cursor:
            cursor.execute(statement)
            wrong = [row[0] for row in cursor.fetchall()]
        if wrong:
            drifts[name] = wrong
            payments.raise_alert(Alert.Kind.DRIFT, name[:100], "\n".join(wrong[:50]))
    return drifts
