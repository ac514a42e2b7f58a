"""Counts by chance with a seed, and what NumPy answers to many of them, as plain numbers."""

from random import Random

import numpy as np
from numpy.typing import ArrayLike


def random_counts(seed: int, cases: int, largest: int = 5_000) -> list[tuple[int, int]]:
    """Return pairs of counts, half of them small and with both extremes well represented."""
    random = Random(seed)
    pairs = []
    for case in range(cases):
        n = random.randint(1, 60 if case % 2 else largest)
        x = random.choice((0, n, random.randint(0, n), round(n * random.uniform(0.3, 0.46))))
        pairs.append((x, n))
    return pairs


def listed(values: ArrayLike) -> list[float]:
    """Return an array as a list; SciPy types its answers as arrays or single numbers at once."""
    return [float(value) for value in np.asarray(values)]
