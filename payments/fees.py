"""How a held sum is shared out: integers only, and the parts always sum to the whole."""

from dataclasses import dataclass

WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class Parts:
    """Minor units of one currency."""

    buyer: int
    seller: int
    fee: int


def fee_of(amount_minor: int, basis_points: int) -> int:
    """The fee on an amount, rounded down: the crumb is the seller's."""
    return amount_minor * basis_points // WHOLE


def share_out(held_minor: int, *, to_buyer: int = 0, basis_points: int) -> Parts:
    """Shares what is held: the buyer's part first, the fee on the rest only. Raises ValueError outside 0..held."""
    if not 0 <= to_buyer <= held_minor:
        raise ValueError("The buyer's part lies between nothing and all.")
    rest = held_minor - to_buyer
    fee = fee_of(rest, basis_points)
    return Parts(to_buyer, rest - fee, fee)
