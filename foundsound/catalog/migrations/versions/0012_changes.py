"""The feed of changes; its triggers are made by change_triggers.py after every upgrade."""

import secrets

import sqlalchemy as sa
from alembic import op

from foundsound.catalog import change_triggers

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UNNUMBERED = sa.text("number IS NULL")


def upgrade() -> None:
    integer = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "changes",
        sa.Column("id", integer, nullable=False),
        sa.Column("number", integer, nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sound_id", sa.String(length=32), nullable=False),
        sa.Column("was_root", sa.LargeBinary(), nullable=True),
        sa.Column("was_path", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sa.UniqueConstraint("number", name=op.f("uq_changes_number")),
    )
    op.create_index(
        "ix_changes_unnumbered",
        "changes",
        ["id"],
        sqlite_where=UNNUMBERED,
        postgresql_where=UNNUMBERED,
    )
    feed = op.create_table(
        "change_feed",
        sa.Column("uid", sa.String(length=8), nullable=False),
        sa.Column("last", integer, nullable=False),
        sa.Column("forgotten", integer, nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_change_feed")),
    )
    time = sa.DateTime(timezone=True)
    op.create_table(
        "change_webhooks",
        sa.Column("id", integer, nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("added_at", time, nullable=False),
        sa.Column("told", integer, nullable=False),
        sa.Column("telling", integer, nullable=True),
        sa.Column("due_at", time, nullable=True),
        sa.Column("lease_owner", sa.String(length=128), nullable=True),
        sa.Column("attempts", integer, nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("delivered_at", time, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_webhooks")),
    )
    op.bulk_insert(feed, [{"uid": secrets.token_hex(4), "last": 0, "forgotten": 0}])


def downgrade() -> None:
    change_triggers.remove(op.get_bind())
    op.drop_table("change_webhooks")
    op.drop_table("change_feed")
    op.drop_table("changes")
