"""Chosen sounds are remembered by the catalogue, for every process of the API."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "selections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("sound_ids", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_selections"),
        sa.UniqueConstraint("name", name="uq_selections_name"),
    )


def downgrade() -> None:
    op.drop_table("selections")
