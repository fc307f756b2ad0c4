"""A measure held against our records each night: counted once, told once, shown to the effect check (feature 57)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Activity
from customers.services import NewPromise, promise_break, promise_make
from incidents.models import Measure, Night, NightlyCheck
from incidents.nightly import COUNTED, watched, watched_of
from incidents.services import NewMeasure, Rule, measure_raise, nightly_checks_sweep, nightly_put
from office.clock import JST
from office.errors import Refused
from office.models import User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.test_records import CUTOFF, SCREW, delivered
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
UNTIL = date(2026, 12, 31)


@pytest.fixture
def measure(cast: SimpleNamespace, at: datetime) -> Measure:
    """Of an incident of towa, carried out by rep2."""
    number = Job(cast, at, next_contact="none").number
    new = NewMeasure(origin=f"incident:{number}", what="締日の前に照合する", scope="procedure",
                     owner_id=cast.rep2.pk, due=at.date() + timedelta(days=9), key="m")  # fmt: skip
    return measure_raise(viewer=viewer_for(cast.rep, at), new=new)


def put(cast: SimpleNamespace, measure: Measure, at: datetime, what: str = "promises", most: int = 0) -> NightlyCheck:
    return nightly_put(viewer=viewer_for(cast.rep, at), measure=measure, rule=Rule(what, most, UNTIL))


def broken(cast: SimpleNamespace, at: datetime, source: str) -> None:
    promise = promise_make(customer=cast.towa, new=NewPromise(source=source, what="ご報告"), by=cast.rep, at=at)
    promise_break(promise_id=promise.pk, reason="連絡しなかった", by=cast.rep, at=at)


def evening(at: datetime, days: int = 0) -> datetime:
    return at.replace(hour=18) + timedelta(days=days)


def test_it_counts_once_a_night_and_tells_once(cast: SimpleNamespace, at: datetime, measure: Measure) -> None:
    put(cast, measure, at)
    assert nightly_checks_sweep(at=at) == 0  # the office is open
    assert (nightly_checks_sweep(at=evening(at)), nightly_checks_sweep(at=evening(at))) == (1, 0)
    assert not Activity.objects.filter(source__startswith="nightly:").exists()
    broken(cast, at + timedelta(days=1), "a")
    for night in (1, 2):
        assert nightly_checks_sweep(at=evening(at, night)) == 1
    told = Activity.objects.get(source__startswith="nightly:")
    assert (told.who, told.detail, told.number) == (
        cast.rep2,
        measure.what,
        measure.incident and measure.incident.number,
    )
    assert measure.incident is not None
    (found,) = watched_of(measure.incident)
    assert (found.nights, found.failed, found.last) == (3, 2, 1)
    assert found.failed_last == evening(at, 2).date()
    assert nightly_checks_sweep(at=datetime(2027, 1, 1, 18, tzinfo=JST)) == 0  # its time is over


def test_another_rule_begins_a_record_of_its_own_and_the_same_one_goes_on(
    cast: SimpleNamespace, at: datetime, measure: Measure
) -> None:
    first = put(cast, measure, at)
    nightly_checks_sweep(at=evening(at))
    assert put(cast, measure, at + timedelta(days=1)) == first
    assert put(cast, measure, at + timedelta(days=1), most=2) != first
    assert Night.objects.count() == 0
    assert [row.nights for row in watched([measure])] == [0]


def test_each_measurement_is_a_question_to_the_records_of_this_customer(
    cast: SimpleNamespace, at: datetime, measure: Measure
) -> None:
    later = datetime(2026, 12, 4, 18, tzinfo=JST)
    assert {what: count(cast.towa.pk, at.date(), later) for what, count in COUNTED.items()} == dict.fromkeys(COUNTED, 0)
    delivered(cast, "D-1", SCREW, day=CUTOFF)
    broken(cast, at, "a")
    counted = {what: count(cast.towa.pk, at.date(), later) for what, count in COUNTED.items()}
    assert (counted["unbilled"], counted["promises"]) == (1, 1)
    assert not any(count(cast.hokuriku.pk, at.date(), later) for count in COUNTED.values())
    assert COUNTED["promises"](cast.towa.pk, at.date() + timedelta(days=1), later) == 0  # broken before it began


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule("luck", 0, UNTIL), "what"), (Rule("promises", -1, UNTIL), "most"),
        (Rule("promises", 0, date(2026, 11, 23)), "until"), (Rule("promises", 0, date(2031, 1, 1)), "until"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(
    rule: Rule, field: str, cast: SimpleNamespace, at: datetime, measure: Measure
) -> None:
    with pytest.raises(Refused) as refused:
        nightly_put(viewer=viewer_for(cast.rep, at), measure=measure, rule=rule)
    assert refused.value.field == field
    assert not NightlyCheck.objects.exists()


def test_on_the_pages_and_for_programs(
    cast: SimpleNamespace, at: datetime, measure: Measure, client_for: Callable[[User], Client]
) -> None:
    def call(user: User, method: str, **data: Any) -> Any:
        program = Client(headers={"Authorization": f"Bearer {token_create(user=user, at=at)}"})
        return program.generic(method, f"/api/v1/measures/{measure.pk}/nightly", data=str(data).replace("'", '"'),
                               content_type="application/json")  # fmt: skip

    assert measure.incident is not None
    page = f"/incidents/{measure.incident.number}/measures/{measure.place}/"
    with time_machine.travel(at, tick=False):
        rep = client_for(cast.rep)
        url = f"/measures/{measure.pk}/nightly/"
        assert rep.post(url, {"what": "promises", "most": 0, "until": "2020-01-01"}).status_code == 422
        assert rep.post(url, {"what": "promises", "most": 0, "until": "2026-12-31"}).status_code == 302
        assert "開始後に果たせなかった" in rep.get(page).content.decode()
        assert client_for(cast.rep_b).post(url, {"what": "promises"}).status_code == 404
        assert call(cast.rep, "GET").json()["until"] == "2026-12-31"
        assert call(cast.rep, "PUT", what="corrected", most=1, until="2026-12-31").json()["most"] == 1
        assert call(cast.rep_b, "GET").status_code == 404
        broken(cast, at, "a")
        put(cast, measure, at)
        nightly_checks_sweep(at=evening(at))
        told = Activity.objects.open().get(source__startswith="nightly:")
        client_for(cast.rep2).get(told.link)
    assert not Activity.objects.open().filter(source__startswith="nightly:").exists()
