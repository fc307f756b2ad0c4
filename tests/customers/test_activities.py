"""Everything a person must do stands in one table."""

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Activity
from customers.selectors import activities_for
from customers.services import ActivityRow, activities_put
from office.services import stand_in_create
from office.viewer import viewer_for

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def row(cast: SimpleNamespace, source: str = "incident:2026-0001:report", **changes: object) -> ActivityRow:
    known = {"kind": "step", "label": "Report to the boss", "who_id": cast.rep.pk, "deputy_id": cast.rep2.pk}
    return ActivityRow(source=source, **(known | changes))


def test_many_rows_are_one_statement(cast: SimpleNamespace, at: datetime) -> None:
    rows = [row(cast, f"incident:2026-0001:{n}") for n in range(20)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        activities_put(rows, at=at)
    assert len(queries) == 1
    assert Activity.objects.count() == 20


def test_the_same_source_is_written_over_and_keeps_its_opening(cast: SimpleNamespace, at: datetime) -> None:
    activities_put([row(cast)], at=at)
    later = at.replace(hour=15)
    activities_put([row(cast, state="done", done_by_id=cast.rep.pk)], at=later)
    activity = Activity.objects.get()
    assert (activity.state, activity.opened_at, activity.done_at) == ("done", at, later)


def test_of_two_rows_with_one_source_the_later_counts(cast: SimpleNamespace, at: datetime) -> None:
    activities_put([row(cast), row(cast, state="dropped")], at=at)
    assert Activity.objects.get().state == "dropped"


def test_the_deputy_sees_it_only_once_told(cast: SimpleNamespace, at: datetime) -> None:
    activities_put([row(cast, "a"), row(cast, "b", level=1)], at=at)
    assert [a.source for a in activities_for(viewer_for(cast.rep2, at))] == ["b"]
    assert activities_for(viewer_for(cast.rep, at)).open().count() == 2


def test_a_stand_in_sees_the_work_of_the_absent(cast: SimpleNamespace, at: datetime) -> None:
    activities_put([row(cast, who_id=cast.manager.pk)], at=at)
    day = at.date()
    stand_in_create(absent=cast.manager, stand_in=cast.manager2, starts=day, ends=day, by=cast.manager, at=at)
    assert activities_for(viewer_for(cast.manager2, at)).count() == 1
    assert activities_for(viewer_for(cast.manager_b, at)).count() == 0
