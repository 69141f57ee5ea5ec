"""Engines, table steps, and the words of SQL (DESIGN.md 2)."""

from momot.engine.connection import connect, execute, first_line, identifier, literal, opened, row, rows
from momot.engine.duck import DuckEngine
from momot.engine.interrupts import uninterrupted
from momot.engine.protocol import Engine
from momot.engine.spill import Spill
from momot.engine.step import Step, allowed_functions, step
from momot.engine.tokens import Token, calls, names, table_tokens, tokens

__all__ = [
    "DuckEngine",
    "Engine",
    "Spill",
    "Step",
    "Token",
    "allowed_functions",
    "calls",
    "connect",
    "execute",
    "first_line",
    "identifier",
    "literal",
    "names",
    "opened",
    "row",
    "rows",
    "step",
    "table_tokens",
    "tokens",
    "uninterrupted",
]
