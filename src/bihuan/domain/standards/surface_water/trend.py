"""秩相关 (Daniel): is a series of years rising or falling? Spearman's coefficient against critical values."""

from collections.abc import Sequence
from math import sqrt

CRITICAL = {
    5: 0.900, 6: 0.829, 7: 0.714, 8: 0.643, 9: 0.600, 10: 0.564, 12: 0.506, 14: 0.456, 16: 0.425, 20: 0.377
}  # fmt: skip
"""Wp at 0.05, one-sided, by the number of years; of numbers between, that of the next smaller one counts (the stricter)."""
LEAST = 5
DIGITS = 12


def spearman(values: Sequence[float]) -> float | None:
    """rs = 1 - 6 sum(d²) / (N³ - N) of values in the order of time; None below five.

    Equal values have the mean of their ranks, and rs is the correlation of the ranks, which is the same where no values are equal: the
    sum would find 0.5 in values that all are equal, as those below a limit of detection often are. These have 0.
    """
    count = len(values)
    if count < LEAST:
        return None
    ordered, middle = sorted(values), (count + 1) / 2
    ranks = [ordered.index(v) + (ordered.count(v) + 1) / 2 - middle for v in values]
    spread = sum(rank**2 for rank in ranks)
    if not spread:
        return 0.0
    together = sum((n - middle) * rank for n, rank in enumerate(ranks, 1))
    return round(together / sqrt(spread * (count**3 - count) / 12), DIGITS)


def critical(count: int) -> float:
    """The least |rs| that is significant for so many years, five at least."""
    return CRITICAL[max(n for n in CRITICAL if n <= count)]


def trend(values: Sequence[float]) -> int | None:
    """1 significantly rising, -1 falling, 0 neither; None for fewer than five years."""
    found = spearman(values)
    if found is None:
        return None
    return (1 if found > 0 else -1) if abs(found) >= critical(len(values)) else 0
