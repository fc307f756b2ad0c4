"""優先順: asked again, past its due, severity, then age with the standing of the account (practice 4-27)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from incidents.models import Incident
from incidents.policy import WEIGHT_DAYS
from incidents.selectors import Filters, listed
from office.errors import Refused
from office.models import User
from office.services import policy_set, token_create
from office.viewer import viewer_for
from tests.cast import make_customer
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
DAY = timedelta(days=1)


@pytest.fixture
def names(cast: SimpleNamespace, at: datetime) -> dict[str, str]:
    """Number to name of the incidents: each opened some days ago with a customer of some standing."""
    firms = {"": cast.towa}
    for place, weight in enumerate("AC"):
        firms[weight] = make_customer(f"C-9{place}", f"客先{weight}", cast.rep, weight=weight)
    found = {}
    for name, weight, days, changes in (
        ("fresh", "", 0, {}), ("key", "A", 0, {}), ("occasional", "C", 0, {}), ("old", "", 6, {}), ("older", "", 8, {}),
        ("old occasional", "C", 20, {}), ("grave", "C", 0, {"severity": "A"}), ("late", "C", 0, {"due": at - DAY}),
        ("asked", "C", 0, {"chased_at": at - DAY}), ("slight", "A", 90, {"severity": "C"}),
        ("closed", "A", 0, {"state": "closed"}),
    ):  # fmt: skip
        job = Job(cast, at)
        row = {"customer": firms[weight], "opened_at": at - days * DAY, "due": at + DAY, "severity": "B", **changes}
        Incident.objects.filter(number=job.number).update(**row)
        found[job.number] = name
    return found


def order(user: User, at: datetime, names: dict[str, str], **more: str) -> list[str]:
    page = listed(viewer_for(user, at), Filters.model_validate({"order": "priority", **more}))
    return [names[row.number] for row in page.rows]


def test_what_is_grave_or_late_goes_before_any_standing_and_the_old_rise(
    cast: SimpleNamespace, at: datetime, names: dict[str, str]
) -> None:
    assert order(cast.rep, at, names) == [
        "asked", "late", "grave", "old occasional", "older", "key", "old", "fresh", "occasional", "slight",
    ]  # fmt: skip
    policy_set(key=WEIGHT_DAYS, value=0, by=cast.admin, at=at)
    assert order(cast.rep, at, names)[3:7] == ["old occasional", "older", "old", "fresh"]
    assert order(cast.rep, at, names, severity="A") == ["grave"]


def test_pages_go_on_where_one_ends_and_cost_two_statements(
    cast: SimpleNamespace, at: datetime, names: dict[str, str]
) -> None:
    for _n in range(20):
        Job(cast, at)
    viewer = viewer_for(cast.rep, at)
    listed(viewer, Filters(order="priority"))  # the house rule is read once
    with CaptureQueriesContext(connection) as asked:
        first = listed(viewer, Filters(order="priority"))
    assert len(asked) <= 2
    second = listed(viewer, Filters(order="priority", before=first.older))
    numbers = [row.number for page in (first, second) for row in page.rows]
    assert (len(numbers), len(set(numbers)), first.count, second.older) == (30, 30, 30, "")
    for nowhere in ("x", "-1", "99999999"):
        with pytest.raises(Refused):
            listed(viewer, Filters(order="priority", before=nowhere))


def test_the_page_says_by_what_it_is_ordered(
    cast: SimpleNamespace, at: datetime, names: dict[str, str], client_for: Callable[..., Client]
) -> None:
    with time_machine.travel(at, tick=False):
        client = client_for(cast.rep)
        page = client.get("/incidents/?order=priority").content.decode()
        assert "お取引区分「重点」は7日古く" in page
        assert "重点" not in client.get("/incidents/").content.decode()
        assert client.get("/incidents/?order=size").status_code == 400


def test_the_standing_is_kept_with_the_customer(
    cast: SimpleNamespace, at: datetime, client_for: Callable[..., Client]
) -> None:
    program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.rep, at=at)}"})
    path = f"/api/v1/customers/{cast.towa.pk}"
    known = {"name": cast.towa.name, "owner_id": cast.rep.pk, "version": 1}
    with time_machine.travel(at, tick=False):
        put = program.put(path, known | {"weight": "A"}, content_type="application/json")
        assert (put.status_code, put.json()["weight"]) == (200, "A")
        put = program.put(path, known | {"version": 2}, content_type="application/json")
        assert put.json()["weight"] == "A"  # a program that does not know it leaves it
        wrong = program.put(path, known | {"version": 3, "weight": "Z"}, content_type="application/json")
        assert wrong.status_code == 400
        client = client_for(cast.rep)
        assert "重点" in client.get(f"/customers/{cast.towa.pk}/").content.decode()
        form = client.get(f"/customers/{cast.towa.pk}/edit/").context["form"]
        data = {name: form[name].value() or "" for name in form.fields} | {"weight": "C"}
        assert client.post(f"/customers/{cast.towa.pk}/edit/", data).status_code == 302
    assert Customer.objects.get(pk=cast.towa.pk).rank == 2
