"""A wrong tap on "the customer asked again" is taken back by whoever tapped; both stand in the history (2-42)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from customers.models import Activity
from incidents import verify
from incidents.models import Entry, Incident
from incidents.selectors import Filters
from incidents.selectors import listed as listing
from office.errors import Refused
from office.models import User
from tests.job import Job

pytestmark = pytest.mark.django_db
QUARTER = timedelta(minutes=15)


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """Reported yesterday; this morning somebody taps."""
    job = Job(cast, at - timedelta(days=1))
    job.at = at
    return job


def tap(job: Job, who: User) -> None:
    job.do(who, "chase", data={"text": "お客様より再度のご連絡"})


def back(job: Job, who: User) -> None:
    job.do(who, "take_back_chase", data={})


def listed(job: Job) -> bool:
    return Activity.objects.open().filter(number=job.number, source__endswith=":chased").exists()


def test_it_counts_no_more_and_both_stay_in_the_history(job: Job, cast: SimpleNamespace) -> None:
    tap(job, cast.rep2)
    assert (job.incident.chased_at, listed(job)) == (job.at, True)
    severity = job.incident.severity
    job.at += QUARTER
    back(job, cast.rep2)
    assert (job.incident.chased_at, listed(job), job.incident.severity) == (None, False, severity)
    commands = list(Entry.objects.filter(incident__number=job.number).order_by("-seq").values_list("body", flat=True))
    assert ['"command":"take_back_chase"' in commands[0], '"command":"chase"' in commands[1]] == [True, True]
    assert list(verify.problems()) == []


def test_with_another_before_it_stands_where_it_stood(job: Job, cast: SimpleNamespace) -> None:
    first = job.at
    tap(job, cast.rep)
    job.at += timedelta(minutes=5)
    tap(job, cast.rep2)
    back(job, cast.rep2)
    assert (job.incident.chased_at, listed(job)) == (first, True)
    job.at += timedelta(minutes=1)
    tap(job, cast.rep2)
    again = job.at
    back(job, cast.rep)
    assert job.incident.chased_at == again, "the first was the mistake: they wait since the second"


def test_two_taps_by_mistake_are_taken_back_one_by_one(job: Job, cast: SimpleNamespace) -> None:
    for _time in range(2):
        tap(job, cast.rep)
    back(job, cast.rep)
    assert listed(job)
    back(job, cast.rep)
    assert not listed(job)
    with pytest.raises(Refused, match="You have not noted") as refused:
        back(job, cast.rep)
    assert refused.value.code == "conflict"


def test_nobody_takes_back_what_another_noted(job: Job, cast: SimpleNamespace) -> None:
    tap(job, cast.rep2)
    for other in (cast.rep, cast.manager):
        assert ("take_back_chase", "") not in job.offers(other)
        with pytest.raises(Refused, match="You have not noted"):
            back(job, other)
    assert listed(job)


@pytest.mark.parametrize("why", ["late", "contact"])
def test_what_is_too_late_stays(job: Job, cast: SimpleNamespace, why: str) -> None:
    tap(job, cast.rep)
    if why == "late":
        job.at += QUARTER + timedelta(seconds=1)
    else:
        job.do(cast.rep, "submit", "first_apology")
    assert ("take_back_chase", "") not in job.offers(cast.rep)
    with pytest.raises(Refused, match="further report") as refused:
        back(job, cast.rep)
    assert refused.value.code == "conflict"


def test_after_a_contact_what_was_before_counts_no_more(job: Job, cast: SimpleNamespace) -> None:
    tap(job, cast.rep)
    job.do(cast.rep, "submit", "first_apology")
    tap(job, cast.rep)
    back(job, cast.rep)
    assert job.incident.chased_at is None


def test_one_that_was_noted_before_they_were_counted_stays(job: Job, cast: SimpleNamespace) -> None:
    earlier = job.at - timedelta(hours=3)
    Incident.objects.filter(number=job.number).update(chased_at=earlier)
    tap(job, cast.rep)
    back(job, cast.rep)
    assert job.incident.chased_at == earlier


def test_the_list_lets_it_down_again(job: Job, cast: SimpleNamespace) -> None:
    other = Job(cast, job.at, key="other")
    tap(job, cast.rep)
    assert newest(job, cast.rep) == job.number
    back(job, cast.rep)
    assert newest(job, cast.rep) == other.number


def newest(job: Job, who: User) -> str:
    return listing(job.viewer(who), Filters()).rows[0].number


def test_the_way_back_stands_where_it_was_tapped(
    cast: SimpleNamespace, client_for: Callable[[User], Client], job: Job
) -> None:
    url, undo = f"/incidents/{job.number}/", 'value="take_back_chase"'
    rep, rep2 = client_for(cast.rep), client_for(cast.rep2)
    assert undo not in rep2.get(url).content.decode()
    rep2.post(f"{url}command/", {"command": "chase", "idempotency": "a"})
    assert undo not in rep.get(url).content.decode()
    assert undo in rep2.get(url).content.decode()
    for _time in range(2):  # a double tap
        done = rep2.post(f"{url}command/", {"command": "take_back_chase", "idempotency": "b"}, follow=True)
    page = done.content.decode()
    assert "催促の記録を取り消しました。元の並びに戻しています。" in page
    assert "お客様からの催促(押しまちがい、取り消し済み)" in page
    assert undo not in page
    assert job.incident.chased_at is None
    printed = rep.get(f"{url}timeline/").content.decode()
    assert "催促" not in printed, "the account is for the customer's eyes, too"
    late = rep2.post(f"{url}command/", {"command": "take_back_chase", "idempotency": "c"})
    assert late.status_code == 409


def test_by_api(cast: SimpleNamespace, job: Job) -> None:
    tap(job, cast.rep2)
    offer = job.offers(cast.rep2)["take_back_chase", ""]
    assert (offer["label"], offer["schema"]["example"]) == ("Take back: the customer had not asked again", {})
