"""What builds on each engine: the protocol, and the same file names for DuckDB and Spark as in `momot.engine`."""

from momot.build.engines.duck import DuckBuilder
from momot.build.engines.protocol import SHARED, Builder

__all__ = ["SHARED", "Builder", "DuckBuilder"]
