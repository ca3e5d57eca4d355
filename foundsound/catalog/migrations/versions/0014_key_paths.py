"""Keys know the paths of whoever has them; files in quarantine are counted by an index.

The triggers that are made anew afterwards wake who tells webhooks.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

QUARANTINED = sa.text("work = 'failed' AND missing_since IS NULL")


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("path_map", sa.JSON(none_as_null=True), nullable=True))
    op.create_index(
        "ix_locations_quarantined",
        "locations",
        ["attempts"],
        sqlite_where=QUARANTINED,
        postgresql_where=QUARANTINED,
    )


def downgrade() -> None:
    op.drop_index("ix_locations_quarantined", "locations")
    op.drop_column("api_keys", "path_map")
