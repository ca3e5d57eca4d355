"""Which sounds' words stand in the lexical index."""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
