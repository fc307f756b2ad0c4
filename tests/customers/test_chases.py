"""A wrong tap on お客様からの催促 of a promise is taken back: it counts no more, both stay on record (2-42)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from customers.models import Activity, Chase, Promise
from customers.services import (
    NewPromise,
    promise_agree,
    promise_chase,
    promise_chase_undo,
    promise_keep,
    promise_make,
    promise_reschedule,
)
from office.errors import Refused
from office.models import JournalRow, Outbox, User

pytestmark = pytest.mark.django_db
QUARTER = timedelta(minutes=15)


@pytest.fixture
def promise(cast: SimpleNamespace, at: datetime) -> Promise:
    new = NewPromise(source="visit:1", what="調査の結果をご報告する", answer_by=at + timedelta(days=2))
    return promise_make(customer=cast.towa, new=new, by=cast.rep, at=at)


def tap(promise: Promise, by: User, at: datetime) -> Promise:
    return promise_chase(promise_id=promise.pk, by=by, at=at, key=uuid4().hex)


def back(promise: Promise, by: User, at: datetime, key: str = "") -> Promise:
    return promise_chase_undo(promise_id=promise.pk, by=by, at=at, key=key or uuid4().hex)


def stays(promise: Promise, by: User, at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        back(promise, by, at)
    assert refused.value.code == "conflict"


def test_it_counts_no_more_and_both_stay_on_record(cast: SimpleNamespace, at: datetime, promise: Promise) -> None:
    tap(promise, cast.rep2, at)
    found = back(promise, cast.rep2, at + QUARTER)
    assert (found.chased_at, found.waits) == (None, False)
    row = Activity.objects.get(source=f"promise:{promise.pk}")
    assert (row.label, row.waiting, row.urgent) == ("Keep the promise", False, False)
    assert Chase.objects.count() == 2
    assert [entry.verb for entry in JournalRow.objects.order_by("-pk")[:2]] == [
        "Took back: the customer had not asked again for a promise", "The customer asked again for a promise",
    ]  # fmt: skip
    told = Outbox.objects.order_by("pk")
    assert ["押しまちがい" in mail.body for mail in told] == [False, True]
    assert [mail.to for mail in told] == [cast.rep, cast.rep]


def test_the_owner_needs_no_mail_about_their_own_tap(cast: SimpleNamespace, at: datetime, promise: Promise) -> None:
    tap(promise, cast.rep, at)
    back(promise, cast.rep, at)
    assert not Outbox.objects.exists()


def test_the_same_request_takes_back_once(cast: SimpleNamespace, at: datetime, promise: Promise) -> None:
    tap(promise, cast.rep, at)
    tap(promise, cast.rep, at)
    for _time in range(2):
        assert back(promise, cast.rep, at, "k").waits, "the one before still counts"
    assert Chase.objects.standing().count() == 1
    assert back(promise, cast.rep, at).waits is False
    stays(promise, cast.rep, at)


def test_with_another_before_it_stands_where_it_stood(cast: SimpleNamespace, at: datetime, promise: Promise) -> None:
    tap(promise, cast.rep2, at)
    tap(promise, cast.rep, at + timedelta(hours=1))
    found = back(promise, cast.rep, at + timedelta(hours=1))
    assert (found.chased_at, found.waits) == (at, True)


def test_a_time_that_was_agreed_before_still_stands(cast: SimpleNamespace, at: datetime, promise: Promise) -> None:
    later = at + timedelta(days=1)
    tap(promise, cast.rep, at)
    moved = promise_reschedule(
        promise_id=promise.pk, answer_by=at + timedelta(days=4), agreement="岡本専務", by=cast.rep, at=at
    )
    tap(moved, cast.rep, later)
    found = back(moved, cast.rep, later)
    assert (found.chased_at, found.waits) == (at, False), "a new date keeps that they had to ask"


@pytest.mark.parametrize("why", ["late", "another's", "one after it", "agreed", "ended"])
def test_what_has_gone_on_stays(cast: SimpleNamespace, at: datetime, promise: Promise, why: str) -> None:
    tap(promise, cast.rep2 if why == "another's" else cast.rep, at)
    if why == "one after it":
        tap(promise, cast.rep2, at)
    if why == "agreed":
        promise_agree(promise_id=promise.pk, answer_by=at + timedelta(days=3), by=cast.rep, at=at)
    if why == "ended":
        promise_keep(promise_id=promise.pk, evidence="済み", by=cast.rep, at=at)
    before = Promise.objects.values().get(pk=promise.pk)
    stays(promise, cast.rep, at + QUARTER + timedelta(seconds=why == "late"))
    assert Promise.objects.values().get(pk=promise.pk) == before


def test_the_way_back_stands_on_the_row(
    cast: SimpleNamespace, promise: Promise, client_for: Callable[[User], Client]
) -> None:
    rep, rep2 = client_for(cast.rep), client_for(cast.rep2)
    undo, key = f"/customers/promises/{promise.pk}/chase/undo/", str(uuid4())
    for there in ("/customers/promises/", f"/customers/{cast.towa.pk}/", f"/customers/promises/{promise.pk}/"):
        assert undo not in rep.get(there).content.decode()
        rep.post(f"/customers/promises/{promise.pk}/chase/", {"idempotency": str(uuid4())})
        assert undo in rep.get(there).content.decode()
        assert undo not in rep2.get(there).content.decode()
        done = rep.post(f"{undo}?next={there}", {"idempotency": str(uuid4())})
        assert done.headers["Location"] == there
        assert undo not in rep.get(there).content.decode()
    assert "押しまちがい(" in rep.get(f"/customers/promises/{promise.pk}/").content.decode()
    late = rep.post(undo, {"idempotency": key})
    assert (late.status_code, "取り消せません" in late.content.decode()) == (422, True)
    assert rep.post(undo, {}).status_code == 422
    assert client_for(cast.rep_b).post(undo, {"idempotency": key}).status_code == 404
    assert client_for(cast.auditor).post(undo, {"idempotency": key}).status_code == 403
