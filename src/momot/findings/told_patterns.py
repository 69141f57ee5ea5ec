"""The sentences of checks and gates that are known by their pattern, as messages with `{names}` for what changes."""

PATTERNS: tuple[str, ...] = ()
