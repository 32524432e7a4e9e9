"""A PostgreSQL of the tests' own: a private cluster in a temporary folder, over a Unix socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

ROOT = Path(__file__).parents[2]
_TEMPLATE = "hearth_template"
#: Nothing of it outlives the run, so nothing waits for the disk.
_CONFIG = """
listen_addresses = ''
fsync = off
full_page_writes = off
synchronous_commit = off
max_connections = 60
"""


@dataclass
class Cluster:
    """A running server, and databases in it."""

    programs: Path
    socket_folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, name: str) -> str:
        """Return the address of a database, as an operator would give it."""
        return f"postgresql://hearth@/{name}?host={self.socket_folder}"

    def sql(self, statement: str) -> None:
        """Do something to the cluster itself."""
        subprocess.run(
            [
                self.programs / "psql", "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1",
                "-h", self.socket_folder, "-U", "hearth", "-d", "postgres", "-c", statement,
            ],
            check=True,
            capture_output=True,
        )  # fmt: skip

    def template(self) -> str:
        """Make the database that `fresh` copies, and return its address."""
        self.sql(f"CREATE DATABASE {_TEMPLATE}")
        return self.url(_TEMPLATE)

    def empty(self) -> str:
        """Return the address of a database with nothing in it."""
        return self._made("template0")

    def fresh(self) -> str:
        """Return the address of a database of one's own, as the template is."""
        return self._made(_TEMPLATE)

    def _made(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)


def find_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, None when it is not installed."""
    found = subprocess.run([ROOT / ".ci/postgres"], capture_output=True, text=True, check=False)
    return Path(found.stdout.strip()) if found.returncode == 0 else None


@contextmanager
def running_cluster(programs: Path) -> Iterator[Cluster]:
    """Run a cluster of one's own; nothing of it is left afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hearth-pg-"))
    data = folder / "data"
    # initdb refuses to run as root; Debian's package brings a user for it.
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)

    def run(program: str, *arguments: str) -> None:
        with (folder / "log").open("ab") as log:
            done = subprocess.run(
                [programs / program, "-D", data, *arguments],
                user=user,
                group=user,
                extra_groups=[] if user else None,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        assert done.returncode == 0, (folder / "log").read_text("utf-8", "replace")

    try:
        run("initdb", "-U", "hearth", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        with (data / "postgresql.conf").open("a", encoding="utf-8") as config:
            config.write(f"{_CONFIG}unix_socket_directories = '{folder}'\n")
        run("pg_ctl", "-w", "-l", str(folder / "server.log"), "start")
        try:
            yield Cluster(programs, folder)
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
