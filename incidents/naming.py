"""The machine a defect is about is named, or put right; a rule may then find that it has failed before (1-14)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from incidents.leaves.base import known_of
from incidents.machines import KNOWN_AS, LONGEST, machine_said
from incidents.repeats import repeated_on_machine
from incidents.steps.base import Setting, StepPaper
from office.errors import Refused


class NewMachine(StepPaper):
    """Its number as on the plate, or what it is called."""

    machine: str = Field(min_length=1, max_length=LONGEST)


def named(paper: NewMachine, setting: Setting) -> dict[str, Any]:
    """Keep it; where the same machine has failed before, the house rule raises the severity once. Refused conflict
    where it is named so already."""
    known = {**known_of(setting), **machine_said(paper.machine)}
    if known_of(setting).get(KNOWN_AS) == paper.machine:
        raise Refused("conflict", "This machine is named already.", field="machine")
    repeat = repeated_on_machine(setting.incident, known)
    return {**repeat, "known": {KNOWN_AS: paper.machine, **repeat.get("known", {})}}


def example(setting: Setting) -> dict[str, Any]:
    """A number that is not named yet."""
    number = "XY300-0457"
    return {"machine": f"{number}-2" if known_of(setting).get(KNOWN_AS) == number else number}
