"""お客様: the page of one customer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from customers.services import NewPromise, promise_keep, promise_make

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_open_promises_come_first_by_their_day_then_those_that_ended_last(
    cast: SimpleNamespace, at: datetime, client_for: Callable[..., Client]
) -> None:
    for n, days in enumerate((5, 2, 9, 3)):
        new = NewPromise(source=f"p{n}", what=f"約束{days}", answer_by=at + timedelta(days=days))
        made = promise_make(customer=cast.towa, new=new, by=cast.rep, at=at)
        if days in (9, 3):
            promise_keep(promise_id=made.pk, evidence="x", by=cast.rep, at=at + timedelta(hours=days))
    shown = client_for(cast.rep).get(f"/customers/{cast.towa.pk}/").context["promises"]
    assert [row.what for row in shown] == ["約束2", "約束5", "約束9", "約束3"]
