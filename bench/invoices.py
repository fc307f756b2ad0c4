"""What the list of invoices, every search of the law and a sweep cost among 1,000, 10,000 and 1,000,000 rows, on
PostgreSQL; prints one JSON line; ends with 1 when a goal is missed.

    .venv/bin/python bench/invoices.py [FEW SOME MANY]

Pages are opened by the test client of Django as a billing clerk, warm, in turn; the median counts. All sizes are one
run on one temporary server that waits for the disk at every commit. The sweep claims 1,000 due messages among all,
beside one raw UPDATE … RETURNING of as many rows of the same table.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FEW, SOME, MANY, CUSTOMERS, DUE = 1_000, 10_000, 1_000_000, 1_000, 1_000
TIMES, SWEEPS = 25, 7
GOALS = {"list_growth": 1.1, "slowest_search_s": 2.0, "search_growth": 2.0, "sweep_to_raw": 2.5}  # at most
# Days, yen and partners are spread evenly over seven years, so a span of the law finds hundreds to thousands of rows.
SEARCHES = {
    "day": "since=2024-03-01&until=2024-03-31",
    "amount": "least=500000&most=510000",
    "partner": "q=C-B0500",
    "day and amount": "since=2024-01-01&until=2024-12-31&least=500000&most=510000",
    "day and partner": "since=2024-01-01&until=2024-12-31&q=C-B0500",
    "amount and partner": "least=100000&most=600000&q=C-B0500",
    "all three": "since=2023-01-01&until=2025-12-31&least=100000&most=900000&q=C-B0500",
    "number": "q=B-{middle}",
    "nothing there": "since=2024-01-01&until=2024-12-31&least=7&most=8",
    "a page deep down": "since=2020-01-01&before=2020-02-01,{middle}",
}
CUSTOMER = """
INSERT INTO customers_customer (code, name, kana, postal_code, address, phone, phone_digits, search, owner_id,
    gift_refused, version)
SELECT 'C-B' || lpad(n::text, 4, '0'), '試算工業' || n, 'シサン', '', '', '', '', 'c' || 'b' || lpad(n::text, 4, '0'),
    %(owner)s, false, 1 FROM generate_series(1, %(customers)s) n
"""
INVOICE = """
INSERT INTO billing_invoice (number, kind, customer_id, subject, quantity, delivery_number, issued_on, net, tax, total,
    note, state, created_at, version, was, reason, refused, inclusive, rounding, paper, sha256, sent_how, sent_at)
SELECT 'B-' || n, 'invoice', (SELECT min(id) FROM customers_customer WHERE code LIKE 'C-B%%')
    + (n::bigint * 7919 %% %(customers)s), '保守', '', '', date '2020-01-01' + (n::bigint * 2557 / %(last)s)::int,
    y, 0, y, '', 'issued', now(), 1, '', '', '', false, 'down', '', '', 'post', now()
FROM generate_series(%(first)s, %(last)s) n, LATERAL (SELECT 1000 + (n::bigint * 104729 %% 1000000) AS y) yen
"""
PAYMENT = """
INSERT INTO billing_payment (invoice_id, key, kind, amount, received_on, payer, recorded_by_id, recorded_at)
SELECT id, 'b' || id, 'money', total, issued_on + 30, '', %(owner)s, now() FROM billing_invoice i
WHERE number LIKE 'B-%%' AND NOT EXISTS (SELECT 1 FROM billing_payment p WHERE p.invoice_id = i.id)
"""
INSTALMENT = """
INSERT INTO billing_instalment (invoice_id, kind, amount, base_on, nominal_on, due_on, frozen)
SELECT id, 'final', total, issued_on, issued_on + 30, issued_on + 30, true FROM billing_invoice i
WHERE number LIKE 'B-%%' AND NOT EXISTS (SELECT 1 FROM billing_instalment p WHERE p.invoice_id = i.id)
"""
MESSAGE = """
INSERT INTO office_outbox (key, channel, address, subject, body, about, state, try_at, lease, attempts, last_error,
    created_at)
SELECT 'b' || n, 'mail', 'x@example.jp', '確認', '', '', CASE WHEN n <= %(due)s THEN 'due' WHEN n %% 2 = 0 THEN 'due'
    ELSE 'sent' END, now() + CASE WHEN n <= %(due)s THEN interval '-1 minute' ELSE n * interval '1 minute' END, '', 0,
    '', now() FROM generate_series(1, %(many)s) n
"""
RAW = """
UPDATE office_outbox SET state = 'leased', lease = 'raw', leased_until = now() + interval '1 minute' WHERE id IN (
    SELECT id FROM office_outbox WHERE state = 'due' AND try_at <= now() ORDER BY try_at LIMIT %(due)s
    FOR UPDATE SKIP LOCKED) RETURNING id
"""
BACK = "UPDATE office_outbox SET state = 'due', lease = '', leased_until = NULL WHERE state = 'leased'"


def sql(text: str, **values: Any) -> int:
    """Run one statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(text, values or None)
        return cursor.rowcount


