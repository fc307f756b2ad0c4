"""Incidents for programs: open one, read it, walk it by `actions`, by the services the pages use."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import Field, File, Form, Query, Router, Schema, Status, UploadedFile

from customers.selectors import customer_get
from incidents import store
from incidents.actions import Scene, scene, shown
from incidents.bargain import bargain
from incidents.costs import Spent, spent
from incidents.early import told_early
from incidents.engine.pause import ends
from incidents.lessons import lessons_for
from incidents.machines import LONGEST, Failing, failing, tally
from incidents.manners import hints_in
from incidents.models import Incident, Leaf
from incidents.pages import whole
from incidents.record_api import NOTHING, RecordOut, told
from incidents.recoveries_api import LessonOut, lesson_out
from incidents.references import references_of
from incidents.remedies import failed_of
from incidents.repeats import earlier_of, repeat_of
from incidents.selectors import Filters, incident_get, leaves_readable, listed, photo_get, photos_of
from incidents.services import FirstReport, incident_open, photos_add
from incidents.similar import Similar, similar
from incidents.steprail import rail
from incidents.steps.report import Report
from incidents.timeline import record
from incidents.turn import Order
from incidents.words import worded
from office.errors import Refused
from office.http import viewer_of
from office.keys import Key
from office.schema import Body

router = Router(tags=["incidents"])


class IncidentIn(Body):
    """A first report. customer: its id; next_contact: when the customer was told to hear from us; references: numbers
    of the customer's invoices, orders and deliveries it is about ("D-12#2" is the second line); invoice: the number of
    one that is not checked; machine: the number on the plate of what does not work."""

    customer: int
    summary: str
    kind: str = "untriaged"
    severity: Literal["A", "B", "C"] = "B"
    next_contact: Literal["today", "time", "none"] = "none"
    next_contact_at: datetime | None = None
    by_mouth: bool = False
    customer_words: str = ""
    told_by_customer: bool = True
    urgency_said: Literal["", "at_once", "soon", "no_hurry"] = ""
    aware_at: datetime | None = None
    invoice: str = ""
    references: list[str] = Field(default_factory=list, max_length=20)
    machine: str = Field(default="", max_length=LONGEST)
    idempotency_key: str = Field(default="", max_length=64)


class StepOut(Schema):
    """One step with its state, its due and who must act."""

    key: str
    label: str
    state: str
    due: datetime | None
    who: str


class ActionOut(Schema):
    """One thing this user may do now; `schema` describes `data` and holds a valid `example`."""

    command: str
    step: str
    submission: int
    label: str
    forward: bool
    schema_: dict[str, Any] = Field(alias="schema")


class LeafOut(Schema):
    """A leaf of the file that this user may read; what `state` and `data` hold depends on the sort."""

    id: int
    sort: str
    by: str
    at: datetime
    who: str
    state: str
    due: datetime | None
    ended_at: datetime | None
    data: dict[str, Any]


class RowOut(Schema):
    """An incident in the list."""

    number: str
    customer: int
    kind: str
    state: str
    severity: str
    summary: str
    current: str
    due: datetime | None


class PhotoOut(Schema):
    """A photo: who put it there and when, its SHA-256, its size in bytes."""

    id: int
    at: datetime
    by: str = Field(alias="by.username")
    sha256: str = Field(alias="file.sha256")
    size: int = Field(alias="file.size")


class RepeatOut(Schema):
    """Why the rule for repeats has raised the severity: how many earlier incidents of this kind lie within how many
    days, and the numbers of those that this user may open; `corrected`: invoices of ours that were wrong and were
    corrected without an incident, which count, too; machine: how many of the earlier ones were of the same machine."""

    count: int
    days: int
    before: str
    after: str
    seen: list[str]
    corrected: list[str]
    machine: int


class FailedOut(Schema):
    """A remedy (kind of step) that has failed again: how often, why (came_back, did_not_hold, not_accepted), and the
    severity before the rule made it A."""

    remedy: str
    count: int
    why: list[str]
    before: str


class SimilarOut(RowOut):
    """An earlier incident of the same kind. alike: percent of the words in common; reaction: of the customer at the
    last visit, as its code; days: until it was over, null while it goes on; measures: what was done against it."""

    same_customer: bool
    alike: int
    reaction: str
    days: int | None
    measures: list[str]


class CostsOut(Schema):
    """Hours of visits, tokens of apology that were taken; yen of the signed compensation and of the noted losses."""

    hours: int
    gifts: int
    compensation: int
    losses: int


class ReferenceOut(Schema):
    """What an incident is about: sort (invoice, order, delivery, return), number, and the place of its line, 0 for the
    whole."""

    sort: str
    number: str
    line: int


class DefectsOut(Schema):
    """Of a defect, how often its machine (as named, "" where it is not) and anything of this customer has failed within
    so many days, this time included."""

    machine: str
    on_machine: int
    of_customer: int
    days: int


class FailingOut(Schema):
    """A machine of a customer: how often it has failed within the days of the house rule, and when last."""

    machine: str
    count: int
    last: datetime


class IncidentOut(RowOut, RecordOut):
    """An incident with its steps, its record and what this user may do. paused_until: when its clock goes on by itself,
    null while it goes; told_early: the boss was told within the time of the first report."""

    references: list[ReferenceOut]
    defects: DefectsOut | None
    repeat: RepeatOut | None
    failed: list[FailedOut]
    paused_until: datetime | None
    told_early: bool
    steps: list[StepOut]
    leaves: list[LeafOut]
    actions: list[ActionOut]


class HintOut(Schema):
    """Something in what was written to look at again: what, and a plainer way to say it where there is one."""

    quote: str
    cure: str
    message: str


class ToldOut(IncidentOut):
    """The incident after a command; hints never stop one."""

    hints: list[HintOut]


class Opened(Schema):
    """The number of the incident."""

    number: str


class CommandIn(Body):
    """A command over the submission of a step, under a key that makes a repeated request harmless."""

    command: str
    step: str = ""
    submission: int = 0
    data: dict[str, Any] = Field(default_factory=dict)
    idempotency_key: str = Field(default="", max_length=64)


@router.get("", response=list[RowOut], url_name="incidents")
def incident_list(request: HttpRequest, filters: Query[Filters]) -> list[dict[str, Any]]:
    """The viewer's incidents, 25 at a time: whose customer had to ask again first, then the newest."""
    return [_row(incident) for incident in listed(viewer_of(request), filters).rows]


