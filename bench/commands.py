"""What one command costs and what a whole incident costs, against joeflow and viewflow on the same PostgreSQL server in
the same minutes; prints one JSON line; ends with 1 when a goal is missed.

    .venv/bin/python bench/commands.py [ROUNDS]

Each round does one incident of six steps with Makoto, with joeflow and with viewflow, in turn, so that a busy moment of
the machine falls on all three; only the ratios count. A round is measured and the sum of 1,000 incidents computed from
it. The server is temporary and waits for the disk at every commit. The two others are not among Makoto's packages:
they are installed once, with pip, into a folder of the user's cache (`bench/peers.txt` says which versions).
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "bench" / "peers.txt"
ROUNDS, WARM, WHOLE_EVERY = 40, 5, 8
GOALS = {  # at most
    "command_to_joeflow": 0.45,
    "command_to_viewflow": 0.26,
    "statements": 6,
    "incident_to_joeflow": 0.5,
    "rows_a_command": 3,
}
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
STEPS = {  # of the playbook below: the paper each is given
    "first_apology": {"how": "phone", "words": "至急対応してほしい"},
    "visit": {"met": [], "why_not": "ご担当者が外出中", "reaction": "accepted"},
    "compensation": {"decision": "none", "basis": "金銭の補償は不要とのお申し出"},
    "prevention": {"measures": [{"what": "納品記録との照合", "scope": "procedure", "due": "2026-12-08"}]},
    "effect_check": {"worked": True, "evidence": "対象期間の請求42件を照合し、もれ0件", "despite": "実施は確かめた"},
}


# --- the peers, in a process of their own


def peers_folder() -> Path:
    """Where the peers' packages are, installed when missing; SystemExit with a sentence when they cannot be."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "makoto" / f"peers-{hashlib.sha256(PEERS.read_bytes()).hexdigest()[:12]}"
    if not (folder / "complete").exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]
        done = subprocess.run([*pip, "--target", str(folder), "--upgrade", "-r", str(PEERS)], stdout=sys.stderr)
        if done.returncode:
            raise SystemExit(f"Please install what bench/peers.txt names into {folder} and start again.")
        (folder / "complete").touch()
    return folder


class Peers:
    """Both peers behind a pipe: one line asks, one line answers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.statements: dict[str, int] = self.answer()

    def once(self, engine: str) -> dict[str, Any]:
        """The seconds of the start and of each step of one instance."""
        assert self.process.stdin
        self.process.stdin.write(f"{engine}\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """The next line of the other process."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("The peers could not be started; what they said stands above.")
        return json.loads(line)


