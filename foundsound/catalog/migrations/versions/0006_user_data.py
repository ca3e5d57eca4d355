"""Tags, favourites, notes and collections, by content."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
