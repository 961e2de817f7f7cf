"""How sure a share is."""

import math

Z95 = 1.959964  # 95 of 100 intervals hold the true share


def wilson(hits: int, of: int, z: float = Z95) -> tuple[float, float]:
    """The limits of the share ``hits / of``, between 0 and 1; (0, 1) of nobody.

    The score interval of E. B. Wilson (Probable Inference, the Law of Succession, and Statistical Inference, JASA 22,
    1927, 209-212): (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n) with p = hits / of and n = of.
    """
    if not of:
        return 0.0, 1.0
    share, spread = hits / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    reach = z * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - reach), min(1.0, middle + reach)