@contextmanager
def peers(url: str) -> Iterator[Peers]:
    """The peers on a database of their own on the same server."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("CREATE DATABASE peers")
    theirs = url.rsplit("/", 1)[0] + "/peers"
    command = [sys.executable, str(ROOT / "bench" / "peers.py"), theirs]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment["PYTHONPATH"] = str(peers_folder())
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Peers(process)
        assert process.stdin
        process.stdin.close()


# --- ours


def six_steps() -> None:
    """Register a playbook with as many human steps as the peers have: a report, five papers, and the closing."""
    from incidents.engine.playbook import OWNER, Playbook, Step

    steps: dict[str, Step] = {"report": Step(by=OWNER, within="1 business hour", label="First report")}
    for name in STEPS:
        steps[name] = Step(by=OWNER, within="5 business days", label=name, after=[list(steps.values())[-1]])
    type("SixSteps", (Playbook,), {"key": "six_steps", "version": 1, "label": "Six steps", **steps})


class Timed:
    """One incident; every command is timed from the call to the committed answer."""

    def __init__(self, cast: SimpleNamespace, at: datetime) -> None:
        self.cast, self.at = cast, at
        self.viewer = viewer_for(cast.rep, at)

    def six(self) -> dict[str, Any]:
        """Six steps, from the first report to the closing: the seconds of the start and of each command."""
        began = time.perf_counter()
        number = self.opened()
        return {"start": time.perf_counter() - began, "steps": self.commands(number)}

    def opened(self) -> str:
        """The number of a new incident, its first report sent and the boss told."""
        data = {"summary": "請求書が届いていない", "next_contact": "none"}
        report = FirstReport(customer_id=self.cast.towa.pk, data=data, kind="six_steps", key=uuid4().hex)
        return incident_open(viewer=self.viewer, report=report)[0].number

    def commands(self, number: str) -> list[float]:
        """The seconds of the five papers and of the closing."""
        steps = [self.do(number, Order("submit", uuid4().hex, step, 0, self.paper(step))) for step in STEPS]
        return [*steps, self.do(number, Order("close", uuid4().hex))]

    def paper(self, step: str) -> dict[str, Any]:
        """What a step is submitted with."""
        if step != "prevention":
            return STEPS[step]
        return {"measures": [{**line, "owner": self.cast.rep.pk} for line in STEPS[step]["measures"]]}

    def do(self, number: str, order: Order) -> float:
        """The seconds of one command."""
        began = time.perf_counter()
        store.execute(viewer=self.viewer, number=number, order=order)
        return time.perf_counter() - began


class Whole:
    """A whole incident of the real playbook, every command timed, or its statements counted where asked."""

    def __init__(self, cast: SimpleNamespace, at: datetime, *, counting: bool = False) -> None:
        self.seconds: dict[tuple[str, str], float] = {}
        self.asked: dict[tuple[str, str], int] = {}
        self.cast, self.job = cast, Job(cast, at)
        self.do = self.count if counting else self.time

    def time(self, user: Any, name: str, step: str, data: dict[str, Any]) -> None:
        """Carry out one command and note its seconds."""
        viewer, order = self.job.viewer(user), self.job.order(name, step, data)
        began = time.perf_counter()
        store.execute(viewer=viewer, number=self.job.number, order=order)
        self.seconds[name, step] = time.perf_counter() - began

    def count(self, user: Any, name: str, step: str, data: dict[str, Any]) -> None:
        """Carry out one command and note its statements."""
        viewer, order = self.job.viewer(user), self.job.order(name, step, data)
        with CaptureQueriesContext(connection) as asked:
            store.execute(viewer=viewer, number=self.job.number, order=order)
        self.asked[name, step] = sum(not query["sql"].startswith(CONTROL) for query in asked)

    def walked(self) -> Whole:
        """From the first report to the closing, by whoever can bring it on."""
        people = (self.cast.rep, self.cast.manager, self.cast.branch, self.cast.director)
        while self.job.incident.state != "closed":
            if not self.forward(*people):
                self.keep_promises()
        return self

    def forward(self, *people: Any) -> bool:
        """The next command of whoever can bring it on, with the example as its paper; False when nobody can."""
        render_letters(at=self.job.at)
        offers = ((user, *place, offer) for user in people for place, offer in self.job.offers(user).items())
        found = next((offer for offer in offers if offer[3]["forward"]), None)
        if found:
            user, name, step, offer = found
            self.do(user, name, step, offer["schema"]["example"])
        return found is not None

    def keep_promises(self) -> None:
        """Nothing closes over an open promise."""
        for promise in Promise.objects.open().filter(number=self.job.number):
            promise_keep(promise_id=promise.pk, evidence="電話でお伝えした", by=self.cast.rep, at=self.job.at)


def rows() -> int:
    """How many rows Makoto's tables hold."""
    return sum(model._base_manager.count() for model in apps.get_models())


