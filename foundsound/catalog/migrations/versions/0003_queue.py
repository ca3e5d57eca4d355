"""The catalogue is the queue: what a location's file needs, and who works on it.

What an earlier foundsound left unfinished is work to do; what it embedded or refused is not.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN_WORK = sa.text("due_at IS NOT NULL AND missing_since IS NULL")
INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    work = sa.Enum(
        "pending", "leased", "settled", "failed", name="work", native_enum=False, length=16
    )
    op.add_column("locations", sa.Column("work", work, nullable=False, server_default="pending"))
    for name in ("work_space", "priority", "attempts"):
        op.add_column("locations", sa.Column(name, INTEGER, nullable=False, server_default="0"))
    op.add_column("locations", sa.Column("due_at", TIME, nullable=True))
    op.add_column("locations", sa.Column("lease_owner", sa.String(length=128), nullable=True))
    op.add_column("sounds", sa.Column("embedded_from", INTEGER, nullable=True))
    _fill()
    op.create_index(
        "ix_locations_queue",
        "locations",
        ["work_space", "priority", "due_at", "id"],
        sqlite_where=OPEN_WORK,
        postgresql_where=OPEN_WORK,
    )
    op.create_table(
        "vectors_mark",
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("placed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_vectors_mark"),
    )


def downgrade() -> None:
    op.drop_table("vectors_mark")
    op.drop_index("ix_locations_queue", "locations")
    op.drop_column("sounds", "embedded_from")
    # Until now a file of a refused content had its reason with the content alone.
    op.execute("UPDATE locations SET error = NULL WHERE work = 'failed'")
    for name in ("lease_owner", "due_at", "attempts", "priority", "work_space", "work"):
        op.drop_column("locations", name)


def _fill() -> None:
    failed = "(SELECT id FROM sounds WHERE state = 'failed')"
    active = "(SELECT id FROM spaces WHERE active)"
    embedded = f"(SELECT sound_id FROM sound_windows WHERE space_id IN {active})"
    op.execute(
        "UPDATE locations SET work = 'failed', error = coalesce(error, "
        "(SELECT sounds.error FROM sounds WHERE sounds.id = locations.sound_id)) "
        f"WHERE sound_id IN {failed}"
    )
    op.execute(
        f"UPDATE locations SET work = 'settled' WHERE error IS NULL AND sound_id IN {embedded}"
    )
    locations = sa.table("locations", sa.column("work", sa.String), sa.column("due_at", TIME))
    pending = locations.update().where(locations.c.work == "pending")
    op.execute(pending.values(due_at=sa.literal(datetime.now(UTC), TIME)))
