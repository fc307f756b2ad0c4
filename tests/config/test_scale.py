"""The pages ask the database as often with three hundred incidents as with twenty."""

from collections.abc import Callable
from datetime import datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import incidents.verify
from config.demo.scale import generate
from customers.models import Activity, Customer
from incidents.models import Entry, Incident
from office import clock
from office.clock import JST
from office.models import User

pytestmark = pytest.mark.django_db
FEW, MANY = 20, 280
MOST = {"/": 5, "/incidents/": 5, "incident": 9}
BOOKKEEPING = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def asked(client: Client, path: str) -> int:
    """How many statements a page costs, the second time it is opened."""
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return sum(not query["sql"].startswith(BOOKKEEPING) for query in found.captured_queries)


def shown() -> str:
    """One of rep's incidents, under way where there is one, with the most entries."""
    rows = Incident.objects.filter(owner__username="rep")
    return max(rows, key=lambda row: (row.state == "open", row.living, row.head_seq)).number


def costs(client: Client, number: str) -> dict[str, int]:
    """The statements of Today, the list, and the page of an incident."""
    paths = {"/": "/", "/incidents/": "/incidents/", "incident": f"/incidents/{number}/"}
    return {name: asked(client, path) for name, path in paths.items()}


@time_machine.travel(datetime(2026, 11, 24, 14, 0, tzinfo=JST), tick=False)  # of so few, some lie on today's list then
def test_pages_cost_the_same_at_any_size(client_for: Callable[..., Client]) -> None:
    generate(incidents=FEW * 2, seed=7, at=clock.now())
    client = client_for(User.objects.get(username="rep"))
    number = shown()
    few = costs(client, number)
    generate(incidents=MANY, seed=8, at=clock.now())
    assert costs(client, number) == few
    assert all(few[name] <= most for name, most in MOST.items()), few
    assert list(incidents.verify.problems()) == []


def test_the_same_seed_makes_the_same_company(at: datetime) -> None:
    made = generate(incidents=FEW, seed=3, at=at)
    assert made["incidents"] == FEW == Incident.objects.count()
    assert Customer.objects.count() == FEW
    assert not Entry.objects.filter(at__gt=at).exists()
    first = list(Incident.objects.order_by("pk").values_list("number", "summary", "state", "opened_at"))
    other = generate(incidents=FEW, seed=3, at=at)
    again = list(Incident.objects.order_by("pk").values_list("number", "summary", "state", "opened_at"))[FEW:]
    assert other["entries"] == made["entries"]
    assert [row[1:] for row in again] == [row[1:] for row in first]


def test_open_work_of_generated_incidents_lies_on_desks(at: datetime) -> None:
    generate(incidents=60, seed=5, at=at)
    living = Incident.objects.filter(state__in=("untriaged", "open", "aftercare"))
    numbers = set(Activity.objects.open().values_list("number", flat=True))
    assert set(living.values_list("number", flat=True)) <= numbers
    assert not set(Incident.objects.filter(state="closed").values_list("number", flat=True)) & numbers
