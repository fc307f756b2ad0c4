"""事案: the list, its filters in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from pydantic import ValidationError

from incidents.engine import playbook_of, playbooks
from incidents.models import Incident, Severity, State
from incidents.policy import WEIGHT_DAYS
from incidents.selectors import FLAGS, MOST_COUNTED, Filters, Page, listed
from incidents.words import LIVES
from office.clock import local_day
from office.errors import Refused
from office.http import viewer_of
from office.selectors import policy
from office.viewer import Viewer

LONGEST_QUERY = 100


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    without: str


@dataclass(frozen=True)
class Row:
    """An incident in the list, with its words."""

    incident: Incident
    kind: str
    step: str
    level: str
    icon: str
    state: str
    # what `listed` has found beside it, while the incident lives
    final_date: date | None = None  # the last day the customer has set
    paused_until: date | None = None  # our clock stands still until then
    suspension: bool = False  # the customer speaks of ending our dealings


def incident_list(request: HttpRequest) -> HttpResponse:
    """The viewer's incidents: waiting customers first, then the newest; or those that go on, by priority."""
    viewer = viewer_of(request)
    filters = _filters(request.GET, viewer)
    page = listed(viewer, filters)
    context = {
        "rows": [_row(incident) for incident in page.rows], "older": _older(request, page),
        "count": min(page.count, MOST_COUNTED), "more": page.count > MOST_COUNTED, "filters": filters,
        "chips": _chips(request.GET, filters), "at": viewer.at, "mine": filters.owner == viewer.user.pk,
        "states": [("living", _("Not over")), *State.choices], "severities": Severity.choices,
        "days": policy(WEIGHT_DAYS, viewer.at),
        "kinds": [(playbook.key, _(playbook.label)) for playbook in playbooks().values()],
    }  # fmt: skip
    return render(request, "incidents/list.html", context)


def _filters(asked: QueryDict, viewer: Viewer) -> Filters:
    """The filters of the address; `mine` is a person's own list."""
    named: dict[str, Any] = {
        name: str(asked[name]) for name in ("state", "kind", "severity", "order", "before") if asked.get(name)
    }
    query = asked.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
    owner = viewer.user.pk if asked.get("mine") else None
    try:
        return Filters(q=query, owner=owner, **named)
    except ValidationError:
        raise Refused("invalid", "This page of the list does not exist.") from None


def _row(incident: Incident) -> Row:
    playbook = playbook_of(incident.kind, incident.version)
    step = _(playbook.steps[incident.current].label) if incident.current in playbook.steps else ""
    level, icon, state = LIVES[incident.state]
    final, pause, risk = (getattr(incident, name, None) if incident.living else None for name in FLAGS)
    return Row(
        incident, _(playbook.label), step, level, icon, _(state),
        final_date=date.fromisoformat(final) if final else None,
        paused_until=local_day(datetime.fromisoformat(pause)) if pause else None,
        suspension=bool(risk),
    )  # fmt: skip


def _older(request: HttpRequest, page: Page) -> str:
    if not page.older:
        return ""
    address = request.GET.copy()
    address["before"] = page.older
    return f"?{address.urlencode()}"


def _chips(asked: QueryDict, filters: Filters) -> list[Chip]:
    """The filters in force, each with the address that leaves it out."""
    states, kinds = {"living": _("Not over"), **dict(State.choices)}, playbooks()
    words: list[tuple[str, Any]] = [
        ("q", f"「{filters.q}」" if filters.q else ""),
        ("mine", _("Mine") if filters.owner else ""),
        ("state", states.get(filters.state, filters.state)),
        ("kind", _(kinds[filters.kind].label) if filters.kind in kinds else filters.kind),
        ("severity", dict(Severity.choices).get(filters.severity, filters.severity)),
        ("order", _("By priority") if filters.order else ""),
        ("before", _("Older") if filters.before else ""),
    ]
    return [Chip(str(label), _without(asked, name)) for name, label in words if label]


def _without(asked: QueryDict, name: str) -> str:
    rest = asked.copy()
    rest.pop(name, None)
    if name != "before":
        rest.pop("before", None)
    return f"?{rest.urlencode()}"
