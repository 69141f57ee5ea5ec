"""What only the app raises; everything else is of `momot.errors`.

QuestionError
├── NotThere     what was asked for does not exist
└── Conflict     things are not as whoever asked took them to be
    └── Stale    somebody changed the note since it was read (`store.notes`)
"""

from __future__ import annotations

from momot.errors import QuestionError


class NotThere(QuestionError):
    """What was asked for does not exist."""


class Conflict(QuestionError):
    """Things are not as whoever asked took them to be."""
