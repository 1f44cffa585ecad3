"""How well was keyed: papers drawn by a seed, and the share of them that is wrong with the interval in which that lies.

The interval is that of Wilson (1927, "Probable inference, the law of succession, and statistical inference", JASA 22, 209-212), with the
normal quantile of 95%; it holds for few papers and for none that is wrong.
"""

from collections.abc import Sequence
from math import sqrt
from random import Random
from statistics import NormalDist
from typing import NamedTuple

_QUANTILE = NormalDist().inv_cdf(0.975)


class Rate(NamedTuple):
    """How many were checked, how many of them were wrong, and between which shares of all the truth lies; 0 and 1 where none was."""

    checked: int
    wrong: int
    low: float
    high: float


def drawn(numbers: Sequence[str], size: int, seed: int) -> tuple[str, ...]:
    """So many of these, or all where there are no more; the same ones for the same seed."""
    return tuple(Random(seed).sample(list(numbers), min(size, len(numbers))))


def rate_of(checked: int, wrong: int) -> Rate:
    """The share that is wrong, with its interval."""
    if not checked:
        return Rate(0, 0, 0.0, 1.0)
    share, squared = wrong / checked, _QUANTILE**2
    middle = share + squared / (2 * checked)
    half = _QUANTILE * sqrt(share * (1 - share) / checked + squared / (4 * checked**2))
    whole = 1 + squared / checked
    low = (middle - half) / whole if wrong else 0.0
    return Rate(checked, wrong, low, (middle + half) / whole if wrong < checked else 1.0)
