"""The catalogue: roots, sounds, locations, spaces.

PostgreSQL's btree takes no entry beyond 2.7 kB, so there paths are unique by their SHA-256, found
by a hash index, and compared in ranges by their first bytes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _unique(*columns: str, name: str) -> list[sa.UniqueConstraint]:
    return [] if _on_postgresql() else [sa.UniqueConstraint(*columns, name=op.f(name))]


def upgrade() -> None:
    op.create_table(
        "roots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roots")),
        *_unique("path", name="uq_roots_path"),
    )
    op.create_table(
        "sounds",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column(
            "size_bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "pending", "indexed", "failed", name="soundstate", native_enum=False, length=16
            ),
            nullable=False,
        ),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column(
            "sample_rate", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("channels", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("format", sa.String(), nullable=True),
        sa.Column("codec", sa.String(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sounds")),
    )
    with op.batch_alter_table("sounds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sounds_state"), ["state"], unique=False)

    op.create_table(
        "spaces",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("dim", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces")),
        sa.UniqueConstraint("key", name=op.f("uq_spaces_key")),
    )
    op.create_table(
        "locations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("root_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("raw_path", sa.LargeBinary(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column(
            "size_bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("mtime_ns", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sound_id", sa.String(length=32), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["root_id"], ["roots.id"], name=op.f("fk_locations_root_id_roots"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sound_id"], ["sounds.id"], name=op.f("fk_locations_sound_id_sounds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
        *_unique("root_id", "raw_path", name="uq_locations_root_id_raw_path"),
    )
    with op.batch_alter_table("locations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_locations_sound_id"), ["sound_id"], unique=False)

    op.create_table(
        "sound_windows",
        sa.Column("sound_id", sa.String(length=32), nullable=False),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "window_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sound_id"], ["sounds.id"], name=op.f("fk_sound_windows_sound_id_sounds")
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_sound_windows_space_id_spaces")
        ),
        sa.PrimaryKeyConstraint("sound_id", "space_id", name=op.f("pk_sound_windows")),
    )
    with op.batch_alter_table("sound_windows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sound_windows_space_id"), ["space_id"], unique=False)

    if _on_postgresql():
        for statement in (
            "CREATE UNIQUE INDEX uq_roots_path ON roots (sha256(path))",
            "CREATE UNIQUE INDEX uq_locations_root_id_raw_path"
            " ON locations (root_id, sha256(raw_path))",
            "CREATE INDEX ix_locations_raw_path ON locations USING hash (raw_path)",
            "CREATE INDEX ix_locations_root_id_raw_path_start"
            " ON locations (root_id, substr(raw_path, 1, 512))",
        ):
            op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("sound_windows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sound_windows_space_id"))

    op.drop_table("sound_windows")
    with op.batch_alter_table("locations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_locations_sound_id"))

    op.drop_table("locations")
    op.drop_table("spaces")
    with op.batch_alter_table("sounds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sounds_state"))

    op.drop_table("sounds")
    op.drop_table("roots")
