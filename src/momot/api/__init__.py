"""One function a command: the library twin of the CLI (DESIGN.md 9). Function in, frozen result out; nothing global."""

from momot.api.builds import build, check, erase
from momot.api.finding import demo, dossier, find_moments, report
from momot.api.journeys import cohorts, funnel, journey, paths, timeline, to_event_log
from momot.api.kept import Run, card, diff, runs
from momot.api.project import Project, draft, from_tables, open  # noqa: A004  the twin of opening a project is called so
from momot.api.texts import calibrate, explain, read_texts, to_label, voices
from momot.api.trials import plan

__all__ = [
    "Project", "Run", "build", "calibrate", "card", "check", "cohorts", "demo", "diff", "dossier", "draft", "erase", "explain",
    "find_moments", "from_tables", "funnel", "journey", "open", "paths", "plan", "read_texts", "report", "runs", "timeline",
    "to_event_log", "to_label", "voices",
]  # fmt: skip