@router.post("", response={201: Opened, 200: Opened}, url_name="incident_open")
def incident_create(request: HttpRequest, body: IncidentIn) -> Status[dict[str, str]]:
    """File a first report and tell the boss; 201, or 200 when the same key has filed it before."""
    paper = body.model_dump(include=set(Report.model_fields))
    report = FirstReport(
        customer_id=body.customer, data=paper, kind=body.kind, severity=body.severity, aware_at=body.aware_at,
        invoice=body.invoice, references="\n".join(body.references), machine=body.machine,
        key=body.idempotency_key or uuid4().hex,
    )  # fmt: skip
    incident, fresh = incident_open(viewer=viewer_of(request), report=report)
    return Status(201 if fresh else 200, {"number": incident.number})


@router.get("/machines", response=list[FailingOut], url_name="machines")
def machines(request: HttpRequest, customer: Key) -> list[Failing]:
    """The machines of a customer that have failed, the most frequent first (practice 1-14)."""
    viewer = viewer_of(request)
    return failing(customer_get(viewer, customer).pk, viewer.at)[0]


@router.get("/{number}", response=IncidentOut, by_alias=True, url_name="incident")
def incident_detail(request: HttpRequest, number: str) -> dict[str, Any]:
    """One incident with its steps, submitted papers, remarks and timeline, and the actions of this user."""
    viewer = viewer_of(request)
    return _whole(scene(viewer, incident_get(viewer, number)))


@router.get("/{number}/costs", response=CostsOut, url_name="incident_costs")
def incident_costs(request: HttpRequest, number: str) -> Spent:
    """What an incident has cost us and the customer so far, as its record tells."""
    page = whole(viewer_of(request), number)
    return spent(page, bargain(page))


