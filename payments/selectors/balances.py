"""Balances: a column for people and channels, a sum since the last snapshot for the platform's own accounts."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from payments.models import Account
from sellers.models import Channel

Kind = Account.Kind
# Postings of the platform's accounts since the last snapshot; people's and channels' keep a column.
_TOTAL = """
CASE WHEN payments_account.is_materialized THEN payments_account.balance_minor ELSE
    coalesce((SELECT balance_minor FROM payments_snapshot WHERE account_id = payments_account.id), 0)
    + coalesce((
        SELECT sum(posting.amount_minor) FROM payments_posting AS posting
        JOIN payments_entry AS entry ON entry.id = posting.entry_id
        WHERE posting.account_id = payments_account.id AND entry.at >= coalesce(
            (SELECT until FROM payments_snapshot WHERE account_id = payments_account.id), '-infinity')
    ), 0)
END
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
    accounts = Account.objects.filter(kind=kind, currency=currency, provider=provider, person=None, channel=None)
    account = with_balances(accounts).first()
    return account.total_minor if account else 0


def get_balance(account: Account) -> int:
    """The account's balance now, whichever way it is kept."""
    balance: int = with_balances(Account.objects.filter(pk=account.pk)).get().total_minor
    return balance


def with_balances(accounts: QuerySet[Account]) -> QuerySet[Any]:
    """The accounts with ``total_minor``, their balance now."""
    return accounts.annotate(total_minor=RawSQL(_TOTAL, [], output_field=BigIntegerField()))  # noqa: S611 - our words
