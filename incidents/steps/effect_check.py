"""Effect check: its own dated step; a measure counts when it has worked (features 7, 8D)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from incidents.steps.base import Facts, Kind, Setting, StepPaper


class EffectCheck(StepPaper):
    """Has it worked, and what shows it."""

    worked: bool | None = None
    evidence: str = Field(min_length=1)


def facts(paper: EffectCheck, setting: Setting) -> Facts:
    """The answer."""
    return {"worked": paper.worked}


def example(setting: Setting) -> dict[str, Any]:
    """It has worked."""
    return {"worked": True, "evidence": "対象期間の請求42件をすべて照合し、もれ0件"}


KIND = Kind(EffectCheck, facts, example)
