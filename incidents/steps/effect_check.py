"""Effect check: its own dated step; a measure counts when our own record shows that it has worked (features 56, 57)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from incidents.engine.translation import _
from incidents.steps.base import Facts, Kind, Setting, StepPaper
from office.errors import Refused

AGAINST = _("Our record speaks against it: %(found)s. Say why it has worked all the same, or that it has not yet.")


class Shown(StepPaper):
    """What our record said when the check was made: of which sort, since when, how many against it, among how many."""

    what: Literal["measures", "nights", "repeats", "promises"]
    since: date
    against: int
    of: int


class EffectCheck(StepPaper):
    """Has it worked, what shows it, and why all the same where our record speaks against it."""

    worked: bool | None = None
    evidence: str = Field(min_length=1)
    despite: str = Field("", max_length=2000)
    shows: list[Shown] = Field(default_factory=list, max_length=4)  # filled in from the record, whatever is sent


def facts(paper: EffectCheck, setting: Setting) -> Facts:
    """The answer and what speaks against it; Refused incomplete where that is not answered by a reason."""
    against = [effect for effect in setting.effects if effect.against]
    if paper.worked and against and not paper.despite:
        raise Refused("incomplete", AGAINST, field="despite", found="、".join(effect.text for effect in against))
    paper.shows[:] = [
        Shown.model_validate({"what": e.what, "since": e.since, "against": e.against, "of": e.of})
        for e in setting.effects
    ]
    return {"worked": paper.worked, "against": [effect.what for effect in against]}


def example(setting: Setting) -> dict[str, Any]:
    """It has worked; where the record says otherwise, with the reason."""
    despite = {"despite": "現場で実施を確かめた。記録は本日中に残す"}
    against = any(effect.against for effect in setting.effects)
    return {"worked": True, "evidence": "対象期間の請求42件をすべて照合し、もれ0件", **(despite if against else {})}


KIND = Kind(EffectCheck, facts, example)
