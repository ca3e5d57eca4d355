"""Standing queries, what they found and what is to be delivered."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    integer = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    time = sa.DateTime(timezone=True)
    op.create_table(
        "alerts",
        sa.Column("id", integer, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=800), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("webhook_url", sa.String(), nullable=True),
        sa.Column("webhook_secret", sa.String(length=100), nullable=True),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("added_at", time, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("key", name=op.f("uq_alerts_key")),
    )
    op.create_table(
        "alert_clips",
        sa.Column("alert_id", integer, nullable=False),
        sa.Column("number", integer, nullable=False, autoincrement=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_alert_clips_alert_id_alerts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("alert_id", "number", name=op.f("pk_alert_clips")),
    )
    op.create_table(
        "alert_backlog",
        sa.Column("sound_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("sound_id", name=op.f("pk_alert_backlog")),
    )
    op.create_table(
        "alert_hits",
        sa.Column("id", integer, nullable=False),
        sa.Column("alert_id", integer, nullable=False),
        sa.Column("sound_id", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("start_s", sa.Float(), nullable=False),
        sa.Column("end_s", sa.Float(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("strength", sa.Float(), nullable=True),
        sa.Column("found_at", time, nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_alert_hits_alert_id_alerts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_hits")),
        sa.UniqueConstraint("alert_id", "sound_id", name=op.f("uq_alert_hits_alert_id_sound_id")),
    )
    op.create_table(
        "alert_deliveries",
        sa.Column("id", integer, nullable=False),
        sa.Column("hit_id", integer, nullable=False),
        sa.Column("destination", sa.String(length=16), nullable=False),
        sa.Column("due_at", time, nullable=True),
        sa.Column("lease_owner", sa.String(length=128), nullable=True),
        sa.Column("attempts", integer, nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("delivered_at", time, nullable=True),
        sa.ForeignKeyConstraint(
            ["hit_id"],
            ["alert_hits.id"],
            name=op.f("fk_alert_deliveries_hit_id_alert_hits"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_deliveries")),
        sa.UniqueConstraint(
            "hit_id", "destination", name=op.f("uq_alert_deliveries_hit_id_destination")
        ),
    )
    op.create_index(
        "ix_alert_deliveries_due",
        "alert_deliveries",
        ["due_at", "id"],
        sqlite_where=DUE,
        postgresql_where=DUE,
    )


def downgrade() -> None:
    for table in ("alert_deliveries", "alert_hits", "alert_backlog", "alert_clips", "alerts"):
        op.drop_table(table)
