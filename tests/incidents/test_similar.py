"""似た事案: earlier incidents like this one, only those the reader may open, and how they ended (feature 10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from incidents.models import Incident
from incidents.similar import Similar, similar
from office.models import User
from office.viewer import viewer_for
from tests.incidents.test_api import Program
from tests.incidents.web.conftest import ClientFor
from tests.job import Job

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def moved(job: Job, **fields: Any) -> Job:
    """The same incident, as if it were another's."""
    Incident.objects.filter(number=job.number).update(**fields)
    return job


def to_team_b(cast: SimpleNamespace) -> dict[str, Any]:
    return {
        "customer": cast.hokuriku, "owner": cast.rep_b, "deputy": None, "liaison": None, "told_to": cast.manager_b,
        "team": cast.team_b,
    }  # fmt: skip


def found(job: Job, user: User) -> list[Similar]:
    return similar(viewer_for(user, job.at), job.incident)


def numbers(job: Job, user: User) -> list[str]:
    return [one.incident.number for one in found(job, user)]


def test_this_customers_come_first_then_those_told_in_like_words(cast: SimpleNamespace, at: datetime) -> None:
    alike = moved(Job(cast, at - 3 * DAY), customer=cast.hokuriku)
    unlike = moved(Job(cast, at - 2 * DAY, summary="駐車場の件で電話"), customer=cast.hokuriku)
    theirs = Job(cast, at - 2 * DAY, summary="駐車場の件でまた電話")
    other_kind = Job(cast, at - DAY, kind="defect")
    job = Job(cast, at)
    assert numbers(job, cast.rep) == [theirs.number, alike.number]
    assert not {unlike.number, other_kind.number, job.number} & set(numbers(job, cast.rep))


def test_nobody_learns_of_what_is_not_theirs(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    foreign = moved(Job(cast, at - DAY, summary="カラスの極秘の請求書が届いていない"), **to_team_b(cast))
    job = Job(cast, at, summary="カラスの極秘の請求書が届いていない")
    assert numbers(job, cast.rep) == []
    assert numbers(job, cast.director) == [foreign.number]
    page = client_for(cast.rep).get(f"/incidents/{job.number}/similar/").content.decode()
    assert foreign.number not in page
    assert "似た事案はありません" in page
    assert client_for(cast.rep).get(f"/incidents/{foreign.number}/similar/").status_code == 404


def test_what_was_logged_by_mistake_is_no_example(cast: SimpleNamespace, at: datetime) -> None:
    Job(cast, at - DAY).do(cast.manager, "void", data={"text": "二重に記録した"})
    assert numbers(Job(cast, at), cast.rep) == []


def test_it_says_how_they_ended(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    earlier = Job(cast, at - 30 * DAY)
    people = (cast.rep, cast.manager, cast.branch, cast.director)
    while "reaction" not in earlier.case.steps["visit"].data or earlier.case.steps["prevention"].state != "done":
        assert earlier.forward(*people)
    moved(earlier, state="closed", closed_at=earlier.incident.opened_at + 12 * DAY)
    one, *rest = found(Job(cast, at), cast.rep)
    assert not rest
    assert (one.same_customer, one.alike, one.days) == (True, 100, 12)
    assert one.measures == [measure.what for measure in earlier.incident.measures.all()] != []
    page = client_for(cast.rep).get(f"/incidents/{Job(cast, at, key='x').number}/similar/").content.decode()
    assert f'href="/incidents/{earlier.number}/"' in page
    assert "完了(12日)" in page
    assert "お客様の反応: ご納得" in page
    assert one.measures[0] in page


def test_no_more_than_five_and_two_statements(
    cast: SimpleNamespace, at: datetime, django_assert_num_queries: Any
) -> None:
    for n in range(7):
        Job(cast, at - n * DAY)
    job = Job(cast, at)
    viewer, incident = viewer_for(cast.rep, at), job.incident
    with django_assert_num_queries(2):
        assert len(similar(viewer, incident)) == 5


def test_the_incident_asks_for_the_list_alone(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    earlier, job = Job(cast, at - DAY), Job(cast, at)
    client, url = client_for(cast.rep), f"/incidents/{job.number}/similar/"
    assert f'href="{url}"' in client.get(f"/incidents/{job.number}/").content.decode()
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert earlier.number in part
    assert "<html" not in part


def test_a_program_finds_the_same(cast: SimpleNamespace, at: datetime) -> None:
    earlier, foreign = Job(cast, at - DAY), moved(Job(cast, at - DAY), **to_team_b(cast))
    job = Job(cast, at)
    status, rows = Program(cast.rep).get(f"incidents/{job.number}/similar")
    assert (status, [row["number"] for row in rows]) == (200, [earlier.number])
    assert (rows[0]["same_customer"], rows[0]["days"], rows[0]["reaction"]) == (True, None, "")
    assert Program(cast.rep).get(f"incidents/{foreign.number}/similar")[0] == 404
