"""The project file: its grammar, reading it, drafting it, and the stages of touchpoints."""

from momot.project.draft import Draft, draft
from momot.project.levels import parse_levels
from momot.project.load import load, parse
from momot.project.schema import ProjectFile
from momot.project.stages import stage_of

__all__ = ["Draft", "ProjectFile", "draft", "load", "parse", "parse_levels", "stage_of"]
