"""The first report: an incident is opened and the boss is told in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from customers.models import Activity, Customer
from customers.search import haystack
from customers.services import activities_put
from incidents import store
from incidents.agenda import FAILED_AGAIN, read_notice, source
from incidents.engine import Case, Command, Progress, Rules, decide, playbooks
from incidents.engine.codec import moment_text
from incidents.models import Incident, Opened
from incidents.notices import told_mail
from incidents.pins import pins
from incidents.projection import project
from incidents.repeats import repeated
from incidents.steps import KINDS, Setting
from incidents.steps.reading import validated
from incidents.steps.report import Report
from incidents.turn import Turn
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.selectors import business_calendar
from office.services import number_next
from office.viewer import Viewer


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
    invoice: str = ""
    key: str = ""


def incident_open(*, viewer: Viewer, report: FirstReport) -> tuple[Incident, bool]:
    """File a first report and tell the boss, in one go; (incident, is it new). Anybody inside may, for any customer.

    Owner is the customer's; who recorded it for another is named too. The same key makes one incident, however often
    it is sent. Refused: not_found for a customer, invalid for a kind, incomplete for a missing sentence.
    """
    if not report.key:
        raise Refused("invalid", "The request has no key.")
    try:
        with transaction.atomic(durable=True):
            return _open(viewer, report)
    except IntegrityError:  # the same key in the same moment: the other one won
        return Incident.objects.get(start_key=report.key), False


def _open(viewer: Viewer, report: FirstReport) -> tuple[Incident, bool]:
    if known := Incident.objects.filter(start_key=report.key).first():
        return known, False
    if report.kind not in playbooks():
        raise Refused("invalid", "There is no such kind of incident.", field="kind")
    paper = validated(Report, dict(report.data))
    incident = _fresh(viewer, report, paper.summary)
    repeat = repeated(report.customer_id, incident.kind, incident.severity, viewer.at, {})
    incident.severity = repeat.get("severity", incident.severity)
    case, begun = store.open_case(incident, viewer.at)
    setting = Setting(incident, viewer.user, viewer.at, 1, step="report")
    facts = dict(KINDS["report"].facts(paper, setting))
    if repeat:
        facts["known"] = repeat["known"]
    parts = frozenset({"owner"})
    command = Command("submit", viewer.user.pk, parts, "report", 0, facts)
    playbook = playbooks()[incident.kind]
    told = decide(playbook, case, command, viewer.at, Rules(incident.pins, business_calendar()))
    project(incident, case, viewer.at)
    incident.save()
    turn = Turn(incident, viewer.at, viewer.user, _blank(case), report.key, "open", [*begun, *told])
    turn.about = {
        "command": "open", "step": "report", "submission": 0, "facts": facts, "pins": incident.pins,
        "begin": {"playbook": case.playbook, "version": case.version, "severity": case.severity},
        "people": {"owner": incident.owner_id, "recorded_by": viewer.user.pk, "told_to": incident.told_to_id},
        "about": {
            "customer": incident.customer_id, "team": incident.team_id, "invoice": incident.invoice,
            "aware_at": moment_text(incident.aware_at),
        },
        "sha256": "",
    }  # fmt: skip
    turn.about["sha256"] = store.freeze(turn, setting, "report", paper)
    KINDS["report"].ended(paper, setting)
    turn.activities += setting.activities
    if incident.told_to and incident.told_to_id != viewer.user.pk:
        _tell_boss(turn, by_mouth=bool(facts["by_mouth"]))
    store.turn_over(turn)
    return incident, True


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
        invoice=report.invoice,
        start_key=report.key,
        kind=report.kind,
        version=playbooks()[report.kind].version,
        severity=report.severity,
        pins=pins(playbooks()[report.kind], viewer.at),
        updated_at=viewer.at,
        search=haystack(number, customer.name, customer.kana, customer.code, summary),
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


@transaction.atomic
def opened(*, viewer: Viewer, incident: Incident) -> None:
    """The boss has opened the incident: the rep sees when, and the notice is done."""
    if incident.told_to_id != viewer.user.pk:
        return
    _, fresh = Opened.objects.get_or_create(incident=incident, user=viewer.user, defaults={"at": viewer.at})
    if fresh and (notice := read_notice(incident, ended_by=viewer.user)):
        activities_put([notice], at=viewer.at)


def failure_read(*, viewer: Viewer, incident: Incident) -> None:
    """Who was told that a remedy has failed again has opened the incident: the notice is done (practice 2-41)."""
    told = Activity.objects.open().filter(source=source(incident, FAILED_AGAIN), who=viewer.user)
    told.update(state=Activity.State.DONE, done_at=viewer.at, done_by=viewer.user)
