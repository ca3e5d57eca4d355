"""A sound is told of as updated where its metadata or analysis says something else.

The triggers that are made anew afterwards know it; see change_triggers.py.
"""

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing but the triggers has changed."""


def downgrade() -> None:
    """Nothing but the triggers had changed."""
