"""Label sets, suggested categories and tags, enrolled sounds."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _label_sets()
    _enrolled_sounds()
    _suggestions()


def downgrade() -> None:
    for table in (
        "suggestion_decisions",
        "suggested_sounds",
        "suggestions",
        "enrolled_prototypes",
        "enrolled_example_vectors",
        "enrolled_examples",
        "enrolled_sounds",
        "label_set_vectors",
        "label_sets",
    ):
        op.drop_table(table)


def _label_sets() -> None:
    op.create_table(
        "label_sets",
        sa.Column("id", _INTEGER, nullable=False),
        sa.Column("key", sa.String(800), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("templates", sa.JSON(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_sets")),
        sa.UniqueConstraint("key", name=op.f("uq_label_sets_key")),
    )
    op.create_table(
        "label_set_vectors",
        sa.Column("set_id", _INTEGER, nullable=False),
        sa.Column("space_id", _INTEGER, nullable=False),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        _foreign("label_set_vectors", "set_id", "label_sets"),
        _foreign("label_set_vectors", "space_id", "spaces"),
        sa.PrimaryKeyConstraint("set_id", "space_id", name=op.f("pk_label_set_vectors")),
    )


def _enrolled_sounds() -> None:
    op.create_table(
        "enrolled_sounds",
        sa.Column("id", _INTEGER, nullable=False),
        sa.Column("key", sa.String(800), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolled_sounds")),
        sa.UniqueConstraint("key", name=op.f("uq_enrolled_sounds_key")),
    )
    op.create_table(
        "enrolled_examples",
        sa.Column("id", _INTEGER, nullable=False),
        sa.Column("enrolled_id", _INTEGER, nullable=False),
        sa.Column("position", _INTEGER, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sound_id", sa.String(32), nullable=True),
        sa.Column("start_s", sa.Double(), nullable=True),
        sa.Column("end_s", sa.Double(), nullable=True),
        sa.Column("audio", sa.LargeBinary(), nullable=True),
        _foreign("enrolled_examples", "enrolled_id", "enrolled_sounds"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolled_examples")),
    )
    op.create_index(op.f("ix_enrolled_examples_enrolled_id"), "enrolled_examples", ["enrolled_id"])
    op.create_table(
        "enrolled_example_vectors",
        sa.Column("example_id", _INTEGER, nullable=False),
        sa.Column("space_id", _INTEGER, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        _foreign("enrolled_example_vectors", "example_id", "enrolled_examples"),
        _foreign("enrolled_example_vectors", "space_id", "spaces"),
        sa.PrimaryKeyConstraint("example_id", "space_id", name=op.f("pk_enrolled_example_vectors")),
    )
    op.create_table(
        "enrolled_prototypes",
        sa.Column("enrolled_id", _INTEGER, nullable=False),
        sa.Column("space_id", _INTEGER, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("examples", _INTEGER, nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("background_mean", sa.Double(), nullable=False),
        sa.Column("background_deviation", sa.Double(), nullable=False),
        sa.Column("false_accept", sa.Double(), nullable=True),
        sa.Column("false_reject", sa.Double(), nullable=True),
        _foreign("enrolled_prototypes", "enrolled_id", "enrolled_sounds"),
        _foreign("enrolled_prototypes", "space_id", "spaces"),
        sa.PrimaryKeyConstraint("enrolled_id", "space_id", name=op.f("pk_enrolled_prototypes")),
    )


def _suggestions() -> None:
    op.create_table(
        "suggestions",
        sa.Column("sound_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("value", sa.String(100), nullable=False),
        sa.Column("strength", sa.Double(), nullable=False),
        _foreign("suggestions", "sound_id", "sounds"),
        sa.PrimaryKeyConstraint("sound_id", "kind", "value", name=op.f("pk_suggestions")),
    )
    op.create_index("ix_suggestions_value", "suggestions", ["kind", "value"])
    op.create_table(
        "suggested_sounds",
        sa.Column("sound_id", sa.String(32), nullable=False),
        sa.Column("space_id", _INTEGER, nullable=False),
        sa.Column("version", _INTEGER, nullable=False),
        _foreign("suggested_sounds", "sound_id", "sounds"),
        _foreign("suggested_sounds", "space_id", "spaces"),
        sa.PrimaryKeyConstraint("sound_id", name=op.f("pk_suggested_sounds")),
    )
    op.create_index(op.f("ix_suggested_sounds_space_id"), "suggested_sounds", ["space_id"])
    op.create_table(
        "suggestion_decisions",
        sa.Column("sound_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("value", sa.String(100), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sound_id", "kind", "value", name=op.f("pk_suggestion_decisions")),
    )


def _foreign(table: str, column: str, referred: str) -> Any:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{referred}.id"],
        name=op.f(f"fk_{table}_{column}_{referred}"),
        ondelete="CASCADE",
    )
