"""Canvases."""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "canvases",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("canvas_type", sa.String(16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_canvases"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_canvases_owner_id_users", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_canvases_owner_id", "canvases", ["owner_id"])


def downgrade() -> None:
    op.drop_table("canvases")
