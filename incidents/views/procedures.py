"""対応手順: what is done about each kind of trouble, drawn from the playbooks themselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from incidents.diagram import HEIGHT, WIDTH, diagram
from incidents.engine import playbooks
from incidents.pins import pins
from office.errors import Refused
from office.http import viewer_of


def procedures(request: HttpRequest) -> HttpResponse:
    """All kinds, with how many steps each has."""
    found = sorted(playbooks().values(), key=lambda playbook: playbook.triaged)
    kinds = [{"key": p.key, "label": gettext(p.label), "version": p.version, "steps": len(p.steps)} for p in found]
    return render(request, "incidents/procedures.html", {"kinds": kinds})


def procedure(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind: its diagram, and each step with who, until when, whose approval, and what it waits for."""
    playbook = playbooks().get(kind)
    if playbook is None:
        raise Refused("not_found", "There is no such kind of incident.")
    floor = playbook.floor if playbook.floor < "C" else ""
    context = {
        "label": gettext(playbook.label), "version": playbook.version, "floor": floor,
        "width": WIDTH, "height": HEIGHT, "diagram": diagram(playbook, pins(playbook, viewer_of(request).at)),
    }  # fmt: skip
    return render(request, "incidents/procedure.html", context)
