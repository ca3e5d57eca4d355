"""Roots as people manage them: name, mode, interval, ignored files, state."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TOMBSTONES = sa.text("missing_since IS NOT NULL")
TIME = sa.DateTime(timezone=True)

ROOT_COLUMNS = (
    "name",
    "watched",
    "mode",
    "interval_s",
    "ignored",
    "marker",
    "paused",
    "accepts_loss",
    "watched_by",
    "note",
    "mount",
    "offline_since",
    "offline_reason",
    "scanned_at",
)


def upgrade() -> None:
    mode = sa.Enum("auto", "native", "polling", name="watchmode", native_enum=False, length=16)
    false = sa.false()
    op.add_column("roots", sa.Column("name", sa.String(), nullable=True))
    op.add_column("roots", sa.Column("watched", sa.Boolean(), nullable=False, server_default=false))
    op.add_column("roots", sa.Column("mode", mode, nullable=False, server_default="auto"))
    op.add_column("roots", sa.Column("interval_s", sa.Double(), nullable=True))
    op.add_column("roots", sa.Column("ignored", sa.String(), nullable=False, server_default=""))
    op.add_column("roots", sa.Column("marker", sa.LargeBinary(), nullable=True))
    op.add_column("roots", sa.Column("paused", sa.Boolean(), nullable=False, server_default=false))
    op.add_column(
        "roots", sa.Column("accepts_loss", sa.Boolean(), nullable=False, server_default=false)
    )
    op.add_column("roots", sa.Column("watched_by", sa.String(length=16), nullable=True))
    op.add_column("roots", sa.Column("note", sa.String(), nullable=True))
    op.add_column("roots", sa.Column("mount", sa.LargeBinary(), nullable=True))
    op.add_column("roots", sa.Column("offline_since", TIME, nullable=True))
    op.add_column("roots", sa.Column("offline_reason", sa.String(), nullable=True))
    op.add_column("roots", sa.Column("scanned_at", TIME, nullable=True))
    op.create_table(
        "root_mounts",
        sa.Column("root_id", INTEGER, nullable=False),
        sa.Column("raw_path", sa.LargeBinary(), nullable=False),
        sa.Column("below_end", sa.LargeBinary(), nullable=False),
        sa.Column("offline_since", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["root_id"], ["roots.id"], name=op.f("fk_root_mounts_root_id_roots"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("root_id", "raw_path", name=op.f("pk_root_mounts")),
    )
    op.add_column("locations", sa.Column("device", INTEGER, nullable=True))
    op.add_column("locations", sa.Column("inode", INTEGER, nullable=True))
    op.create_index(op.f("ix_locations_inode"), "locations", ["inode"])
    op.create_index(
        "ix_locations_tombstones",
        "locations",
        ["missing_since"],
        sqlite_where=TOMBSTONES,
        postgresql_where=TOMBSTONES,
    )


def downgrade() -> None:
    op.drop_index("ix_locations_tombstones", "locations")
    op.drop_index(op.f("ix_locations_inode"), "locations")
    op.drop_column("locations", "inode")
    op.drop_column("locations", "device")
    op.drop_table("root_mounts")
    for name in reversed(ROOT_COLUMNS):
        op.drop_column("roots", name)
