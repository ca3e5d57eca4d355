"""Label sets, suggested categories and tags, enrolled sounds."""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in with its feature."""


def downgrade() -> None:
    """Filled in with its feature."""
