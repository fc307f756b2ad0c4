"""A PostgreSQL server for the length of one test run, on a port of its own, gone afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.launcher.children import die_with_parent
from config.launcher.packages import last_lines, postgres_folder
from config.launcher.trouble import Trouble

OPTIONS = ("listen_addresses=127.0.0.1", "unix_socket_directories=")
# A test database may lose everything at a power cut, and is twice as quick for it.
FORGETFUL = ("fsync=off", "full_page_writes=off")


@contextmanager
def temporary_postgres(*, durable: bool = False) -> Iterator[str]:
    """Yield the DATABASE_URL of a fresh server; stop it by its process id and remove its folder at the end.

    durable: it waits for the disk at every commit, as a server in use does; for measurements.
    """
    programs = postgres_folder()
    if programs is None:
        raise Trouble("No PostgreSQL server is installed.")
    folder = Path(tempfile.mkdtemp(prefix="makoto-postgres-"))
    try:
        who = _somebody_else(folder)
        _make_cluster(programs, folder, who)
        port = _free_port()
        process = _start(programs, folder, port, who, OPTIONS if durable else (*OPTIONS, *FORGETFUL))
        try:
            _wait_for(process, port, folder)
            yield f"postgres://makoto@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _somebody_else(folder: Path) -> dict[str, Any]:
    """Return what makes a child run as another user when we are root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _make_cluster(programs: Path, folder: Path, who: dict[str, Any]) -> None:
    command = [f"{programs}/initdb", "--pgdata", f"{folder}/data", "--username", "makoto", "--auth", "trust"]
    settings = ["--encoding", "UTF8", "--locale", "C", "--no-sync"]
    result = subprocess.run([*command, *settings], cwd=folder, capture_output=True, text=True, check=False, **who)
    if result.returncode:
        raise Trouble(f"The PostgreSQL cluster could not be made:\n{last_lines(result.stdout + result.stderr)}")


def _start(
    programs: Path, folder: Path, port: int, who: dict[str, Any], options: Sequence[str]
) -> subprocess.Popen[bytes]:
    settings = [word for option in options for word in ("-c", option)]
    command = [f"{programs}/postgres", "-D", f"{folder}/data", "-p", str(port), *settings]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, preexec_fn=die_with_parent, **who)


def _wait_for(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        # It writes this line when it takes connections; an open port alone may still be recovering.
        if "ready to accept connections" in (folder / "log").read_text():
            return
        time.sleep(0.1)
    raise Trouble(f"PostgreSQL did not start on port {port}:\n{last_lines((folder / 'log').read_text())}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
