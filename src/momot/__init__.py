"""momot: the map of moments of truth."""

__version__ = "0.1.0"
