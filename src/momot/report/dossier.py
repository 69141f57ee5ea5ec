"""Everything that a report may tell: the findings, and beside them the journeys and the trials that would settle what is in doubt."""

from __future__ import annotations

from dataclasses import dataclass

from momot.findings.findings import Findings
from momot.findings.plan import Proposal
from momot.journeys.contract import Funnel, Journey


@dataclass(frozen=True, slots=True)
class Dossier:
    """Findings with what stands beside them. What is not known is absent, and the report then says nothing of it."""

    findings: Findings
    journey: Journey | None = None
    funnel: Funnel | None = None  # through the stages
    proposals: tuple[Proposal, ...] = ()  # trials of decisive moments


def dossier(told: Findings | Dossier) -> Dossier:
    """Findings alone are a dossier too."""
    return told if isinstance(told, Dossier) else Dossier(told)
