"""An incident on the web: opened by `rep` for `towa`, walked by the examples the API shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from incidents import store
from incidents.models import Incident
from incidents.services import FirstReport, incident_open
from incidents.turn import Order
from office.models import User
from office.viewer import viewer_for
from tests.job import Offers

ClientFor = Callable[..., Client]


class Matter:
    """One incident and what people do to it."""

    def __init__(self, cast: SimpleNamespace, at: datetime, key: str = "k", kind: str = "missed_invoice") -> None:
        self.at, self.key, self.count = at, key, 0
        data = {
            "summary": "10/14納品分の請求書が届いていない",
            "next_contact": "today",
            "customer_words": "締めに入らない",
        }
        report = FirstReport(customer_id=cast.towa.pk, data=data, kind=kind, key=key)
        self.number = incident_open(viewer=viewer_for(cast.rep, at), report=report)[0].number
        self.url = f"/incidents/{self.number}/"

    def step(self, name: str) -> str:
        return f"{self.url}steps/{name}/"

    @property
    def row(self) -> Incident:
        return Incident.objects.get(number=self.number)

    def progress(self, step: str) -> dict[str, Any]:
        found: dict[str, Any] = self.row.case["steps"][step]
        return found

    def example(self, user: User, name: str, step: str) -> dict[str, Any]:
        found: dict[str, Any] = Offers(viewer_for(user, self.at), self.number)[name, step]["schema"]["example"]
        return found

    def do(self, user: User, name: str, step: str = "", data: dict[str, Any] | None = None) -> None:
        self.count += 1
        paper = self.example(user, name, step) if data is None else data
        submission = self.progress(step).get("submission", 0) if step else 0
        order = Order(name, f"{self.key}{self.count}", step, submission, paper)
        store.execute(viewer=viewer_for(user, self.at), number=self.number, order=order)


@pytest.fixture(autouse=True)
def _stopped(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def matter(cast: SimpleNamespace, at: datetime) -> Matter:
    return Matter(cast, at)


@pytest.fixture
def planned(cast: SimpleNamespace, matter: Matter) -> Matter:
    matter.do(cast.rep, "submit", "first_apology")
    matter.do(cast.rep, "submit", "plan")
    matter.do(cast.manager, "approve", "plan", {})
    return matter
