"""What is tried on the ledger: accounts, entries, postings, and the keys of what was done."""

from payments.models import Account, Entry, MoneyRequest, Posting
from tests.payments.guards_tools import KEPT, changed, emptied, leg, made, raw_post, sql, twice
from tests.payments.market import check_now, pay


def uneven(*_: object) -> None:
    raw_post(leg("bank", -5), leg("fee_income", 4))


def uneven_by_currency(*_: object) -> None:
    """All legs together sum to zero; those of a currency do not."""
    entry = Entry.objects.get(pk=raw_post(leg("bank", -5), leg("fee_income", 5)))
    for currency, amount in (("USD", 5), ("EUR", -5)):
        account, _made = Account.objects.get_or_create(kind="bank", currency=currency)
        Posting.objects.create(entry=entry, account=account, amount_minor=amount, currency=currency)


def no_leg(*_: object) -> None:
    raw_post()


def change_entry(*_: object) -> None:
    sql("UPDATE payments_entry SET kind = 'other'")


def delete_entry(*_: object) -> None:
    """With its legs, whose own guard looks away."""
    check_now()
    sql("ALTER TABLE payments_posting DISABLE TRIGGER USER")
    sql("DELETE FROM payments_posting")
    sql("DELETE FROM payments_entry")


def change_posting(*_: object) -> None:
    sql("UPDATE payments_posting SET amount_minor = amount_minor * 2")


def delete_postings(*_: object) -> None:
    sql("DELETE FROM payments_posting")


def post_twice(*_: object) -> None:
    for _again in range(2):
        raw_post(leg("bank", 1), leg("psp_cost", -1), key="once")


def post_twice_for_a_version(request: MoneyRequest, *_: object) -> None:
    paid = pay(request)
    raw_post(leg("bank", 1), leg("psp_cost", -1), request=paid.pk, version=paid.version)


def version_of_nothing(*_: object) -> None:
    raw_post(leg("bank", 1), leg("psp_cost", -1), version=1)


def move_nothing(*_: object) -> None:
    raw_post(leg("bank", 0), leg("psp_cost", 0))


def late_leg(*_: object) -> None:
    """Legs that sum to zero, for an entry of another transaction."""
    sql("ALTER TABLE payments_entry DISABLE TRIGGER USER")
    sql("UPDATE payments_entry SET xid = '3'")
    check_now()
    sql("ALTER TABLE payments_entry ENABLE TRIGGER USER")
    add_legs("USD")


def other_currency(*_: object) -> None:
    add_legs("EUR")


def add_legs(currency: str) -> None:
    entry, account = Entry.objects.latest("pk"), Account.objects.get(kind="gateway_clearing")
    for amount in (5, -5):
        Posting.objects.create(entry=entry, account=account, amount_minor=amount, currency=currency)


def escrow_of_nobody(*_: object) -> None:
    raw_post(leg("bank", -5), leg("escrow", 5))


def empty_escrow(request: MoneyRequest, *_: object) -> None:
    """Money leaves escrow while the state stays."""
    request = pay(request)
    check_now()
    raw_post(leg("escrow", -100), leg("fee_income", 100), request=request.pk, version=request.version + 1)


def hold_another_currency(request: MoneyRequest, *_: object) -> None:
    """Dollars leave escrow, as many rials take their place."""
    request = pay(request)
    check_now()
    raw_post(leg("escrow", -100), leg("fee_income", 100), request=request.pk, version=request.version + 1)
    raw_post(leg("escrow", 100), leg("bank", -100), request=request.pk, version=request.version + 2, currency="IRR")


def print_money(*_: object) -> None:
    sql("UPDATE payments_account SET balance_minor = balance_minor + 1 WHERE kind = 'wallet'")


def lower_the_floor(*_: object) -> None:
    sql("UPDATE payments_account SET floor_minor = -1000 WHERE kind = 'wallet'")


def rich_from_birth(request: MoneyRequest, *_: object) -> None:
    Account.objects.create(
        kind="seller_payable", channel=request.channel, currency="USD", is_materialized=True, balance_minor=5
    )


def overdraw(request: MoneyRequest, *_: object) -> None:
    raw_post(leg("wallet", -500_01, person=request.buyer_id), leg("bank", 500_01))


def overpay_a_debt(request: MoneyRequest, *_: object) -> None:
    raw_post(leg("ad_receivable", 5, channel=request.channel_id), leg("bank", -5))


LEDGER = {
    "account": {
        "opens_empty": [rich_from_birth],
        "balance_moves_by_posting": [print_money, lower_the_floor, changed(provider="another")],
        "account_once": [twice()],
        "account_above_floor": [overdraw],
        "account_debt_not_overpaid": [overpay_a_debt],
        "account_belongs_to_its_kind": [made(kind="wallet"), made(kind="seller_payable")],
        **KEPT,
    },
    "snapshot": {"account": [twice()]},
    "entry": {
        "sums_to_zero": [uneven, uneven_by_currency, no_leg],
        "no_change": [change_entry, delete_entry],
        "no_truncate": [emptied],
        "key": [post_twice],
        "entry_once_per_version": [post_twice_for_a_version],
        "entry_of_request_has_version": [version_of_nothing],
    },
    "posting": {
        "no_change": [change_posting, delete_postings],
        "no_truncate": [emptied],
        "lands": [late_leg, other_currency, escrow_of_nobody],
        "escrow_is_as_stated": [empty_escrow, hold_another_currency],
        "posting_moves_something": [move_nothing],
    },
    "effect": {"stays": [changed(body_hash=b"y")], "key": [twice(key="once")], **KEPT},
}
