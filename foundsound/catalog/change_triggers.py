"""Triggers that write down what happens to sounds, in the transaction in which it does.

Whatever changes a row, in whatever statement, is told, and nothing can be forgotten or told of what
was rolled back. They are made anew after each migration, because SQLite drops a table's triggers
when a migration makes the table anew. In PostgreSQL they also wake whoever tells webhooks of it.

Only sounds that can be found are told of: one becomes ``created`` when it is indexed. A file that
comes or goes is ``created`` or ``deleted`` if it is the sound's only one, else ``moved``; of copies
that one statement takes or brings, one after the other. Of a file that has changed nothing is told
before it is read: often its time alone is new, and whoever obeys "deleted" loses what he knows of
the sound.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from foundsound.catalog.models import Base
from foundsound.catalog.work_signal import NEWS

_NOW = {
    # As SQLAlchemy writes a time on SQLite, whose clock has milliseconds.
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
    "postgresql": "clock_timestamp()",
}


@dataclass(frozen=True)
class _Trigger:
    name: str
    table: str
    event: str
    sound: str  # whom it is about
    kind: str
    when: str = "true"
    was: bool = False  # tell where the file lay
    indexed: bool = True  # only of sounds that are
    says: tuple[str, ...] = ()  # columns; only when one of them says something else now


def _others(row: str, sound: str = "sound_id") -> str:
    """Kind of what befell a file: its sound has other ones, or has none."""
    return (
        f"CASE WHEN EXISTS (SELECT 1 FROM locations AS other WHERE (other.sound_id = {row}.{sound}"
        f" OR other.formerly = {row}.{sound})"
        f" AND other.missing_since IS NULL AND other.id <> {row}.id)"
        " THEN 'moved' ELSE '{alone}' END"
    )


def _says(table: str) -> tuple[str, ...]:
    """What a row says of a sound: a file that is read again mostly says the same."""
    columns = Base.metadata.tables[table].columns
    return tuple(each.name for each in columns if each.name not in ("sound_id", "version"))


_COMES = _others("NEW").format(alone="created")
_GOES = _others("OLD").format(alone="deleted")
_NEW_THERE = "NEW.sound_id IS NOT NULL AND NEW.missing_since IS NULL"
_OLD_THERE = "OLD.sound_id IS NOT NULL AND OLD.missing_since IS NULL"
_SAME_SOUND = "NEW.sound_id = OLD.sound_id"
_OTHER_SOUND = "coalesce(NEW.sound_id, '') <> coalesce(OLD.sound_id, '')"
_NEW_UNREAD = "NEW.sound_id IS NULL AND NEW.formerly IS NOT NULL AND NEW.missing_since IS NULL"
_OLD_UNREAD = "OLD.sound_id IS NULL AND OLD.formerly IS NOT NULL AND OLD.missing_since IS NULL"
_FORMER_GOES = _others("OLD", "formerly").format(alone="deleted")

TRIGGERS = [
    _Trigger(
        "sound_indexed",
        "sounds",
        "UPDATE OF state",
        "NEW.id",
        "'created'",
        "NEW.state = 'indexed' AND OLD.state <> 'indexed'",
        indexed=False,
    ),
    _Trigger(
        "file_moved",
        "locations",
        "UPDATE OF root_id, raw_path",
        "NEW.sound_id",
        "'moved'",
        f"{_OLD_THERE} AND {_NEW_THERE} AND {_SAME_SOUND}"
        " AND (NEW.raw_path <> OLD.raw_path OR NEW.root_id <> OLD.root_id)",
        was=True,
    ),
    _Trigger(
        "file_moved_unread",
        "locations",
        "UPDATE OF root_id, raw_path",
        "OLD.formerly",
        "'moved'",
        f"{_OLD_UNREAD} AND {_NEW_UNREAD}"
        " AND (NEW.raw_path <> OLD.raw_path OR NEW.root_id <> OLD.root_id)",
        was=True,
    ),
    _Trigger(
        "file_gone",
        "locations",
        "UPDATE OF missing_since, sound_id",
        "OLD.sound_id",
        _GOES,
        f"{_OLD_THERE} AND (NEW.missing_since IS NOT NULL OR {_OTHER_SOUND})"
        f" AND NOT ({_NEW_UNREAD})",
        was=True,
    ),
    _Trigger(
        "file_replaced",
        "locations",
        "UPDATE OF missing_since, sound_id, formerly",
        "OLD.formerly",
        _FORMER_GOES,
        f"{_OLD_UNREAD} AND (NEW.missing_since IS NOT NULL"
        " OR coalesce(NEW.sound_id, NEW.formerly, '') <> OLD.formerly)",
        was=True,
    ),
    _Trigger(
        "file_back",
        "locations",
        "UPDATE OF missing_since, sound_id",
        "NEW.sound_id",
        _COMES,
        f"{_NEW_THERE} AND (OLD.missing_since IS NOT NULL OR {_OTHER_SOUND})"
        f" AND NOT ({_OLD_UNREAD} AND OLD.formerly = NEW.sound_id)",
    ),
    _Trigger("file_new", "locations", "INSERT", "NEW.sound_id", _COMES, _NEW_THERE),
    _Trigger("file_deleted", "locations", "DELETE", "OLD.sound_id", _GOES, _OLD_THERE, was=True),
    _Trigger(
        "file_deleted_unread",
        "locations",
        "DELETE",
        "OLD.formerly",
        _FORMER_GOES,
        _OLD_UNREAD,
        was=True,
    ),
    *(
        _Trigger(
            f"{table}_{event.lower()}",
            table,
            event,
            "NEW.sound_id",
            "'updated'",
            says=_says(table) if event == "UPDATE" else (),
        )
        for table in ("sound_metadata", "sound_analysis")
        for event in ("INSERT", "UPDATE")
    ),
    *(
        _Trigger(
            f"{table}_{event.lower()}",
            table,
            event,
            "OLD.sound_id" if event == "DELETE" else "NEW.sound_id",
            "'tagged'",
            indexed=False,
        )
        for table, events in (
            ("sound_tags", ("INSERT", "DELETE")),
            ("sound_marks", ("INSERT", "UPDATE", "DELETE")),
            ("collection_items", ("INSERT", "DELETE")),
        )
        for event in events
    ),
]


def install(connection: Connection) -> None:
    """Make every trigger, in the place of what is there."""
    dialect = connection.dialect.name
    make = _make_on_sqlite if dialect == "sqlite" else _make_on_postgresql
    for trigger in TRIGGERS:
        for statement in make(trigger):
            connection.exec_driver_sql(statement)


def remove(connection: Connection) -> None:
    """Drop every trigger: SQLite cannot make a table anew that one of them names."""
    for trigger in TRIGGERS:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger.name}")
        else:
            function = f"tell_{trigger.name}()"
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {function} CASCADE")


def _insert(trigger: _Trigger, dialect: str) -> str:
    root, path = "NULL", "NULL"
    if trigger.was:
        root, path = "(SELECT path FROM roots WHERE roots.id = OLD.root_id)", "OLD.raw_path"
    told = f"INSERT INTO changes (kind, sound_id, was_root, was_path, at) SELECT {trigger.kind},"
    told += f" {trigger.sound}, {root}, {path}, {_NOW[dialect]}"
    if trigger.indexed:
        told += f" FROM sounds WHERE sounds.id = {trigger.sound} AND sounds.state = 'indexed'"
    return told


def _when(trigger: _Trigger, differs: str) -> str:
    if not trigger.says:
        return trigger.when
    return f"{trigger.when} AND ({' OR '.join(differs.format(each) for each in trigger.says)})"


def _make_on_sqlite(trigger: _Trigger) -> list[str]:
    when = _when(trigger, "NEW.{0} IS NOT OLD.{0}")
    return [
        f"DROP TRIGGER IF EXISTS {trigger.name}",
        f"CREATE TRIGGER {trigger.name} AFTER {trigger.event} ON {trigger.table} FOR EACH ROW"
        f" WHEN {when} BEGIN {_insert(trigger, 'sqlite')}; END",
    ]


def _make_on_postgresql(trigger: _Trigger) -> list[str]:
    body = (
        f"BEGIN {_insert(trigger, 'postgresql')}; IF FOUND AND EXISTS (SELECT FROM change_webhooks)"
        f" THEN NOTIFY {NEWS}; END IF; RETURN coalesce(NEW, OLD); END"
    )
    # AFTER a row, all rows of the statement are as it leaves them: of two copies that go at once
    # neither would see the other. BEFORE, those behind are as they were. An INSERT, which tells so
    # of rows too that are there already, brings files without a sound.
    each = trigger.table == "locations" and trigger.event != "INSERT"
    moment = "BEFORE" if each else "AFTER"
    when = _when(trigger, "NEW.{0}::text IS DISTINCT FROM OLD.{0}::text")  # JSON has no equality
    return [
        f"CREATE OR REPLACE FUNCTION tell_{trigger.name}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $${body}$$",
        f"DROP TRIGGER IF EXISTS {trigger.name} ON {trigger.table}",
        f"CREATE TRIGGER {trigger.name} {moment} {trigger.event} ON {trigger.table} FOR EACH ROW"
        f" WHEN ({when}) EXECUTE FUNCTION tell_{trigger.name}()",
    ]