def main(rounds: int, server: str) -> int:
    """Measure in turn, print, and tell whether a goal was missed."""
    cast = make_people()
    make_firms(cast)
    cast.company = make_company()
    at = datetime(2026, 11, 24, 10, tzinfo=JST)
    letters.press = lambda: SimpleNamespace(pdf=lambda letter: SimpleNamespace(data=letter.number.encode()))
    with peers(server) as others:
        found: dict[str, list[dict[str, Any]]] = {"makoto": [], "joeflow": [], "viewflow": []}
        whole: list[Whole] = []
        for turn in range(rounds + WARM):
            now = at + timedelta(minutes=turn)
            found["makoto"].append(Timed(cast, now).six())
            for engine in ("joeflow", "viewflow"):
                found[engine].append(others.once(engine))
            if turn % WHOLE_EVERY == 0:
                whole.append(Whole(cast, now).walked())
        figures = told({name: taken[WARM:] for name, taken in found.items()}, whole[1:])
        figures["statements_of_peers"] = others.statements
    figures |= counted(cast, at)
    missed = [name for name, most in GOALS.items() if figures[name] > most]
    print(json.dumps({"bench": "commands", "rounds": rounds, **figures, "goals": GOALS, "missed": missed}))
    return bool(missed)


def told(found: dict[str, list[dict[str, Any]]], whole: list[Whole]) -> dict[str, Any]:
    """The ratios of one run: medians of all steps, sums of all incidents."""
    step = {name: statistics.median(s for one in taken for s in one["steps"]) for name, taken in found.items()}
    incident = {
        name: statistics.median(one["start"] + sum(one["steps"]) for one in taken) for name, taken in found.items()
    }
    real = statistics.fmean(s for one in whole for s in one.seconds.values())
    return {
        "command_ms": {name: round(seconds * 1000, 2) for name, seconds in step.items()},
        "command_to_joeflow": round(step["makoto"] / step["joeflow"], 2),
        "command_to_viewflow": round(step["makoto"] / step["viewflow"], 2),
        "thousand_incidents_s": {name: round(seconds * 1000, 1) for name, seconds in incident.items()},
        "incident_to_joeflow": round(incident["makoto"] / incident["joeflow"], 2),
        "incident_to_viewflow": round(incident["makoto"] / incident["viewflow"], 2),
        "real_playbook": {
            "commands": len(whole[0].seconds),
            "mean_to_joeflow": round(real / step["joeflow"], 2),
            "slowest_ms": {
                " ".join(place): round(seconds * 1000, 2)
                for place, seconds in sorted(whole[-1].seconds.items(), key=lambda item: -item[1])[:4]
            },
        },
    }


def counted(cast: SimpleNamespace, at: datetime) -> dict[str, Any]:
    """The statements of each command and the rows a command leaves, counted apart from the clock."""
    one, before = Timed(cast, at), rows()
    number = one.opened()
    opened = rows()
    commands = len(one.commands(number))
    left = rows() - opened
    asked = Whole(cast, at, counting=True).walked().asked
    usual = statistics.median_high(asked.values())
    more = {" ".join(place): count for place, count in asked.items() if count > usual}
    return {
        "statements": usual,
        "statements_of_papers_that_ask_more": more,
        "rows_a_command": round(left / commands, 2),
        "rows_of_a_first_report": opened - before,
    }


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    import psycopg

    from config.launcher.postgres import temporary_postgres

    with temporary_postgres(durable=True) as url, tempfile.TemporaryDirectory(prefix="makoto-bench-") as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "MAKOTO_DATA": folder, "MAKOTO_ENV": "demo"}
        os.environ["DATABASE_URL"] = url
        six_steps()
        import django

        django.setup()
        from django.apps import apps
        from django.core.management import call_command
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from customers.models import Promise
        from customers.services import promise_keep
        from incidents import store
        from incidents.services import FirstReport, incident_open, letters, render_letters
        from incidents.turn import Order
        from office.clock import JST
        from office.viewer import viewer_for
        from tests.cast import make_company, make_firms, make_people
        from tests.job import Job

        call_command("migrate", verbosity=0)
        missed = main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS, url)
        connection.close()
    raise SystemExit(missed)
