"""What an incident is about is named later: its papers by their numbers (0-01), and the machine of a defect, or that is
put right; a rule may then find that it has failed before (1-14)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from billing.selectors.references import first_numbers, latest_numbers, references_named
from incidents.leaves.base import known_of
from incidents.machines import KNOWN_AS, LONGEST, machine_said
from incidents.references import kept, references_of
from incidents.repeats import repeated_on_machine
from incidents.steps.base import Setting, StepPaper
from office.errors import Refused
from office.viewer import viewer_for


class NewMachine(StepPaper):
    """Its number as on the plate, or what it is called."""

    machine: str = Field(min_length=1, max_length=LONGEST)


def machine_named(paper: NewMachine, setting: Setting) -> dict[str, Any]:
    """Keep it; where the same machine has failed before, the house rule raises the severity once. Refused conflict
    where it is named so already."""
    known = {**known_of(setting), **machine_said(paper.machine)}
    if known_of(setting).get(KNOWN_AS) == paper.machine:
        raise Refused("conflict", "This machine is named already.", field="machine")
    repeat = repeated_on_machine(setting.incident, known)
    return {**repeat, "known": {KNOWN_AS: paper.machine, **repeat.get("known", {})}}


def machine_example(setting: Setting) -> dict[str, Any]:
    """A number that is not named yet."""
    number = "XY300-0457"
    return {"machine": f"{number}-2" if known_of(setting).get(KNOWN_AS) == number else number}


class Numbers(StepPaper):
    """Numbers of invoices, orders and deliveries, apart by commas, blanks or lines."""

    numbers: str = Field(min_length=1, max_length=400)


def numbers_named(paper: Numbers, setting: Setting) -> dict[str, Any]:
    """Keep what the numbers mean beside what was named before; the first invoice is that of the incident where it has
    none. Refused invalid for a number that is none of the customer's, conflict where all of them are named already."""
    incident, known = setting.incident, known_of(setting)
    said = references_named(viewer_for(setting.actor, setting.at), incident.customer_id, paper.numbers, field="numbers")
    before = references_of(known)
    drafted = first_numbers(one.number for one in said if one.sort == "invoice")
    fresh = [one for one in said if not {one, one._replace(number=drafted.get(one.number, one.number))} & {*before}]
    if not fresh:
        raise Refused("conflict", "What you named is named already.", field="numbers")
    bill = next((one.number for one in fresh if one.sort == "invoice"), "")
    facts = {"known": kept([*before, *fresh]), "named": [one.number for one in fresh]}
    return facts | ({"invoice": bill} if bill and not incident.invoice else {})


def numbers_example(setting: Setting) -> dict[str, Any]:
    """The latest invoice or delivery of the customer that is not named yet."""
    named = {one.number for one in references_of(known_of(setting))}
    latest = latest_numbers(setting.incident.customer_id)
    return {"numbers": next((number for number in latest if number not in named), "")}
