"""Practice 2-43: papers handed over are part of what was explained; they stand on the visit and in the timeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from incidents.models import Leaf
from office.errors import Refused
from tests.job import Job

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
CATALOGUE = {"name": "位置決めユニット カタログ", "edition": "2026年版", "copies": 2}


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    return Job(cast, at).planned()


def hand(job: Job, **changes: Any) -> None:
    known = {"papers": [CATALOGUE], "on": f"{job.at:%Y-%m-%d}", "to": [job.cast.okamoto.pk]}
    job.do(changes.pop("by", job.cast.rep), "note_papers", data=known | changes)


def test_they_stand_on_the_visit_the_incident_and_in_the_timeline(
    cast: SimpleNamespace, job: Job, client_for: ClientFor
) -> None:
    hand(job, papers=[CATALOGUE, {"name": "据付図"}], to_name="受付 山田")
    here = f"/incidents/{job.number}/"
    for path in (here, f"{here}steps/visit/", f"{here}timeline/"):
        page = client_for(cast.manager).get(path).content.decode()
        for words in ("位置決めユニット カタログ(2026年版) 2部", "据付図 1部", "専務取締役 岡本様、受付 山田様"):
            assert words in page, (path, words)
    assert "お渡しした資料" not in client_for(cast.manager).get(f"{here}steps/plan/").content.decode()


def test_the_newest_day_stands_first_and_nothing_is_lost(
    cast: SimpleNamespace, job: Job, client_for: ClientFor
) -> None:
    hand(job, papers=[{"name": "新しい図面"}])
    hand(job, papers=[{"name": "古い図面"}], on=f"{job.at - timedelta(days=3):%Y-%m-%d}")
    page = client_for(cast.rep).get(f"/incidents/{job.number}/steps/visit/").content.decode()
    assert page.index("新しい図面") < page.index("古い図面")


@pytest.mark.parametrize(
    ("code", "field", "changes"),
    [
        ("invalid", "on", {"on": "2026-11-25"}), ("invalid", "to", {"to": [999_999]}),
        ("incomplete", "to", {"to": [], "to_name": " "}), ("incomplete", "papers", {"papers": []}),
        ("incomplete", "papers.0.copies", {"papers": [CATALOGUE | {"copies": 0}]}),
    ],
)  # fmt: skip
def test_it_is_refused(job: Job, code: str, field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        hand(job, **changes)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Leaf.objects.filter(sort="papers").exists()


def test_people_of_another_customer_receive_nothing(cast: SimpleNamespace, job: Job) -> None:
    with pytest.raises(Refused):
        hand(job, to=[cast.hokuriku.contacts.get().pk])


def test_a_colleague_of_the_team_records_it_too(cast: SimpleNamespace, job: Job) -> None:
    hand(job, by=cast.rep2)
    assert Leaf.objects.get(sort="papers").by == cast.rep2


def test_it_is_written_on_its_page_line_by_line(cast: SimpleNamespace, job: Job, client_for: ClientFor) -> None:
    rep, there = client_for(cast.rep), f"/incidents/{job.number}/acts/note_papers/"
    assert there in rep.get(f"/incidents/{job.number}/steps/visit/").content.decode()
    form = rep.get(there).context["form"]
    assert isinstance(form.initial["on"], date)
    typed = {
        "papers-lines": 2, "papers-0-name": "カタログ", "papers-0-edition": "", "papers-0-copies": "3",
        "papers-1-name": "", "papers-1-edition": "", "papers-1-copies": "1",
        "on": f"{job.at:%Y-%m-%d}", "to": [cast.okamoto.pk], "to_name": "", "idempotency": "a",
    }  # fmt: skip
    assert rep.post(there, typed | {"papers-0-name": ""}).status_code == 422
    for _double in range(2):
        assert rep.post(there, typed).status_code == 302
    assert Leaf.objects.filter(sort="papers").count() == 1
    assert "カタログ 3部" in rep.get(f"/incidents/{job.number}/").content.decode()
