"""What is measured of a sound: loudness, tempo, key, brightness, onsets, fingerprint.

And what others know of it: metadata imported from a librarian's table. Analysis is filled in by the
next index run, because a drive may be off now.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sound_analysis",
        sa.Column("sound_id", sa.String(length=32), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.Column("bit_rate", INTEGER, nullable=True),
        sa.Column("loudness_lufs", sa.Double(), nullable=True),
        sa.Column("true_peak_dbtp", sa.Double(), nullable=True),
        sa.Column("bpm", sa.Double(), nullable=True),
        sa.Column("bpm_confidence", sa.Double(), nullable=True),
        sa.Column("musical_key", sa.String(length=4), nullable=True),
        sa.Column("key_confidence", sa.Double(), nullable=True),
        sa.Column("brightness_hz", sa.Double(), nullable=True),
        sa.Column("onsets", INTEGER, nullable=True),
        sa.Column("sound_class", sa.String(length=16), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        _of_sound("sound_analysis"),
        sa.PrimaryKeyConstraint("sound_id", name=op.f("pk_sound_analysis")),
    )
    op.create_index(op.f("ix_sound_analysis_sound_class"), "sound_analysis", ["sound_class"])
    op.create_table(
        "sound_fingerprints",
        sa.Column("sound_id", sa.String(length=32), nullable=False),
        sa.Column("audible_s", sa.Double(), nullable=False),
        sa.Column("compared", sa.Boolean(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        _of_sound("sound_fingerprints"),
        sa.PrimaryKeyConstraint("sound_id", name=op.f("pk_sound_fingerprints")),
    )
    op.create_index(op.f("ix_sound_fingerprints_compared"), "sound_fingerprints", ["compared"])
    op.create_table(
        "near_duplicates",
        sa.Column("sound_id", sa.String(length=32), nullable=False),
        sa.Column("other_id", sa.String(length=32), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("agreement", sa.Double(), nullable=False),
        _of_sound("near_duplicates"),
        _of_sound("near_duplicates", "other_id"),
        sa.PrimaryKeyConstraint("sound_id", "other_id", name=op.f("pk_near_duplicates")),
    )
    op.create_index(op.f("ix_near_duplicates_other_id"), "near_duplicates", ["other_id"])
    op.create_table(
        "imported_metadata",
        sa.Column("sound_id", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        _of_sound("imported_metadata"),
        sa.PrimaryKeyConstraint("sound_id", name=op.f("pk_imported_metadata")),
    )
    op.add_column("sound_metadata", sa.Column("replaced", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("sound_metadata", "replaced")
    for table in ("imported_metadata", "near_duplicates", "sound_fingerprints", "sound_analysis"):
        op.drop_table(table)


def _of_sound(table: str, column: str = "sound_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["sounds.id"], name=op.f(f"fk_{table}_{column}_sounds"), ondelete="CASCADE"
    )
