"""Parts of a sum always sum to the whole, whatever the amount and the rate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import MAX_MINOR
from payments.fees import WHOLE, fee_of, share_out
from payments.services.charging_back import find_sources

AMOUNTS = st.integers(1, MAX_MINOR)
RATES = st.integers(0, WHOLE)


@given(AMOUNTS, RATES, st.floats(0, 1))
def test_parts_sum_to_the_whole(held, rate, share):
    to_buyer = min(held, int(held * share))
    parts = share_out(held, to_buyer=to_buyer, basis_points=rate)
    assert parts.buyer + parts.seller + parts.fee == held
    assert parts.buyer == to_buyer
    assert min(parts.seller, parts.fee) >= 0


@given(AMOUNTS, RATES)
def test_the_fee_is_rounded_down_by_less_than_one(amount, rate):
    fee = fee_of(amount, rate)
    assert fee * WHOLE <= amount * rate < (fee + 1) * WHOLE


@given(AMOUNTS, AMOUNTS, RATES)
def test_two_sales_never_cost_more_than_one(first, second, rate):
    assert fee_of(first, rate) + fee_of(second, rate) <= fee_of(first + second, rate)


@pytest.mark.parametrize(("amount", "fee"), [(1, 0), (19, 0), (20, 1), (39, 1), (100_00, 5_00), (MAX_MINOR, 5 * 10**9)])
def test_five_percent(amount, fee):
    assert fee_of(amount, 500) == fee


@pytest.mark.parametrize("part", [-1, 101])
def test_nobody_gets_more_than_is_held(part):
    with pytest.raises(ValueError, match="between nothing and all"):
        share_out(100, to_buyer=part, basis_points=500)


@given(AMOUNTS, st.floats(0, 1), st.booleans(), st.integers(0, MAX_MINOR), st.integers(0, MAX_MINOR))
def test_a_chargeback_takes_its_amount_and_no_more_than_is_there(amount, share, is_held, wallet, seller):
    refunded = min(amount, int(amount * share))
    sources = find_sources(
        amount,
        held=amount - refunded if is_held else 0,
        refunded=refunded,
        wallet=wallet,
        seller=0 if is_held else seller,
    )
    assert sources.escrow + sources.wallet + sources.seller + sources.loss == amount
    assert min(sources.escrow, sources.wallet, sources.seller, sources.loss) >= 0
    assert sources.wallet <= wallet
    assert sources.seller <= seller
