"""Groups of an experiment: who is in which stays so without being kept anywhere."""

import hashlib
from collections.abc import Mapping


def place_of(experiment: str, who: str) -> float:
    """A number in [0, 1) that is always the same for the same two, and of one experiment says nothing of another's.

    Keyed by the experiment's name and by nothing that changes: a new SECRET_KEY moves nobody.
    """
    digest = hashlib.blake2b(who.encode(), key=experiment.encode(), digest_size=7).digest()
    return int.from_bytes(digest) / 2**56


def group_of(experiment: str, who: str, shares: Mapping[str, float], rest: str) -> str:
    """The group whose share ``who`` falls into, in the order given; ``rest`` for all others.

    A share that grows or shrinks moves only those between its old end and its new one, if it comes first.
    """
    place, end = place_of(experiment, who), 0.0
    for name, share in shares.items():
        end += share
        if place < end:
            return name
    return rest
