"""Money for ads (E8, E8b): what a channel owes for them, what it paid ahead, and how far its credit goes.

Called inside the transaction of the room that keeps the ads; a ``key`` counts once, as the ledger refuses a second
entry of the same key.
"""

from django.db import IntegrityError, connection, transaction

from payments.models import Account, Entry
from payments.services.errors import BadAmount
from payments.services.posting import Leg, post
from sellers.models import Channel

Kind = Account.Kind


def _purse(channel: Channel, amount_minor: int, person: int | None) -> Leg:
    """A leg of a person's wallet, or of what the channel earned."""
    if person is None:
        return Leg(Kind.SELLER_PAYABLE, amount_minor, channel=channel.pk)
    return Leg(Kind.WALLET, amount_minor, person=person)


def charge_ads(*, channel_id: int, currency: str, amount_minor: int, on_credit: bool, key: str) -> int:
    """Ads were shown: out of what was paid ahead, or owed from now on. Raises NotEnoughMoney."""
    kind = Kind.AD_RECEIVABLE if on_credit else Kind.AD_PREPAID
    legs = [Leg(kind, -amount_minor, channel=channel_id), Leg(Kind.AD_INCOME, amount_minor)]
    return post(key=key, kind=Entry.Kind.AD_CHARGED, currency=currency, legs=legs)


def charge_ad_fee(*, channel: Channel, amount_minor: int, key: str) -> int:
    """A fee for credit, or for being late with it: owed beside the limit, so that it never stops a posting."""
    legs = [Leg(Kind.AD_FEES, -amount_minor, channel=channel.pk), Leg(Kind.FEE_INCOME, amount_minor)]
    return post(key=key, kind=Entry.Kind.AD_FEE, currency=channel.currency, legs=legs)


def repay_ads(
    *, channel: Channel, spent_minor: int, fees_minor: int, person: int | None, actor: int | None, key: str
) -> int:
    """A part of what is owed, from a person's wallet or from what the channel earned. Raises NotEnoughMoney."""
    legs = [
        _purse(channel, -spent_minor - fees_minor, person),
        Leg(Kind.AD_RECEIVABLE, spent_minor, channel=channel.pk),
        Leg(Kind.AD_FEES, fees_minor, channel=channel.pk),
    ]
    return post(key=key, kind=Entry.Kind.AD_REPAID, currency=channel.currency, legs=legs, actor=actor)


def write_off_ads(*, channel: Channel, spent_minor: int, fees_minor: int, actor: int, key: str) -> int:
    """What will never be repaid is our loss."""
    legs = [
        Leg(Kind.WRITE_OFF, -spent_minor - fees_minor),
        Leg(Kind.AD_RECEIVABLE, spent_minor, channel=channel.pk),
        Leg(Kind.AD_FEES, fees_minor, channel=channel.pk),
    ]
    return post(key=key, kind=Entry.Kind.AD_WRITTEN_OFF, currency=channel.currency, legs=legs, actor=actor)


def prepay_ads(*, channel: Channel, amount_minor: int, person: int | None, actor: int, key: str) -> int:
    """From a person's wallet, or from what the channel earned, to where nothing else can take it.

    Raises NotEnoughMoney.
    """
    legs = [_purse(channel, -amount_minor, person), Leg(Kind.AD_PREPAID, amount_minor, channel=channel.pk)]
    return post(key=key, kind=Entry.Kind.AD_PREPAID, currency=channel.currency, legs=legs, actor=actor)


def return_prepaid_ads(*, channel: Channel, amount_minor: int, person: int | None, key: str) -> int:
    """What was not shown goes back where it came from."""
    legs = [Leg(Kind.AD_PREPAID, -amount_minor, channel=channel.pk), _purse(channel, amount_minor, person)]
    return post(key=key, kind=Entry.Kind.AD_RETURNED, currency=channel.currency, legs=legs)


def set_ads_limit(*, channel: Channel, limit_minor: int) -> None:
    """How much the channel may owe for ads from now on. Raises BadAmount for less than it owes."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT payments_set_ads_limit(%s, %s, %s)", [channel.pk, channel.currency, limit_minor])
    except IntegrityError as error:
        raise BadAmount from error
