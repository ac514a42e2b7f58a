"""Two proportions compared within each of several groups, and the groups taken together."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING

from dash_forms.domain.statistics.intervals import Z_95, Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash_forms.domain.statistics.proportions import Sample


@dataclass(frozen=True, slots=True)
class OddsRatio:
    """How many times the odds are of those compared with; 1 is no difference."""

    value: float
    interval: Interval


def mantel_haenszel(strata: Sequence[tuple[Sample, Sample]], z: float = Z_95) -> OddsRatio | None:
    """Return the common odds ratio of the first samples to the second, over the strata.

    With a of n₁ and c of n₂ in each stratum, b = n₁ − a, d = n₂ − c and n = n₁ + n₂, it is
    ΣR / ΣS for R = ad/n and S = bc/n: N. Mantel and W. Haenszel, "Statistical aspects of the
    analysis of data from retrospective studies of disease", Journal of the National Cancer
    Institute 22 (1959) 719–748. The variance of its logarithm, with P = (a + d)/n and
    Q = (b + c)/n, is ΣPR/2(ΣR)² + Σ(PS + QR)/2ΣRΣS + ΣQS/2(ΣS)²: J. Robins, N. Breslow and
    S. Greenland, "Estimators of the Mantel–Haenszel variance consistent in both sparse data and
    large-strata limiting models", Biometrics 42 (1986) 311–323. It takes the ratio to be the same
    in every stratum. None where a sum is nothing, so that there is no ratio.
    """
    r_sum = s_sum = pr = ps_qr = qs = 0.0
    for one, other in strata:
        a, c = one.numerator, other.numerator
        b, d = one.denominator - a, other.denominator - c
        n = one.denominator + other.denominator
        r, s, p, q = a * d / n, b * c / n, (a + d) / n, (b + c) / n
        r_sum, s_sum = r_sum + r, s_sum + s
        pr, ps_qr, qs = pr + p * r, ps_qr + p * s + q * r, qs + q * s
    if not r_sum or not s_sum:
        return None
    value = r_sum / s_sum
    variance = pr / (2 * r_sum**2) + ps_qr / (2 * r_sum * s_sum) + qs / (2 * s_sum**2)
    reach = z * sqrt(variance)
    return OddsRatio(value, Interval(exp(log(value) - reach), exp(log(value) + reach)))
