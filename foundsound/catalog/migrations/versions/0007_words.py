"""Which sounds' words stand in the lexical index."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


STALE = sa.text("words_written != words_changed")


def upgrade() -> None:
    counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("sounds", sa.Column("words_changed", counter, nullable=False, server_default="1"))
    op.add_column("sounds", sa.Column("words_written", counter, nullable=False, server_default="0"))
    op.create_index(
        "ix_sounds_stale_words", "sounds", ["id"], sqlite_where=STALE, postgresql_where=STALE
    )
    op.create_table(
        "sound_terms",
        sa.Column("sound_id", sa.String(length=32), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sound_id"],
            ["sounds.id"],
            name=op.f("fk_sound_terms_sound_id_sounds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sound_id", name=op.f("pk_sound_terms")),
    )
    op.create_table(
        "terms",
        sa.Column("id", counter, nullable=False),
        sa.Column("term", counter, nullable=False),
        sa.Column("stem", sa.String(), nullable=False),
        sa.Column("sounds", counter, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
        sa.UniqueConstraint("term", name=op.f("uq_terms_term")),
    )


def downgrade() -> None:
    op.drop_table("terms")
    op.drop_table("sound_terms")
    op.drop_index("ix_sounds_stale_words", "sounds")
    op.drop_column("sounds", "words_written")
    op.drop_column("sounds", "words_changed")
