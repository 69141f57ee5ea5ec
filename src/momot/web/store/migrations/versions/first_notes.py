"""Notes of moments, and every version of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table("momot_notes", *_columns(), sa.UniqueConstraint("project", "moment", name="momot_notes_once"))
    op.create_table(
        "momot_note_versions", *_columns(), sa.UniqueConstraint("project", "moment", "version", name="momot_note_versions_once")
    )
    op.create_index("momot_note_versions_by_project", "momot_note_versions", ["project"])


def downgrade() -> None:
    """Take both away."""
    op.drop_table("momot_note_versions")
    op.drop_table("momot_notes")


def _columns() -> list[sa.Column[Any]]:
    texts = [sa.Column(name, sa.Text(), nullable=False) for name in ("project", "moment", "owner", "next_action", "note")]
    return [
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts,
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
    ]
