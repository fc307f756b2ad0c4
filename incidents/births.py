"""How an incident begins: a first report becomes a row, a case and its first entry, which the store then writes.

Most begin with a report of their own (services.incident_open); one that is split off begins with what goes along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customers.models import Customer
from customers.search import haystack
from incidents.agenda import read_notice
from incidents.engine import Case, Command, Progress, Rules, begin, decide, playbooks
from incidents.engine.codec import moment_text
from incidents.machines import machine_said
from incidents.models import Incident, Submission
from incidents.notices import told_mail
from incidents.pins import pins
from incidents.projection import project
from incidents.references import invoices_of, kept, references_said
from incidents.repeats import repeated
from incidents.steps import KINDS, Setting
from incidents.steps.reading import validated
from incidents.steps.report import Report
from incidents.turn import Turn
from office.clock import local_day
from office.errors import Refused
from office.hashing import canonical, digest
from office.models import User
from office.selectors import business_calendar
from office.services import number_next
from office.viewer import Viewer

Carried = Callable[[Setting], dict[str, Any]]


@dataclass(frozen=True)
class FirstReport:
    """What a rep sends from a car park: customer, what happened, next contact. The rest is filled in or comes later."""

    customer_id: int
    data: Mapping[str, Any]  # the report's paper: summary, next_contact …
    kind: str = "untriaged"
    severity: str = "B"
    aware_at: datetime | None = None
    owner_id: int | None = None
    told_to_id: int | None = None  # another boss; no reason is asked (practice 2-28)
    invoice: str = ""  # a number nobody has checked
    references: str = ""  # numbers of invoices, orders and deliveries, as they were typed
    machine: str = ""  # of a defect: its number, as it was typed
    key: str = ""


def first_turn(
    viewer: Viewer, report: FirstReport, origin: Incident | None = None, carry: Carried | None = None
) -> Turn:
    """Begin an incident: its row is saved, its first command is decided; the caller lets the store write the turn.

    origin: the incident it is split off, whose people go along. carry: writes what goes along, once the row is there,
    and returns the facts of it. Refused: not_found for a customer, invalid for a kind and for a number that is none of
    the customer's, incomplete for a missing sentence.
    """
    if report.kind not in playbooks():
        raise Refused("invalid", "There is no such kind of incident.", field="kind")
    paper = validated(Report, dict(report.data))
    incident = _fresh(viewer, report, paper.summary)
    about = references_said(viewer, report.customer_id, report.references, report.invoice)
    incident.invoice = report.invoice or next((one.number for one in about if one.sort == "invoice"), "")
    if origin is not None:
        incident.owner, incident.deputy, incident.liaison_id = origin.owner, origin.deputy, origin.liaison_id
        incident.team_id = origin.team_id
    but = origin.pk if origin else 0
    bills = invoices_of(kept(about), incident.invoice)
    machine = machine_said(report.machine)
    repeat = repeated(report.customer_id, incident.kind, incident.severity, viewer.at, machine, bills, but)
    incident.severity = repeat.get("severity", incident.severity)
    rules = Rules(incident.pins, business_calendar())
    playbook = playbooks()[incident.kind]
    case, begun = begin(playbook, incident.severity, viewer.at, rules)
    project(incident, case, viewer.at)
    incident.save()
    setting = Setting(incident, viewer.user, viewer.at, 1, step="report")
    facts = {**KINDS["report"].facts(paper, setting), **(carry(setting) if carry else {})}
    if known := {**repeat.get("known", {}), **kept(about), **machine, **facts.get("known", {})}:
        facts["known"] = known
    command = Command("submit", viewer.user.pk, frozenset({"owner"}), "report", 0, facts)
    told = decide(playbook, case, command, viewer.at, rules)
    turn = Turn(incident, viewer.at, viewer.user, _blank(case), report.key, "open", [*begun, *told])
    text = canonical(paper.model_dump(mode="json"))
    turn.about = {
        "command": "open", "step": "report", "submission": 0, "facts": facts, "pins": incident.pins,
        "begin": {"playbook": case.playbook, "version": case.version, "severity": case.severity},
        "people": {"owner": incident.owner_id, "recorded_by": viewer.user.pk, "told_to": incident.told_to_id},
        "about": {
            "customer": incident.customer_id, "team": incident.team_id, "invoice": incident.invoice,
            "aware_at": moment_text(incident.aware_at),
        },
        "sha256": digest(text),
    }  # fmt: skip
    turn.frozen.append(Submission(
        incident=incident, step="report", submission=1, text=text, sha256=digest(text), by=viewer.user, at=viewer.at,
    ))  # fmt: skip
    KINDS["report"].ended(paper, setting)
    turn.activities += setting.activities
    if incident.told_to and incident.told_to_id != viewer.user.pk:
        _tell_boss(turn, by_mouth=bool(facts["by_mouth"]))
    return turn


def _blank(case: Case) -> Case:
    """The case before its first event: what replay starts from."""
    return case._replace(steps=dict.fromkeys(case.steps, Progress()))


def _fresh(viewer: Viewer, report: FirstReport, summary: str) -> Incident:
    customer = (
        Customer.objects.select_related("owner__boss", "owner__team", "deputy").filter(pk=report.customer_id).first()
    )
    if customer is None:
        raise Refused("not_found", "Choose a customer from the list.", field="customer")
    owner = _owner(customer, report.owner_id)
    if owner.team_id is None:
        raise Refused("conflict", "The person in charge of this customer belongs to no team.", field="customer")
    year = local_day(viewer.at).year
    number = f"{year}-{number_next(key=f'incident:{year}'):04d}"
    boss = User.objects.filter(pk=report.told_to_id, is_active=True).first() if report.told_to_id else owner.boss
    return Incident(
        number=number,
        customer=customer,
        summary=summary,
        owner=owner,
        deputy=customer.deputy,
        liaison_id=customer.liaison_id,
        team_id=owner.team_id,
        created_by=viewer.user,
        told_to=boss,
        aware_at=min(report.aware_at or viewer.at, viewer.at),
        opened_at=viewer.at,
        start_key=report.key,
        kind=report.kind,
        version=playbooks()[report.kind].version,
        severity=report.severity,
        pins=pins(playbooks()[report.kind], viewer.at),
        updated_at=viewer.at,
        search=haystack(number, customer.name, customer.kana, customer.code, summary, report.machine),
    )


def _owner(customer: Customer, owner_id: int | None) -> User:
    if owner_id is None:
        return customer.owner
    return User.objects.select_related("boss").filter(pk=owner_id, is_active=True).first() or customer.owner


def _tell_boss(turn: Turn, *, by_mouth: bool) -> None:
    """The boss's notice on Today, and one mail, unless they know already."""
    boss = turn.incident.told_to
    if boss is None:
        return
    if notice := read_notice(turn.incident):
        turn.activities.append(notice)
    if not by_mouth:
        turn.messages.append(told_mail(turn, boss))
