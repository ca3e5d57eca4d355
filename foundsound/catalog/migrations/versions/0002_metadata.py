"""Metadata of sounds, their bit depth, and the UCS category in a location's name.

What follows from rows alone is filled in here; metadata is read from the files by the next index
run, because a drive may be off now.
"""

import sqlalchemy as sa
from alembic import op

from foundsound.audio.bit_depth import bit_depth
from foundsound.catalog.paths import named_cat_id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BATCH = 1000


def upgrade() -> None:
    op.create_table(
        "sound_metadata",
        sa.Column("sound_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("originator", sa.String(), nullable=True),
        sa.Column("library", sa.String(), nullable=True),
        sa.Column("date", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("keywords", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("subcategory", sa.String(), nullable=True),
        sa.Column("cat_id", sa.String(length=16), nullable=True),
        sa.Column("project", sa.String(), nullable=True),
        sa.Column("scene", sa.String(), nullable=True),
        sa.Column("take", sa.String(), nullable=True),
        sa.Column("bpm", sa.Double(), nullable=True),
        sa.Column("musical_key", sa.String(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sound_id"],
            ["sounds.id"],
            name=op.f("fk_sound_metadata_sound_id_sounds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sound_id", name=op.f("pk_sound_metadata")),
    )
    op.create_index(op.f("ix_sound_metadata_cat_id"), "sound_metadata", ["cat_id"])
    op.create_index(
        op.f("ix_sound_metadata_category"),
        "sound_metadata",
        ["category"],
        postgresql_using="hash",  # a file may say anything, at any length
    )
    op.add_column(
        "sounds",
        sa.Column("bit_depth", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )
    op.add_column("locations", sa.Column("cat_id", sa.String(length=16), nullable=True))
    op.create_index(op.f("ix_locations_cat_id"), "locations", ["cat_id"])
    _fill_bit_depths()
    _fill_cat_ids()


def downgrade() -> None:
    op.drop_index(op.f("ix_locations_cat_id"), "locations")
    op.drop_column("locations", "cat_id")
    op.drop_column("sounds", "bit_depth")
    op.drop_table("sound_metadata")


def _fill_bit_depths() -> None:
    sounds = sa.table("sounds", sa.column("codec"), sa.column("bit_depth"))
    codecs = op.get_bind().scalars(sa.select(sounds.c.codec).distinct()).all()
    for codec in codecs:
        depth = bit_depth(codec or "")
        if depth is not None:
            op.execute(sounds.update().where(sounds.c.codec == codec).values(bit_depth=depth))


def _fill_cat_ids() -> None:
    """Derived from the names, so today's rules are right whenever this runs."""
    locations = sa.table("locations", sa.column("id"), sa.column("raw_path"), sa.column("cat_id"))
    fill = (
        locations.update()
        .where(locations.c.id == sa.bindparam("of"))
        .values(cat_id=sa.bindparam("to"))
    )
    bind = op.get_bind()
    rows = bind.execute(sa.select(locations.c.id, locations.c.raw_path)).all()
    named = [{"of": id_, "to": named_cat_id(raw)} for id_, raw in rows]
    found = [row for row in named if row["to"] is not None]
    for start in range(0, len(found), BATCH):
        bind.execute(fill, found[start : start + BATCH])
