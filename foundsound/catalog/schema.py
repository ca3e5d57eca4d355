"""The catalogue's schema: which revision a database has, and bringing it up to date."""

from sqlalchemy import Connection, inspect, text

from foundsound.catalog import change_triggers
from foundsound.errors import LibraryError

HEAD = "0020"  # newest migration; a test holds it equal to the scripts


def revision_of(connection: Connection) -> str | None:
    """The newest migration that the database has seen; None when it holds no catalogue."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection) -> None:
    """Run the migrations that the database lacks, in the transaction that the caller began.

    The caller installs the triggers afterwards, see ``change_triggers.py``.

    Raises:
        LibraryError: a newer foundsound wrote the database.
    """
    # alembic takes 0.3 s to import, and an upgrade is rare.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "foundsound:catalog/migrations")
    revision = revision_of(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise LibraryError(
            f"A newer foundsound wrote this library (schema {revision}); upgrade foundsound."
        )
    config.attributes["connection"] = connection
    change_triggers.remove(connection)
    command.upgrade(config, "head")
