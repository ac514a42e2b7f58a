"""How far two people who grade the same cases agree beyond what chance would give."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import sqrt

from dash_forms.domain.statistics.intervals import Z_95, CountsError, Interval


class Weights(StrEnum):
    """How a disagreement over several grades counts: by its distance, or by its square."""

    LINEAR = "linear"
    QUADRATIC = "quadratic"

    def of(self, distance: int) -> int:
        """Return the weight of a disagreement, 0 when there is none."""
        return distance if self is Weights.LINEAR else distance**2


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance: 1 is perfect, 0 is chance, below 0 is worse than chance.

    The interval is None where the table leaves no variance to estimate, as perfect agreement does:
    a large-sample interval would then claim certainty.
    """

    value: float
    interval: Interval | None
    case_count: int


def weighted_kappa(
    table: Sequence[Sequence[int]], *, weights: Weights, z: float = Z_95
) -> Kappa | None:
    """Return weighted kappa of a square table of counts, whose grades are in order both ways.

    κ = 1 − Σ dᵢⱼpᵢⱼ / D, where D = Σ dᵢⱼpᵢ.p.ⱼ is the disagreement that chance would give:
    J. Cohen, "Weighted kappa", Psychological Bulletin 70 (1968) 213–220. The interval is κ ± z
    large-sample standard errors, clipped to −1 and 1: J. L. Fleiss, J. Cohen and B. S. Everitt,
    "Large sample standard errors of kappa and weighted kappa", ibid. 72 (1969) 323–327, where the
    variance, written with disagreements, is (Σ pᵢⱼ(dᵢⱼ − (d̄ᵢ. + d̄.ⱼ)(1 − κ))² − D²(1 − κ)²) / nD².
    None where it is undefined: without cases, or when both put every case in the same grade.
    CountsError if the table is not square or a count is negative.
    """
    _check(table)
    cells = [(i, j) for i in range(len(table)) for j in range(len(table))]
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    n = sum(rows)
    apart = {(i, j): weights.of(abs(i - j)) for i, j in cells}
    observed = sum(apart[i, j] * table[i][j] for i, j in cells)
    expected = sum(apart[i, j] * rows[i] * columns[j] for i, j in cells)
    if expected == 0:
        return None
    beyond = Fraction(observed * n, expected)
    by_row = [sum(apart[i, j] * columns[j] for j in range(len(columns))) for i in range(len(rows))]
    by_column = [sum(apart[i, j] * rows[i] for i in range(len(rows))) for j in range(len(columns))]
    spread = sum(
        table[i][j] * (n * apart[i, j] - (by_row[i] + by_column[j]) * beyond) ** 2 for i, j in cells
    )
    variance = (n * spread - (expected * beyond) ** 2) / (n * expected**2)
    return Kappa(float(1 - beyond), _interval(float(1 - beyond), z * sqrt(variance)), n)


def _check(table: Sequence[Sequence[int]]) -> None:
    if any(len(row) != len(table) for row in table):
        raise CountsError("Both people grade on the same scale, so the table must be square.")
    if any(count < 0 for row in table for count in row):
        raise CountsError("Counts cannot be negative.")


def _interval(kappa: float, reach: float) -> Interval | None:
    if reach == 0:
        return None
    return Interval(max(-1.0, kappa - reach), min(1.0, kappa + reach))
