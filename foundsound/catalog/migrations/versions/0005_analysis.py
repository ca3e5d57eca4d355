"""What is measured of a sound: loudness, tempo, key, brightness, onsets, fingerprint."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
