"""A letter for each kind that has one: drafted from the record, clean once its slots are filled."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest

from incidents.engine import playbooks
from incidents.letters import draft
from incidents.letters.kinds import WORDINGS
from incidents.letters.wording import SLOT
from incidents.steps import KINDS, Setting
from incidents.steps.letter import LetterPaper, findings, known
from tests.job import Job

pytestmark = pytest.mark.django_db
WITH_LETTER = sorted(key for key, playbook in playbooks().items() if "letter" in playbook.steps)


def test_every_kind_with_a_letter_has_its_wording() -> None:
    assert {*WORDINGS, "missed_invoice"} == set(WITH_LETTER)


@pytest.mark.parametrize("kind", WITH_LETTER)
@pytest.mark.parametrize("severity", ["A", "B"])
def test_the_record_fills_what_it_knows_and_a_person_the_rest(
    cast: SimpleNamespace, at: datetime, kind: str, severity: str
) -> None:
    job = Job(cast, at, kind=kind)
    job.do(cast.manager, "set_severity", data={"severity": severity})
    while job.case.steps["letter"].state == "waiting":
        assert job.forward(cast.rep, cast.manager, cast.branch)
    if job.case.steps["letter"].state == "skipped":  # the fault is not ours: a manager wants it with a reason
        job.do(cast.manager, "reopen", "letter", {"text": "先方の社長様が書面をご希望"})
    setting = Setting(job.incident, cast.rep, at, 1)
    drafted = draft(known(setting))
    assert drafted.kind == kind
    assert any(SLOT.search(text) for _field, text in drafted.texts())  # nothing is invented
    paper = LetterPaper.model_validate(KINDS["letter"].example(setting))
    assert [finding for finding in findings(paper, setting) if finding.level == "must"] == []
    assert ("submit", "letter") in job.offers(cast.rep)
