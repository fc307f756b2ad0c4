"""Six human steps in joeflow and in viewflow, driven line by line from standard input; `bench/commands.py` starts it.

    python bench/peers.py DATABASE_URL

A line names an engine; the answer is one line of JSON: the seconds it took to start one instance and to do each of its
steps, every one in a transaction of its own and on rows read from the database, and the statements of one such step.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

STEPS = ("report", "visit", "letter", "compensation", "prevention", "close")
APP = "sixsteps"
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def configure(url: str) -> None:
    """Set Django up with both engines on the database of `url`."""
    import django
    from django.conf import settings

    # The app of the two workflows has no file: they are declared below, once the engines are loaded.
    for name in (APP, f"{APP}.flows"):
        sys.modules[name] = ModuleType(name)
    sys.modules[APP].__path__ = [str(Path(__file__).parent)]
    parts = urlsplit(url)
    settings.configure(
        USE_TZ=True,
        SECRET_KEY="bench",
        DATABASES={"default": {
            "ENGINE": "django.db.backends.postgresql", "NAME": parts.path[1:], "USER": parts.username,
            "HOST": parts.hostname, "PORT": parts.port,
        }},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        MIGRATION_MODULES=dict.fromkeys(["auth", "contenttypes", "viewflow", "joeflow", APP]),
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "viewflow", "viewflow.workflow",
                        "joeflow", APP],
    )  # fmt: skip
    django.setup()


def joeflow() -> tuple[Callable[[], int], Callable[[int, str], None]]:
    """How to start one workflow of joeflow, and how to do a step of it."""
    from django.db import connection
    from joeflow import tasks
    from joeflow.models import Workflow

    steps = {name: tasks.UpdateView() for name in STEPS}
    edges = list(itertools.pairwise(steps.values()))
    meta = type("Meta", (), {"app_label": APP})
    six = type("SixSteps", (Workflow,), {**steps, "edges": edges, "Meta": meta, "__module__": APP})
    with connection.schema_editor() as editor:
        editor.create_model(six)

    def start() -> int:
        with transaction.atomic():
            flow = six.objects.create()
            flow.task_set.create(name=STEPS[0], type="human", workflow=flow)
        return flow.pk

    def step(pk: int, name: str) -> None:
        with transaction.atomic():
            flow = six._base_manager.get(pk=pk)
            task = flow.task_set.get(name=name, completed=None)
            task.workflow = flow
            task.finish(BOSS)
            task.start_next_tasks()

    return start, step


def viewflow() -> tuple[Callable[[], int], Callable[[int, str], None]]:
    """How to start one process of viewflow, and how to do a step of it."""
    from django.views import View
    from viewflow import this
    from viewflow.workflow import flow, lock
    from viewflow.workflow.models import Task

    after = dict(itertools.pairwise(("start", *STEPS, "end")))
    nodes = {name: flow.View(View.as_view()).Next(getattr(this, after[name])) for name in STEPS}
    start_node = flow.StartHandle().Next(getattr(this, after["start"]))
    declared = {"lock_impl": lock.SelectForUpdateLock(), "start": start_node, **nodes, "end": flow.End()}
    six = type("SixSteps", (flow.Flow,), {**declared, "__module__": f"{APP}.flows"})
    sys.modules[f"{APP}.flows"].SixSteps = six  # its rows name it by this path

    def start() -> int:
        return six.start.run().pk

    def step(pk: int, name: str) -> None:
        task = Task.objects.get(process_id=pk, flow_task=getattr(six, name))
        with task.activation() as activation:
            activation.assign(BOSS)
            activation.start(None)
            activation.execute()

    return start, step


def once(start: Callable[[], int], step: Callable[[int, str], None]) -> dict[str, Any]:
    """Start one and do its six steps; the seconds each took."""
    began = time.perf_counter()
    pk = start()
    seconds = [time.perf_counter() - began]
    for name in STEPS:
        began = time.perf_counter()
        step(pk, name)
        seconds.append(time.perf_counter() - began)
    return {"start": seconds[0], "steps": seconds[1:]}


def statements(start: Callable[[], int], step: Callable[[int, str], None]) -> int:
    """What one step asks of the database, transaction control aside."""
    pk = start()
    step(pk, STEPS[0])
    with CaptureQueriesContext(connection) as asked:
        step(pk, STEPS[1])
    return sum(not query["sql"].startswith(CONTROL) for query in asked)


if __name__ == "__main__":
    configure(sys.argv[1])
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    call_command("migrate", run_syncdb=True, verbosity=0)
    BOSS = User.objects.create_user("boss")
    ENGINES = {"joeflow": joeflow(), "viewflow": viewflow()}
    COUNTED = {name: statements(*engine) for name, engine in ENGINES.items()}
    print(json.dumps(COUNTED), flush=True)
    for line in sys.stdin:
        print(json.dumps(once(*ENGINES[line.strip()])), flush=True)
