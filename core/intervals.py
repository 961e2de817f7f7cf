"""How sure a share or a difference is."""

import math

ALPHA = 0.05  # 95 of 100 intervals hold the true value
Z95 = 1.959964  # the same as a quantile of the normal distribution


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


def confidence_sequence(
    estimate: float, standard_error: float, n: int, planned: int, alpha: float = ALPHA
) -> tuple[float, float]:
    """The limits of ``estimate`` after ``n`` observations, in its unit, that hold at every ``n`` at once.

    Whoever looks after each new observation and stops when she likes sees limits without the true value with
    probability ``alpha`` at most, where 1.96 standard errors would be wrong sooner or later. The asymptotic confidence
    sequence of Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (Time-uniform central limit theory and asymptotic
    confidence sequences, Annals of Statistics 52, 2024, theorem 2.2): with s the standard deviation of an observation,
    s·sqrt(2(nρ²+1)/(n²ρ²)·ln(sqrt(nρ²+1)/α)) on both sides. ``standard_error`` is s/sqrt(n).

    ``planned`` is n*, the number at which the limits are to be narrowest: ρ² = (-2·ln α + ln(-2·ln α + 1))/n*. It is
    chosen before anybody looks and never by what is seen; ten times more or fewer cost a fourth of the width.

    Of two groups drawn by lot from one stream, n counts both: the difference of their means is the mean of one term a
    person, y/share in one group and -y/share in the other, whose s/sqrt(n) is the usual standard error of the
    difference. Counting the smaller group, with n* of that group, gives the same limits: only n/n* matters.

    Each observation is of another person, is whole when it comes in, and none leaves: the start of what is counted
    stays where it is.
    """
    scale = (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / planned
    spread = n * scale + 1
    reach = standard_error * math.sqrt(2 * spread / (spread - 1) * math.log(math.sqrt(spread) / alpha))
    return estimate - reach, estimate + reach
