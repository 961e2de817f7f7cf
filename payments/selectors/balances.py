"""Balances: a column for people and channels, a sum since the last snapshot for the platform's own accounts."""

from dataclasses import dataclass

from django.db import connection

from accounts.models import User
from payments.models import Account
from sellers.models import Channel

Kind = Account.Kind
_PLATFORM = """
SELECT coalesce(max(snapshot.balance_minor), 0) + coalesce(sum(posting.amount_minor), 0)
FROM payments_account AS account
LEFT JOIN payments_snapshot AS snapshot ON snapshot.account_id = account.id
LEFT JOIN LATERAL (
    SELECT posting.amount_minor FROM payments_posting AS posting
    JOIN payments_entry AS entry ON entry.id = posting.entry_id
    WHERE posting.account_id = account.id AND entry.at >= coalesce(snapshot.until, '-infinity')
) AS posting ON true
WHERE account.id = %s
"""


@dataclass(frozen=True, slots=True)
class Balance:
    currency: str
    amount_minor: int


def get_wallet_balance(person: User, currency: str) -> int:
    """Minor units in a person's wallet."""
    wallet = Account.objects.filter(kind=Kind.WALLET, person=person.pk, currency=currency)
    return wallet.values_list("balance_minor", flat=True).first() or 0


def get_wallets(person: User) -> list[Balance]:
    """A person's wallets that were ever used, by currency."""
    rows = Account.objects.filter(kind=Kind.WALLET, person=person.pk).order_by("currency")
    return [Balance(*row) for row in rows.values_list("currency", "balance_minor")]


def get_payable_balance(channel: Channel) -> int:
    """What a channel has earned and not yet been paid out, in its currency."""
    rows = Account.objects.filter(kind=Kind.SELLER_PAYABLE, channel=channel.pk, currency=channel.currency)
    return rows.values_list("balance_minor", flat=True).first() or 0


def get_platform_balance(kind: str, currency: str, *, provider: str = "") -> int:
    """The balance of one of the platform's own accounts; assets and expenses are negative."""
    account = Account.objects.filter(kind=kind, currency=currency, provider=provider, person=None, channel=None).first()
    return _sum(account) if account else 0


def get_balance(account: Account) -> int:
    return account.balance_minor if account.is_materialized else _sum(account)


def _sum(account: Account) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_PLATFORM, [account.pk])
        return int(cursor.fetchone()[0])