def settle(*tables: str) -> None:
    """As a database in use is: statistics taken, dead rows away, nothing left to write down."""
    for table in tables:
        sql(f"VACUUM ANALYZE {table}")
    sql("CHECKPOINT")


def fill(first: int, last: int, owner: int) -> None:
    """Invoices from one number to another, each with its payment day and its payment."""
    sql(INVOICE, first=first, last=last, customers=CUSTOMERS)
    sql(INSTALMENT)
    sql(PAYMENT, owner=owner)
    settle("billing_invoice", "billing_instalment", "billing_payment", "customers_customer")


def pages(client: Client, many: int) -> dict[str, float]:
    """The median milliseconds of the list and of each search, taken in turn."""
    asked = {"list": "/billing/"} | {
        name: f"/billing/?{words.format(middle=many // 2)}" for name, words in SEARCHES.items()
    }
    asked |= {f"payments {name}": f"/billing/payments/?{SEARCHES[name]}" for name in ("day", "amount", "all three")}
    taken: dict[str, list[float]] = {name: [] for name in asked}
    for turn in range(TIMES + 2):
        for name, path in asked.items():
            started = time.perf_counter()
            status = client.get(path).status_code
            if status != 200:
                raise SystemExit(f"{path} answered {status}")
            if turn >= 2:
                taken[name].append((time.perf_counter() - started) * 1000)
    return {name: round(statistics.median(times), 2) for name, times in taken.items()}


def sweeps(many: int) -> dict[str, float]:
    """The median milliseconds in which 1,000 due messages among all are claimed, raw and by our sender: in one batch,
    and in as many as the sender makes of them."""
    sql(MESSAGE, due=DUE, many=many)
    settle("office_outbox")
    at = clock.now()
    ways: dict[str, Callable[[], int]] = {
        "raw": lambda: sql(RAW, due=DUE),
        "ours": lambda: len(sender._claim(at, DUE)),
        "raw in batches": lambda: sum(iter(lambda: sql(RAW, due=sender.BATCH), 0)),
        "ours in batches": lambda: sum(iter(lambda: len(sender._claim(at, sender.BATCH)), 0)),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(SWEEPS + 1):
        for name, way in ways.items():
            started = time.perf_counter()
            claimed = way()
            passed = (time.perf_counter() - started) * 1000
            if claimed != DUE:
                raise SystemExit(f"{name} claimed {claimed} of {DUE}")
            if turn:
                taken[name].append(passed)
            sql(BACK)
            settle("office_outbox")
    return {name: round(statistics.median(times), 2) for name, times in taken.items()}


def main(few: int, some: int, many: int) -> int:
    """Fill, measure, fill up, measure again, and once more, sweep; print, and tell whether a goal was missed."""
    started = time.monotonic()
    cast = make_people()
    make_firms(cast)
    make_company()
    sql(CUSTOMER, owner=cast.rep.pk, customers=CUSTOMERS)
    client = Client(headers={"host": "localhost"})
    client.force_login(cast.billing, backend="office.auth.Backend")
    fill(1, few, cast.billing.pk)
    small = pages(client, few)
    fill(few + 1, some, cast.billing.pk)
    middle = pages(client, some)
    fill(some + 1, many, cast.billing.pk)
    large = pages(client, many)
    sweep = sweeps(many)
    searches = [name for name in large if name != "list"]
    figures = {
        "ms": {str(few): small, str(some): middle, str(many): large},
        "list_growth": round(large["list"] / small["list"], 2),
        "slowest_search_s": round(max(size[name] for size in (middle, large) for name in searches) / 1000, 3),
        # from a page that is not full to one that is
        "search_growth_from_some": round(max(large[name] / middle[name] for name in searches), 2),
        # beside the list of the same size: a search that finds a full page costs what a page costs
        "search_growth": round(max(large[name] for name in searches) / max(large["list"], small["list"]), 2),
        "sweep_ms": sweep,
        "sweep_to_raw": round(sweep["ours"] / sweep["raw"], 2),
        "sweep_to_raw_in_batches": round(sweep["ours in batches"] / sweep["raw in batches"], 2),
        "seconds": round(time.monotonic() - started),
    }
    missed = [name for name, most in GOALS.items() if figures[name] > most]
    print(json.dumps({"bench": "invoices", **figures, "goals": GOALS, "missed": missed}, ensure_ascii=False))
    return bool(missed)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from config.launcher.postgres import temporary_postgres

    with temporary_postgres(durable=True) as url, tempfile.TemporaryDirectory(prefix="makoto-bench-") as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "MAKOTO_DATA": folder, "MAKOTO_ENV": "demo"}
        os.environ["DATABASE_URL"] = url
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection
        from django.test import Client

        from office import clock
        from office.services import sender
        from tests.cast import make_company, make_firms, make_people

        settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        call_command("migrate", verbosity=0)
        sizes = [int(text) for text in sys.argv[1:4]] or [FEW, SOME, MANY]
        missed = main(*sizes)
        connection.close()
    raise SystemExit(missed)
