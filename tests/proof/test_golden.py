"""Golden histories: how every released playbook once went, from its first report to its end, is still read the same.

A new version of a playbook has no history yet: `MAKOTO_GOLDEN=write bin/test tests/proof/test_golden.py` walks it and
writes tests/golden/<kind>-<version>.json. What stands there is never written again: incidents run by it.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from customers.models import Promise
from customers.services import promise_keep
from incidents.engine import Playbook, playbook_of, playbooks
from incidents.engine.codec import case_to_json
from incidents.models import Entry
from incidents.verify import replayed
from office.hashing import canonical
from tests.job import Job

FOLDER = Path(__file__).resolve().parent.parent / "golden"
HISTORIES = sorted(FOLDER.glob("*.json"))


def path_of(playbook: type[Playbook]) -> Path:
    return FOLDER / f"{playbook.key}-{playbook.version}.json"


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_a_history_leads_to_the_same_case(path: Path) -> None:
    told: dict[str, Any] = json.loads(path.read_text())
    key, _, version = path.stem.rpartition("-")
    assert playbook_of(key, int(version)).key == key
    story = replayed([SimpleNamespace(body=body) for body in told["entries"]])  # type: ignore[misc]  # only the body is read
    assert canonical(case_to_json(story.case)) == canonical(told["case"])
    assert story.case.state == "closed" or key == "untriaged"


def test_every_playbook_has_its_history() -> None:
    missing = [path_of(playbook).name for playbook in playbooks().values() if not path_of(playbook).exists()]
    assert missing == [], "write them: MAKOTO_GOLDEN=write bin/test tests/proof/test_golden.py"


def kept(job: Job) -> bool:
    found = list(Promise.objects.open())
    for promise in found:
        promise_keep(promise_id=promise.pk, evidence="受領のご署名", by=job.cast.rep, at=job.at)
    return bool(found)


if os.environ.get("MAKOTO_GOLDEN") == "write":

    @pytest.mark.parametrize("kind", sorted(playbooks()))
    @pytest.mark.django_db
    def test_write_what_is_missing(cast: SimpleNamespace, at: datetime, kind: str) -> None:
        path = path_of(playbooks()[kind])
        if path.exists():
            return
        job = Job(cast, at, kind=kind, key="golden")
        people = (cast.rep, cast.manager, cast.manager2, cast.branch, cast.director)
        while job.forward(*people) or kept(job):
            pass
        bodies = list(Entry.objects.filter(incident__number=job.number).order_by("seq").values_list("body", flat=True))
        path.write_text(json.dumps({"case": job.incident.case, "entries": bodies}, ensure_ascii=False, indent=1) + "\n")
