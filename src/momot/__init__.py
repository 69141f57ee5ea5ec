"""momot: the map of moments of truth. Finds the few touchpoints that make or break a relationship, and says when it cannot tell.

import momot

shop = momot.open("shop/")
findings = momot.find_moments(shop, outcome="opinion")
momot.report(findings, "moments.html")
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "Card", "Diff", "Dossier", "Explained", "Findings", "Journey", "KeptRun", "Plan", "Progress", "Project", "Voices", "build",
    "calibrate", "card", "check", "cohorts", "demo", "diff", "dossier", "draft", "erase", "explain", "find_moments", "from_tables",
    "funnel", "journey", "open", "paths", "plan", "read_texts", "report", "runs", "timeline", "to_event_log", "to_label", "voices",
    "worlds",
]  # fmt: skip

if TYPE_CHECKING:
    from momot import worlds
    from momot.api import (
        Project,
        build,
        calibrate,
        card,
        check,
        cohorts,
        demo,
        diff,
        dossier,
        draft,
        erase,
        explain,
        find_moments,
        from_tables,
        funnel,
        journey,
        paths,
        plan,
        read_texts,
        report,
        runs,
        timeline,
        to_event_log,
        to_label,
        voices,
    )
    from momot.api import open as open  # noqa: A004
    from momot.findings import Findings
    from momot.findings.card import Card
    from momot.findings.diff_contract import Diff
    from momot.findings.plan import Plan
    from momot.findings.runs import KeptRun
    from momot.journeys.contract import Journey
    from momot.progress import Progress
    from momot.reasons.explain import Explained
    from momot.reasons.overview import Voices
    from momot.report.dossier import Dossier


def __getattr__(name: str) -> Any:
    """Public names are imported when first used, so that `momot --help` stays fast."""
    from importlib import import_module

    if name == "worlds":
        return import_module("momot.worlds")
    if name == "Findings":
        return import_module("momot.findings").Findings
    if name == "Card":
        return import_module("momot.findings.card").Card
    if name == "Diff":
        return import_module("momot.findings.diff_contract").Diff
    if name == "Dossier":
        return import_module("momot.report.dossier").Dossier
    if name == "KeptRun":
        return import_module("momot.findings.runs").KeptRun
    if name == "Plan":
        return import_module("momot.findings.plan").Plan
    if name == "Journey":
        return import_module("momot.journeys.contract").Journey
    if name == "Voices":
        return import_module("momot.reasons.overview").Voices
    if name == "Explained":
        return import_module("momot.reasons.explain").Explained
    if name == "Progress":
        return import_module("momot.progress").Progress
    if name in __all__:
        return getattr(import_module("momot.api"), name)
    raise AttributeError(f"module 'momot' has no attribute '{name}'")


class _Package(ModuleType):
    """`momot.build` and `momot.report` are public functions and also packages: importing a package leaves the function its name."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType) and name != "worlds"):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
