"""Nobody has arrived at an apology visit: who goes is told by mail, then the deputy, whatever the severity (4-02)."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from customers.models import Activity
from incidents.pages import whole
from incidents.selectors import incidents_visible
from incidents.services import wake
from incidents.timeline import calm
from office.models import Outbox, User
from office.viewer import viewer_for
from tests.job import Job

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["A", "B"])
def job(request: pytest.FixtureRequest, cast: SimpleNamespace, at: datetime) -> Job:
    """A planned incident of `rep` with the deputy `rep2`, grave or not."""
    job = Job(cast, at).planned()
    if request.param == "A":
        job.do(cast.rep, "set_severity", data={"severity": "A"})
        job.do(cast.rep, "rehearse")
    return job


def arranged(job: Job, *going: User) -> datetime:
    starts = job.at + timedelta(days=1)
    data = {"starts": starts.isoformat(), "attendees": [user.pk for user in going]}
    job.do(job.cast.rep, "start", "visit", data)
    Outbox.objects.all().delete()
    return starts


def mails(starts: datetime, minutes: int) -> dict[str, str]:
    """Who has been told so far, with the words."""
    wake(at=starts + timedelta(minutes=minutes))
    found = Outbox.objects.filter(key__contains=":visit:").select_related("to")
    return {mail.to.username: mail.body for mail in found if mail.to}


def test_first_who_goes_then_the_deputy(job: Job, cast: SimpleNamespace) -> None:
    starts = arranged(job, cast.rep)
    at = f"{starts.astimezone().hour}:00"
    assert mails(starts, 9) == {}
    assert mails(starts, 10) == {"rep": f"到着の記録がまだありません\n{at} 訪問\n/incidents/{job.number}/steps/visit/"}
    later = mails(starts, 20)
    assert set(later) == {"rep", "rep2"}, "no boss: the customer is called, nobody is judged"
    assert f"田中さんの{at}の到着記録がありません。お客様への連絡をお願いできますか。" in later["rep2"]
    assert not any("期限" in body for body in later.values())
    assert Outbox.objects.count() == 2, "each once"


def test_the_history_tells_of_an_arrival_not_of_a_due(job: Job, cast: SimpleNamespace) -> None:
    starts = arranged(job, cast.rep)
    wake(at=starts + timedelta(minutes=20))
    job.at = starts + timedelta(minutes=30)
    page = whole(job.viewer(cast.rep), job.number)
    rung = [moment.text for moment in calm(page.record.moments) if moment.icon == "bell" and moment.step == "visit"]
    assert rung[0] == "到着の記録がまだないことを知らせました"
    assert not any("お詫び訪問" in text for text in rung)


def test_a_clock_that_slept_tells_both(job: Job, cast: SimpleNamespace) -> None:
    assert set(mails(arranged(job, cast.rep), 90)) == {"rep", "rep2"}


def test_the_technician_who_goes_alone_is_told_and_may_look(job: Job, cast: SimpleNamespace) -> None:
    starts = arranged(job, cast.tech)
    assert set(mails(starts, 10)) == {"tech"}
    row = Activity.objects.open().get(who=cast.tech, kind="visit")
    assert (row.starts, row.detail) == (starts, "No arrival is recorded yet")
    job.at = starts + timedelta(minutes=11)
    job.do(cast.tech, "read_brief", "visit")
    job.do(cast.tech, "arrived", "visit")
    assert set(mails(starts, 60)) == {"tech"}


def test_whoever_is_sent_from_elsewhere_sees_it_until_the_result_is_there(job: Job, cast: SimpleNamespace) -> None:
    starts = arranged(job, cast.rep, cast.rep_b)
    seen = incidents_visible(viewer_for(cast.rep_b, starts))
    assert seen.filter(number=job.number).exists()
    assert set(mails(starts, 10)) == {"rep", "rep_b"}
    job.at = starts + timedelta(hours=2)
    job.do(cast.rep, "submit", "visit")
    assert not seen.filter(number=job.number).exists()


def test_when_the_deputy_goes_the_owner_calls(job: Job, cast: SimpleNamespace) -> None:
    assert set(mails(arranged(job, cast.rep2), 20)) == {"rep2", "rep"}


def test_with_nobody_named_the_owner_goes(job: Job, cast: SimpleNamespace) -> None:
    assert set(mails(arranged(job), 10)) == {"rep"}
