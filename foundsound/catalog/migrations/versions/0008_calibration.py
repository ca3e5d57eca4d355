"""How scores of a space are to be read: background mean and deviation."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    integer = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "space_calibrations",
        sa.Column("space_id", integer, nullable=False),
        sa.Column("version", integer, nullable=False),
        sa.Column("text_mean", sa.Double(), nullable=False),
        sa.Column("text_deviation", sa.Double(), nullable=False),
        sa.Column("audio_mean", sa.Double(), nullable=False),
        sa.Column("audio_deviation", sa.Double(), nullable=False),
        sa.Column("reference_vectors", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"],
            ["spaces.id"],
            name=op.f("fk_space_calibrations_space_id_spaces"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("space_id", name=op.f("pk_space_calibrations")),
    )


def downgrade() -> None:
    op.drop_table("space_calibrations")