@router.get("/{number}/similar", response=list[SimilarOut], url_name="incident_similar")
def incident_similar(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """Up to five earlier incidents like this one, with how they ended."""
    viewer = viewer_of(request)
    return [_similar(one) for one in similar(viewer, incident_get(viewer, number))]


@router.get("/{number}/lessons", response=list[LessonOut], url_name="incident_lessons")
def incident_lessons(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """Up to three lessons of other accounts for an incident of its kind: they name nobody."""
    return [lesson_out(one) for one in lessons_for(incident_get(viewer_of(request), number))]


@router.post("/{number}/commands", response=ToldOut, by_alias=True, url_name="incident_command")
def incident_command(request: HttpRequest, number: str, body: CommandIn) -> dict[str, Any]:
    """Carry out one command; a repeated key is answered with what it has led to.

    Refused as the pages refuse it: not_found (404), conflict (409) for a wrong order, with the state in words,
    incomplete (422) with what is missing or still open, forbidden (403), invalid (400).
    """
    viewer = viewer_of(request)
    order = Order(body.command, body.idempotency_key or uuid4().hex, body.step, body.submission, body.data)
    try:
        outcome = store.execute(viewer=viewer, number=number, order=order)
    except Refused as refused:
        raise worded(refused, incident_get(viewer, number), viewer.at) from refused
    try:
        incident = incident_get(viewer, number)
        seen = True
    except Refused:  # who was only asked has answered: this is the last they see of it, and its record no more
        incident, seen = outcome.incident, False
    return {**_whole(scene(viewer, incident), recorded=seen), "hints": [hint._asdict() for hint in hints_in(body.data)]}


@router.get("/{number}/photos", response=list[PhotoOut], url_name="incident_photos")
def incident_photos(request: HttpRequest, number: str) -> Any:
    """The photos in the file of an incident, the oldest first."""
    return photos_of(viewer_of(request), number)


@router.post("/{number}/photos", response={201: list[PhotoOut]}, url_name="incident_photos")
def incident_photos_add(
    request: HttpRequest,
    number: str,
    photos: File[list[UploadedFile]],
    idempotency_key: Form[str],
    note: Form[str] = "",
) -> Any:
    """Put photos (JPEG or PNG, six at most, 8 MB each) into the file of an incident; a repeated key adds none.

    Nothing but pixels is kept. Answers with all its photos.
    """
    viewer = viewer_of(request)
    pictures = [photo.read() for photo in photos]
    photos_add(viewer=viewer, number=number, pictures=pictures, note=note, key=idempotency_key[:64])
    return Status(201, photos_of(viewer, number))


@router.get("/{number}/photos/{int:pk}", url_name="incident_photo")
def incident_photo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One photo: a JPEG."""
    file = photo_get(viewer_of(request), number, pk).file
    return HttpResponse(bytes(file.data), content_type=file.content_type)


def _row(incident: Incident) -> dict[str, Any]:
    return {
        "number": incident.number, "customer": incident.customer_id, "kind": incident.kind, "state": incident.state,
        "severity": incident.severity, "summary": incident.summary, "current": incident.current, "due": incident.due,
    }  # fmt: skip


def _whole(view: Scene, *, recorded: bool = True) -> dict[str, Any]:
    steps = [
        {"key": s.name, "label": gettext(s.label), "state": s.state, "due": s.due, "who": s.who} for s in rail(view)
    ]
    actions = []
    for action in shown(view):
        label = gettext(action["label"])
        if action["step_label"]:
            label = f"{gettext(action['step_label'])}: {label}"
        actions.append({**action, "label": label})
    earlier = earlier_of(view.viewer, view.incident)
    seen = list(earlier.order_by("pk").values_list("number", flat=True)) if earlier is not None else []
    leaves = leaves_readable(view.viewer, view.incident)
    return {
        **_row(view.incident),
        "references": references_of(view.case.known),
        "defects": tally(view.incident),
        "repeat": repeat_of(view.viewer, view.case, seen),
        "failed": failed_of(view.case),
        "paused_until": ends(view.case),
        "told_early": told_early(view.incident),
        "steps": steps,
        "leaves": [_leaf(leaf) for leaf in leaves],
        "actions": actions,
        **(told(record(view.incident, leaves), frozenset(view.playbook.steps)) if recorded else NOTHING),
    }


def _similar(one: Similar) -> dict[str, Any]:
    return {
        **_row(one.incident), "same_customer": one.same_customer, "alike": one.alike, "reaction": one.reaction,
        "days": one.days, "measures": one.measures,
    }  # fmt: skip


def _leaf(leaf: Leaf) -> dict[str, Any]:
    return {
        "id": leaf.pk, "sort": leaf.sort, "by": leaf.by.called, "at": leaf.at, "due": leaf.due, "state": leaf.state,
        "who": leaf.who.called if leaf.who else "", "ended_at": leaf.ended_at, "data": json.loads(leaf.text),
    }  # fmt: skip
