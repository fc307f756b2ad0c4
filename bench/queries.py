"""How many statements and milliseconds the main pages cost with 100 and with 10,000 incidents; prints one JSON line;
ends with 1 when a page asks more with many than with few, Today or the list more than 5 or an incident more than 9.

    .venv/bin/python bench/queries.py [FEW MANY]

Works in a folder of its own that is removed afterwards; the running house is not touched.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FEW, MANY = 100, 10_000
MOST = {"today": 5, "list": 5, "incident": 9}  # statements
DIFFERS = "today"  # asks once more on a day with a visit ahead, at any size: its most is what counts
TIMES = 9  # each page is opened so often; the median counts
BOOKKEEPING = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def main(few: int, many: int) -> None:
    """Generate, measure, generate more, measure again."""
    started = time.monotonic()
    generate(incidents=few, seed=1, at=clock.now())
    number = shown()
    found: dict[str, Any] = {str(few): {"pages": pages(number)}}
    found[str(many)] = grown(many - few, number)
    equal = {size["pages"][name]["statements"] == found[str(few)]["pages"][name]["statements"]
             for size in found.values() for name in size["pages"] if not name.startswith(DIFFERS)} == {True}  # fmt: skip
    print(json.dumps({**found, "equal": equal, "seconds": round(time.monotonic() - started, 1)}))
    if not equal or any(page["statements"] > MOST.get(name.split()[0], page["statements"])
                        for size in found.values() for name, page in size["pages"].items()):  # fmt: skip
        raise SystemExit("A page asks more than it may, or more with many incidents than with few.")


def grown(incidents: int, number: str) -> dict[str, Any]:
    """Add incidents, verify all, open the pages."""
    started = time.monotonic()
    made = generate(incidents=incidents, seed=2, at=clock.now())
    generated = time.monotonic()
    bad = len(list(verify.problems()))
    verified = time.monotonic()
    seconds = {"generate_s": round(generated - started, 1), "verify_s": round(verified - generated, 1)}
    return {"made": made, **seconds, "bad_rows": bad, "pages": pages(number)}


def shown() -> str:
    """The incident whose page is opened at both sizes: one of rep's, under way where there is one, with most entries."""
    rows = Incident.objects.filter(owner__username="rep")
    return max(rows, key=lambda row: (row.state == "open", row.living, row.head_seq)).number


def pages(number: str) -> dict[str, dict[str, float]]:
    """The main pages as rep and as manager."""
    wanted = {"today": "/", "list": "/incidents/", "incident": f"/incidents/{number}/", "customers": "/customers/",
              "approvals": "/approvals/"}  # fmt: skip
    return {f"{name} {who}": cost(who, path) for who in ("rep", "manager") for name, path in wanted.items()}


def cost(who: str, path: str) -> dict[str, float]:
    """Statements and median milliseconds of a page, warm."""
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username=who), backend="office.auth.Backend")
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        status = client.get(path).status_code
    if status != 200:
        raise SystemExit(f"{path} as {who} answered {status}")
    statements = sum(not query["sql"].startswith(BOOKKEEPING) for query in asked.captured_queries)
    return {"statements": statements, "ms": round(statistics.median(opened(client, path) for _ in range(TIMES)), 1)}


def opened(client: Client, path: str) -> float:
    """Milliseconds of one opening."""
    started = time.perf_counter()
    client.get(path)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="makoto-bench-") as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "MAKOTO_DATA": folder, "MAKOTO_ENV": "demo"}
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from config.demo.scale import generate
        from incidents import verify
        from incidents.models import Incident
        from office import clock
        from office.models import User

        settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        call_command("migrate", verbosity=0)
        sizes = [int(text) for text in sys.argv[1:3]] or [FEW, MANY]
        main(*sizes)
        connection.close()
