"""kill -9 at random moments while people work: nothing is lost and nothing is doubled.

Anybody can run it: `bin/test -m drill`. It starts the real house (broker, worker, beat, web) on a folder and a port of
its own. `MAKOTO_PROOF=long` kills for ten times as long, `MAKOTO_SEED=n` repeats a run's dice.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller

from config.environment import BASE_DIR
from tests.proof.dice import again, dice, often

pytestmark = pytest.mark.drill
TARGETS = {"broker": "valkey-server", "worker": "worker", "web": "gunicorn"}
MAILS = 40


class Postbox:
    """A mail server that remembers the Message-ID of everything it took."""

    def __init__(self) -> None:
        self.took: Counter[str] = Counter()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        lines = envelope.content.decode(errors="replace").splitlines()
        self.took[next(line for line in lines if line.lower().startswith("message-id:"))] += 1
        return "250 taken"


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
        data = None if body is None else json.dumps(body).encode()
        until = time.monotonic() + 90
        while time.monotonic() < until:
            headers = {**self.headers, "Content-Type": "application/json"}
            try:
                with urlopen(Request(self.base + path, data, headers), timeout=20) as answer:
                    return json.load(answer)
            except HTTPError as error:
                if error.code < 500:
                    raise AssertionError(f"{path} {body}: {error.code} {error.read().decode()}") from error
            except (URLError, OSError, ValueError):
                pass  # killed in the middle, or not yet up again
            self.asked_again += 1
            time.sleep(0.2)
        raise AssertionError(f"no answer to {path}; {again()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def work_off(people: list[Person], number: str, keys: list[str]) -> None:
    """Take whatever action leads on, until only aftercare is left."""
    until = time.monotonic() + often(100, 600)
    while time.monotonic() < until:
        for person in people:
            incident = person.ask(f"incidents/{number}")
            if incident["state"] == "aftercare":
                return
            action = next((action for action in incident["actions"] if action["forward"]), None)
            if action:
                keys.append(uuid4().hex)
                command = {name: action[name] for name in ("command", "step", "submission")}
                data = action["schema"]["example"]
                person.ask(f"incidents/{number}/commands", {**command, "data": data, "idempotency_key": keys[-1]})
                break
        else:
            time.sleep(0.3)  # nothing to do but to wait for the letter
    raise AssertionError(f"{number} did not come to aftercare; {again()}")


def kill_now_and_then(house: House, stop: Event, killed: Counter[str]) -> None:
    """The house waits longer each time before it starts a thing anew, so the short form kills only a few times."""
    luck = dice()
    order = [target for _ in range(often(1, 20)) for target in luck.sample(sorted(TARGETS), len(TARGETS))]
    for target in order:
        if stop.wait(luck.uniform(0.5, 5)):
            return
        killed[target] += house.kill(target)


def wait_until_sent(house: House) -> None:
    """A row leased by a killed worker comes back after a minute; then everything must have left."""
    until = time.monotonic() + 150
    while house.rows("SELECT 1 FROM office_outbox WHERE state <> 'sent'"):
        assert time.monotonic() < until, house.rows("SELECT key, state, last_error FROM office_outbox")
        time.sleep(1)


def test_nothing_is_lost_and_nothing_doubled_when_processes_die(tmp_path: Path) -> None:
    postbox, killed, keys = Postbox(), Counter[str](), list[str]()
    mail = Controller(postbox, hostname="127.0.0.1", port=free_port())
    mail.start()
    house = House(tmp_path, mail.port)
    furnished = house.run("-m", "tests.drills.furnish", str(MAILS))
    assert furnished.returncode == 0, furnished.stderr
    known = json.loads(furnished.stdout)
    people = [Person(house, token) for token in known["tokens"].values()]
    incidents = often(1, 20)
    try:
        with house.running():
            people[0].ask("incidents")
            stop = Event()
            killer = Thread(target=kill_now_and_then, args=(house, stop, killed))
            killer.start()
            try:
                for n in range(incidents):
                    report = {"customer": known["customer"], "kind": "missed_invoice", "summary": f"請求もれ {n}"}
                    opened = people[0].ask("incidents", {**report, "idempotency_key": f"first-{n}"})
                    work_off(people, opened["number"], keys)
            finally:
                stop.set()
                killer.join()
            wait_until_sent(house)
        assert_whole(house, postbox, killed, keys, incidents)
    except AssertionError:
        sys.stdout.write(f"{again()}\n{(tmp_path / 'house.log').read_text()[-3000:]}")
        raise
    finally:
        mail.stop()
    retries = sum(person.asked_again for person in people)
    sys.stdout.write(f"killed {dict(killed)}, asked again {retries} times, {again()}\n")


def assert_whole(house: House, postbox: Postbox, killed: Counter[str], keys: list[str], incidents: int) -> None:
    assert sum(killed.values()) >= 2, f"the drill killed too little: {killed}"
    entries = Counter(key for (key,) in house.rows("SELECT key FROM incidents_entry"))
    wanted = {*keys, *(f"first-{n}" for n in range(incidents))}
    assert wanted <= set(entries), "an answered command is not in the record"
    assert max(entries.values()) == 1, "a command was entered twice"
    assert all(key in wanted or key.startswith("clock:") for key in entries), "a command that nobody gave"
    numbers = sorted(int(number[5:]) for (number,) in house.rows("SELECT number FROM incidents_incident"))
    assert numbers == list(range(1, incidents + 1))
    letters = house.rows("SELECT number, file_id FROM incidents_issuedletter ORDER BY number")
    assert [int(number[-4:]) for number, _file in letters] == list(range(1, incidents + 1))
    assert len({file for _number, file in letters} - {None}) == incidents, (
        "a letter is not in print, or shares its file"
    )
    assert house.rows("SELECT count(*) FROM office_file") == [(incidents,)], "a letter was printed twice"
    promises = house.rows("SELECT source, count(*) FROM customers_promise GROUP BY source HAVING count(*) > 1")
    assert promises == []
    mails = house.rows("SELECT count(*) FROM office_outbox")[0][0]
    assert len(postbox.took) == mails, "a mail was lost"
    # The one honest gap: killed between the server's 250 and our own mark, a mail goes out again under its Message-ID.
    assert sum(postbox.took.values()) - mails <= killed["worker"]
    verified = house.run("manage.py", "verify")
    assert verified.returncode == 0, verified.stdout
