"""Where the fault is not ours a letter is written only with a manager's reason; then it goes its whole way (A6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from incidents.models import IssuedLetter
from incidents.services import render_letters
from incidents.steps import Setting
from incidents.steps.letter import known
from office.errors import Refused
from office.models import JournalRow
from tests.job import Job

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
REASON, BLAME = "先方の社長様が書面をご希望", "お客様が電源を切らずに操作された"


def planned(cast: SimpleNamespace, at: datetime, fault: str, **changes: Any) -> Job:
    """An incident whose plan says whose fault it was; before it may be their use, they are heard."""
    job = Job(cast, at, kind="own_use" if fault == "use" else "missed_invoice")
    if fault == "use":
        job.do(cast.rep, "submit", "hearing")
        job.do(cast.rep, "change_kind", data={"kind": "missed_invoice"})
    job.do(cast.rep, "submit", "first_apology")
    plan = job.offers(cast.rep)["submit", "plan"]["schema"]["example"]
    inquiry = {"inquiry_until": f"{at:%Y}-12-04"} if fault == "inquiry" else {}
    job.do(cast.rep, "submit", "plan", plan | {"fault": fault, "cause": BLAME} | inquiry | changes)
    job.do(cast.manager, "approve", "plan", {})
    return job


def states(job: Job) -> tuple[str, str]:
    return job.case.steps["letter"].state, job.case.steps["hand_over"].state


@pytest.mark.parametrize("fault", ["use", "perception", "inquiry"])
def test_without_a_reason_there_is_no_letter(cast: SimpleNamespace, at: datetime, fault: str) -> None:
    job = planned(cast, at, fault)
    assert states(job) == ("skipped", "skipped")
    for user, name, data, code in (
        (cast.rep, "submit", {}, "conflict"), (cast.rep, "reopen", {"text": REASON}, "forbidden"),
        (cast.manager, "reopen", {"text": " "}, "incomplete"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            job.do(user, name, "letter", data)
        assert refused.value.code == code
        assert states(job) == ("skipped", "skipped")
    assert not JournalRow.objects.filter(about=f"incident {job.number}", verb__contains="rules leave out").exists()


@pytest.mark.parametrize("fault", ["use", "perception"])
def test_with_a_manager_s_reason_it_goes_its_whole_way(cast: SimpleNamespace, at: datetime, fault: str) -> None:
    job = planned(cast, at, fault)
    job.do(cast.manager, "reopen", "letter", {"text": REASON})
    assert states(job) == ("open", "waiting")
    job.do(cast.rep, "submit", "letter")
    assert states(job) == ("submitted", "waiting")
    job.do(cast.branch, "approve", "letter", {})
    render_letters(at=at)
    assert states(job) == ("done", "open")
    job.do(cast.rep, "submit", "hand_over")
    assert states(job) == ("done", "done")
    assert IssuedLetter.objects.get(incident__number=job.number).handed_over_at


def test_the_reason_stands_in_the_timeline_on_the_letter_and_in_the_journal(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor
) -> None:
    job = planned(cast, at, "use")
    here = f"/incidents/{job.number}/"
    page = client_for(cast.manager).get(f"{here}steps/letter/").content.decode()
    assert "理由を記して開く(お詫び状)" in page
    assert "書面でお詫びするのは当社側の原因のときです" in page
    assert "理由を記して開く" not in client_for(cast.rep).get(f"{here}steps/letter/").content.decode()
    sent = {"command": "reopen", "text": REASON, "submission": 0, "idempotency": "o"}
    assert client_for(cast.manager).post(f"{here}steps/letter/", sent).status_code == 302
    job.do(cast.rep, "submit", "letter")
    for user, path in (
        (cast.rep, here), (cast.rep, f"{here}timeline/"), (cast.branch, f"{here}steps/letter/"),
        (cast.rep, f"{here}steps/hand_over/"),
    ):  # fmt: skip
        assert REASON in client_for(user).get(path).content.decode(), path
    row = JournalRow.objects.get(verb="opened a step that the rules leave out")
    assert (row.actor, row.about, row.detail) == (cast.manager, f"incident {job.number}", f"Apology letter\n{REASON}")
    shown = client_for(cast.auditor).get("/settings/journal/").content.decode()
    assert "対象外の手順を開いた" in shown


def test_an_opened_letter_says_our_share_alone(cast: SimpleNamespace, at: datetime) -> None:
    job = planned(cast, at, "use", cause_state="confirmed")
    job.do(cast.manager, "reopen", "letter", {"text": REASON})
    facts = known(Setting(job.incident, cast.rep, at, 1))
    assert "〔当社の至らなかった点〕" in facts.cause
    assert BLAME not in facts.model_dump_json()


def test_a_manager_leaves_it_out_again(cast: SimpleNamespace, at: datetime) -> None:
    job = planned(cast, at, "use")
    job.do(cast.manager, "reopen", "letter", {"text": REASON})
    job.do(cast.manager, "skip", "letter", {"text": "お電話で足りるとのこと"})
    assert states(job)[0] == "skipped"
    job.do(cast.manager, "reopen", "letter", {"text": "やはりご希望"})
    assert states(job) == ("open", "waiting")


def test_a_step_that_applies_is_opened_again_without_a_word_in_the_journal(cast: SimpleNamespace, at: datetime) -> None:
    job = planned(cast, at, "ours")
    job.do(cast.manager, "reopen", "plan", {"text": "書き足す"})
    assert not JournalRow.objects.filter(verb="opened a step that the rules leave out").exists()
    assert "wanted" not in job.case.known


def test_the_customer_s_own_use_knows_the_letter_too(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="own_use")
    for step in ("hearing", "regret", "explain"):
        job.do(cast.rep, "submit", step)
    assert states(job) == ("skipped", "skipped")
    job.do(cast.manager, "reopen", "letter", {"text": REASON})
    while job.case.steps["hand_over"].state != "done":
        assert job.forward(cast.rep, cast.manager, cast.branch)
    assert IssuedLetter.objects.get(incident__number=job.number).handed_over_at
