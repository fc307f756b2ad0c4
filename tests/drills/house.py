"""The real house (broker, worker, beat, web) on a folder and a port of its own, and people who ask it things."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from config.environment import BASE_DIR
from tests.proof.dice import again

TARGETS = {"broker": "valkey-server", "worker": "worker", "web": "gunicorn"}


class House:
    """The launcher's house with its own folder and port, and whoever may be killed in it."""

    def __init__(self, data: Path, mail_port: int) -> None:
        self.data, self.port = data, free_port()
        known = {"MAKOTO_DATA": str(data), "PORT": str(self.port), "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}"}
        left_out = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "MAKOTO_ENV")
        self.environment = {k: v for k, v in os.environ.items() if k not in left_out} | known
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, check=False)

    @contextmanager
    def running(self) -> Iterator[None]:
        with (self.data / "house.log").open("wb") as log:
            command = [sys.executable, "-m", "config.launcher.running"]
            self.process = subprocess.Popen(command, cwd=BASE_DIR, env=self.environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            self.process.terminate()
            self.process.wait(60)

    def child(self, target: str) -> int | None:
        """The process id of the broker, the worker or the web server; None while it is down."""
        for entry in Path("/proc").iterdir():
            with suppress(OSError, IndexError, ValueError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                words = (entry / "cmdline").read_bytes().decode().split("\0")
                if self.process and parent == self.process.pid and any(TARGETS[target] in word for word in words):
                    return int(entry.name)
        return None

    def kill(self, target: str) -> bool:
        """kill -9 it with all its children: they share a process group of their own."""
        pid = self.child(target)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
                return True
        return False

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.data}/makoto.sqlite3?mode=ro", uri=True, timeout=20)) as database:
            return database.execute(question).fetchall()


class Person:
    """A client that asks again, under the same key, until it has an answer."""

    def __init__(self, house: House, token: str) -> None:
        self.base, self.headers = f"http://127.0.0.1:{house.port}/api/v1/", {"Authorization": f"Bearer {token}"}
        self.asked_again = 0

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """What the API answers; a refusal fails the drill."""
        status, answer = self._answer(path, body)
        assert status < 400, f"{path} {body}: {status} {answer}"
        return answer

    def tries(self, path: str, body: dict[str, Any]) -> int:
        """The status of the answer; a refusal is one as well."""
        return self._answer(path, body)[0]

    def seen(self, path: str) -> Any:
        """An incident as this person finds it; without actions when it is not theirs."""
        status, answer = self._answer(path)
        return answer if status == 200 else {"actions": []}

    def _answer(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        until = time.monotonic() + 90
        while time.monotonic() < until:
            headers = {**self.headers, "Content-Type": "application/json"}
            try:
                with urlopen(Request(self.base + path, data, headers), timeout=20) as answer:
                    return answer.status, json.load(answer)
            except HTTPError as error:
                if error.code < 500:
                    return error.code, json.load(error)
            except (URLError, OSError, ValueError):
                pass  # killed in the middle, or not yet up again
            self.asked_again += 1
            time.sleep(0.2)
        raise AssertionError(f"no answer to {path}; {again()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
