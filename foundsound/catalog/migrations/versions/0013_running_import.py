"""How far an import has come."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    integer = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "running_import",
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("spaces", sa.JSON(), nullable=False),
        sa.Column("parts", integer, nullable=False),
        sa.Column("has_rows", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seal", name=op.f("pk_running_import")),
    )


def downgrade() -> None:
    op.drop_table("running_import")
