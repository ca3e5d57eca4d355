"""A file that has changed knows which sound it was until it is read again.

The triggers that are made anew afterwards tell of nothing before that is known; see
change_triggers.py.
"""

import sqlalchemy as sa
from alembic import op

from foundsound.catalog import change_triggers

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

UNREAD = sa.text("formerly IS NOT NULL")


def upgrade() -> None:
    op.add_column("locations", sa.Column("formerly", sa.String(), nullable=True))
    op.create_index(
        "ix_locations_formerly",
        "locations",
        ["formerly"],
        sqlite_where=UNREAD,
        postgresql_where=UNREAD,
    )


def downgrade() -> None:
    change_triggers.remove(op.get_bind())  # they name the column
    op.drop_index("ix_locations_formerly", "locations")
    op.drop_column("locations", "formerly")
