"""Talk of ending our dealings: the head of the branch is told, and what hangs on it is shown (practices 4-03, 2-08)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from billing.models import Invoice
from billing.selectors.sales import sales_of
from customers.models import Activity
from incidents import verify
from incidents.models import Leaf
from office.errors import Refused
from office.models import Outbox, User
from office.selectors import business_calendar
from office.services import token_create
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
WORDS = "次に同じことがあればお取引を見直します"


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    return Job(cast, at, next_contact="none", by_mouth=True)


def note(job: Job, sort: str = "suspension", **more: Any) -> None:
    data = {"sort": sort, "words": WORDS, "said_by": job.cast.okamoto.pk, **more}
    job.do(job.cast.rep, "note_risk", data=data)


def told(job: Job) -> set[User]:
    rows = Activity.objects.open().filter(source__startswith=f"incident:{job.number}:risk:")
    return {row.who for row in rows}


def invoice(job: Job, number: str, days: int, net: int, **more: Any) -> Invoice:
    on = job.at.date() - timedelta(days=days)
    return Invoice.objects.create(
        number=number, customer=job.cast.towa, subject="部品", net=net, tax=0, total=net, created_at=job.at,
        state="issued", issued_on=on, **more,
    )  # fmt: skip


def test_the_head_of_the_branch_and_the_boss_are_told_until_they_answer(job: Job) -> None:
    cast = job.cast
    note(job)
    assert told(job) == {cast.manager, cast.branch}
    row = Activity.objects.get(source__contains=":risk:", who=cast.branch)
    assert (row.link, row.due) == (f"/incidents/{job.number}/#risk", business_calendar().closing_of(job.at.date()))
    mail = Outbox.objects.get(to=cast.branch)
    assert (mail.subject, "お取引停止のおそれ" in mail.body, WORDS in mail.body) == ("確認: 東和工業様", True, False)
    job.do(cast.branch, "acknowledge")
    assert told(job) == {cast.manager}
    job.do(cast.manager, "acknowledge")
    assert told(job) == set()
    note(job, words="もう一度、同じお話")  # said again it is told again, and replaces the one before
    assert told(job) == {cast.manager, cast.branch}
    assert [leaf.state for leaf in Leaf.objects.filter(sort="risk").order_by("pk")] == ["replaced", "open"]
    assert list(verify.problems()) == []


@pytest.mark.parametrize("sort", ["ban", "rep_change"])
def test_of_the_others_the_boss_is_told(job: Job, sort: str) -> None:
    note(job, sort)
    assert told(job) == {job.cast.manager}


def test_it_is_in_force_until_it_is_over(job: Job) -> None:
    cast = job.cast
    assert ("lift_risk", "") not in job.offers(cast.rep)
    note(job)
    note(job, "ban")
    with pytest.raises(Refused, match="No risk of this sort"):
        job.do(cast.rep, "lift_risk", data={"sort": "rep_change", "words": "x"})
    job.do(cast.rep, "lift_risk", data={"sort": "suspension", "words": "これからもお願いします"})
    assert list(job.case.known["risks"]) == ["ban"]
    assert told(job) == {cast.manager}
    job.do(cast.manager, "withdraw")
    assert told(job) == set()
    assert list(verify.problems()) == []


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"said_by": None}, "said_by"),
        ({"said_by": 10**6}, "said_by"),
        ({"words": ""}, "words"),
        ({"sort": "x"}, "sort"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(job: Job, data: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        note(job, **{"sort": "ban", **data})
    assert refused.value.field == field


def test_the_sales_at_risk_are_those_of_a_year_net_of_returns_and_counted_once(job: Job) -> None:
    wrong = invoice(job, "I-1", 30, 1_000_000)
    invoice(job, "I-2", 20, 800_000, kind="corrected", corrects=wrong)
    invoice(job, "I-3", 10, -100_000, kind="return")
    invoice(job, "I-4", 364, 50_000)
    invoice(job, "I-5", 366, 7_000)
    Invoice.objects.create(
        number="E-1", customer=job.cast.towa, subject="下書き", net=9, tax=0, total=9, created_at=job.at
    )
    seen = {name: sales_of(job.viewer(getattr(job.cast, name)), job.cast.towa.pk, job.at) for name in ("rep", "tech")}
    assert seen == {"rep": 750_000, "tech": None}


def test_on_the_pages(job: Job, at: datetime, client_for: Callable[[User], Client]) -> None:
    invoice(job, "I-1", 30, 1_234_567)
    page = f"/incidents/{job.number}/"
    with time_machine.travel(at, tick=False):
        rep, branch = client_for(job.cast.rep), client_for(job.cast.branch)
        typed = {"sort": "suspension", "words": WORDS, "said_by": str(job.cast.okamoto.pk), "idempotency": "r"}
        assert rep.post(f"{page}acts/note_risk/", typed).status_code == 302
        seen = branch.get(page).content.decode()
        for text in ("お取引停止のおそれ", WORDS, "1,234,567円", "専務取締役 岡本様"):
            assert text in seen
        assert "1,234,567" not in client_for(job.cast.tech).get(page).content.decode()
        assert "お取引停止のおそれ" in branch.get("/").content.decode()
        assert f"{page}#risk" in rep.get(f"/customers/{job.cast.towa.pk}/").content.decode()
        assert WORDS not in rep.get(f"{page}timeline/").content.decode(), "the printed account leaves it out"
        branch.post(f"{page}command/", {"command": "acknowledge", "idempotency": "a"})
        assert told(job) == {job.cast.manager}
        over = {"sort": "suspension", "words": "これからもお願いします", "idempotency": "o"}
        assert rep.post(f"{page}acts/lift_risk/", over).status_code == 302
        assert "1,234,567円" not in branch.get(page).content.decode()
        assert f"{page}#risk" not in rep.get(f"/customers/{job.cast.towa.pk}/").content.decode()


def test_a_program_reads_it_from_the_leaves(job: Job, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        program = Client(headers={"authorization": f"Bearer {token_create(user=job.cast.rep, at=at)}"})
        note(job)
        (leaf,) = program.get(f"/api/v1/incidents/{job.number}").json()["leaves"]
    assert (leaf["sort"], leaf["state"], leaf["data"]["words"]) == ("risk", "open", WORDS)
