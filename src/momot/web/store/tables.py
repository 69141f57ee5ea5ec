"""The tables of what people write. Migrations make them; a test holds the two together."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()

notes = Table(
    "momot_notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", Text, nullable=False),
    Column("moment", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("next_action", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("version", Integer, nullable=False),  # counts up from 1 with every change
    Column("changed_at", DateTime(timezone=True), nullable=False),  # UTC
    Column("changed_by", Text, nullable=False),  # empty: the person at this machine
    UniqueConstraint("project", "moment", name="momot_notes_once"),
)
"""One row a moment of a project: what holds now."""

versions = Table(
    "momot_note_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", Text, nullable=False),
    Column("moment", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("next_action", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("changed_by", Text, nullable=False),
    UniqueConstraint("project", "moment", "version", name="momot_note_versions_once"),
    Index("momot_note_versions_by_project", "project"),
)
"""One row a change, never changed again."""
