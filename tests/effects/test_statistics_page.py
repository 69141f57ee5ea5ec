"""The page on statistics states the limits that the code uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from momot.designs import history, intent, landmarks, panel_plan, panel_risk
from momot.effects import change_checks, changes, columns, contrasts, gates, panel_checks, panel_intent, panel_layout, panel_refits, rows
from momot.stats import event_study, overlap

PAGE = "docs/explanation/statistics.md"


def line(root: Path, start: str) -> str:
    return next(text for text in (root / PAGE).read_text(encoding="utf-8").splitlines() if text.startswith(start))


@pytest.mark.parametrize(
    ("start", "limits"),
    [
        ("| `support`", [f"{gates.FIRM_UNITS} units", f"{contrasts.MIN_UNITS} units and {contrasts.MIN_CLUSTERS} people"]),
        ("| `support`", [f"fewer than {gates.MIN_OUTCOMES} outcomes", f"fewer than {gates.MIN_EACH_SHARE} with"]),
        ("| `separability`", [f"| {gates.MIN_RETAINED} of the variation"]),
        ("| `leverage`", [f"more than {gates.REVIEW_SHARE} of the", {0.5: "more than half of one"}[gates.MOVED]]),
        ("| `positivity`", [f"at most {gates.REVIEW_OVERLAP} of", f"more than {gates.FAIL_OVERLAP},"]),
        ("| `balance`", [f"p ≥ {gates.REVIEW_BALANCE}", f"p below {gates.REVIEW_BALANCE}", f"p below {gates.FAIL_BALANCE}"]),
        ("| quality", [f"at least {contrasts.MIN_UNITS} units", f"{contrasts.MIN_ABSENT_SHARE:.0%}".replace("%", " %")]),
        ("| `support` | 200 units in", [f"{gates.FIRM_UNITS} units", f"under {changes.FEW_PERIODS} periods"]),
        ("| `support` | 200 units in", [f"under {contrasts.MIN_UNITS} units", f"from under {event_study.LEAST_CONTINUED} periods"]),
        ("| `pre_trend`", [f"p ≥ {change_checks.SIGNIFICANT}", {0.5: "half of the effect or more"}[change_checks.MATERIAL]]),
        ("| `anticipation`", [f"p ≥ {change_checks.RARE}"]),
        ("| `composition`", [{0.2: "within a fifth"}[change_checks.SHIFTED], f"p ≥ {change_checks.RARE}"]),
        ("- **Numbers in L**", [f"clipped at {['', '', '', '', '', 'five'][int(columns.CLIP)]} standard deviations"]),
        ("  alone, so that", [f"{columns.CLUSTERS_PER_COLUMN} effective people", f"under {columns.MIN_CATEGORY_UNITS} units or"]),
        ("  alone, so that", [f"{columns.MIN_CATEGORY_SHARE:.0%}".replace("%", " %"), f"at most {columns.MAX_CATEGORIES}"]),
        ("Lovell 1963)", [{10: "ten folds"}[rows.FOLDS]]),
        (
            "did something after which",
            [f"{panel_risk.GONE_SHARE * 100:g} % of", f"{panel_risk.LEAST_GONE} units", f"{panel_risk.QUIET_DAYS} days"],
        ),
        ("weight m; m is never", [f"{landmarks.QUIET_ROWS:,}", f"{landmarks.MOST_QUIET_ROWS / 1e6:g} million"]),
        ("**Sums.**", [f"{panel_layout.FEW_BUCKETS} of them, {panel_layout.MANY_BUCKETS} where z has at most {panel_layout.WIDE}"]),
        ("| `triggered`", [f"{panel_plan.AROUND_DAYS} days before", f"{100 * panel_checks.FOLLOWS_GAP:g} points more"]),
        ("alike without it.", [{0.1: "fewer than a tenth as many"}[overlap.THIN]]),
        ("| W, the measure", [f"activity of the {intent.RECENT_DAYS} days before"]),
        ("| Z, the instruments", ["windows of {}, {} and {} days".format(*intent.OLDER_DAYS), f"ending {intent.GAP_DAYS} days before"]),
        ("never used alone. w²", [f"F under {panel_intent.WEAK:g},"]),
        ("| `same_period`", [{0.5: "less than half of the larger"}[panel_refits.MUCH]]),
        ("These checks come", [f"p < {panel_checks.SURE}"]),
        ("| `pre_period`", [f"{history.PRE_DAYS} days", {0.5: "half of the effect"}[panel_checks.AS_LARGE]]),
        ("| `opportunity` (presence)", [{0.5: "at most half"}[panel_checks.CHANCES]]),
    ],
)
def test_the_page_states_the_limits_of_the_code(root: Path, start: str, limits: list[str]) -> None:
    for limit in limits:
        assert limit in line(root, start)
