"""Counts turned into honest uncertainty: one file for each idea, and every name from here."""

from dash_forms.domain.statistics.agreement import Kappa, Weights, weighted_kappa
from dash_forms.domain.statistics.binomial import exact_binomial_p
from dash_forms.domain.statistics.control_charts import (
    EVERY_POINT,
    FEWEST_FOR_FIRM_LIMITS,
    PROPORTIONS,
    ChartPoint,
    ControlChart,
    Limits,
    p_chart,
    xmr_chart,
)
from dash_forms.domain.statistics.funnel import (
    LEVEL_95,
    LEVEL_99_8,
    FunnelLimits,
    flagged,
    funnel_limits,
)
from dash_forms.domain.statistics.intervals import (
    Z_95,
    Z_99_8,
    CountsError,
    Interval,
    check_counts,
)
from dash_forms.domain.statistics.proportions import (
    Comparison,
    Sample,
    clear_difference,
    compare,
    newcombe_interval,
    score_p,
    wilson_interval,
)
from dash_forms.domain.statistics.sample_size import more_pairs_needed, pairs_needed
from dash_forms.domain.statistics.signals import Signal, signals
from dash_forms.domain.statistics.stratified import OddsRatio, mantel_haenszel
from dash_forms.domain.statistics.survival import (
    LAST_DAY,
    FollowUp,
    SurvivalPoint,
    kaplan_meier,
    still_declined,
    still_declined_of,
)

__all__ = [
    "EVERY_POINT",
    "FEWEST_FOR_FIRM_LIMITS",
    "LAST_DAY",
    "LEVEL_95",
    "LEVEL_99_8",
    "PROPORTIONS",
    "Z_95",
    "Z_99_8",
    "ChartPoint",
    "Comparison",
    "ControlChart",
    "CountsError",
    "FollowUp",
    "FunnelLimits",
    "Interval",
    "Kappa",
    "Limits",
    "OddsRatio",
    "Sample",
    "Signal",
    "SurvivalPoint",
    "Weights",
    "check_counts",
    "clear_difference",
    "compare",
    "exact_binomial_p",
    "flagged",
    "funnel_limits",
    "kaplan_meier",
    "mantel_haenszel",
    "more_pairs_needed",
    "newcombe_interval",
    "p_chart",
    "pairs_needed",
    "score_p",
    "signals",
    "still_declined",
    "still_declined_of",
    "weighted_kappa",
    "wilson_interval",
    "xmr_chart",
]
