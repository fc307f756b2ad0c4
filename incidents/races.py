"""What the loser of a race is told: by whom they were beaten, and when."""

from __future__ import annotations

import json
from typing import Any

from incidents.engine.life import INCIDENT_IS, STEP_IS
from incidents.engine.translation import _
from incidents.models import Entry, Incident
from office.clock import JST
from office.errors import Refused

FIRST_AT_STEP = _("%(who)s was first (%(when)s). This step is now: %(state)s.")
FIRST_AT_INCIDENT = _("%(who)s was first (%(when)s). The incident is now: %(state)s.")


def who_was_first(refusal: Refused, incident: Incident) -> Refused:
    """Tell the loser of a race by whom and when; other refusals stay as they are."""
    if refusal.message not in (INCIDENT_IS, STEP_IS):
        return refusal
    step = str(refusal.facts.get("step", ""))
    last = Entry.objects.filter(incident=incident).order_by("-seq").select_related("actor")
    first = next((entry for entry in last[:20] if entry.actor and _moved(json.loads(entry.body), step)), None)
    if first is None or first.actor is None:
        return refusal
    sentence = FIRST_AT_STEP if step else FIRST_AT_INCIDENT
    when = f"{first.at.astimezone(JST):%Y-%m-%d %H:%M}"
    return Refused("conflict", sentence, who=first.actor.called, when=when, state=refusal.facts["state"], step=step)


def _moved(body: dict[str, Any], step: str) -> bool:
    """Whether an entry brought a step (or, without one, the incident) into another state."""
    return any(about == step and "state" in sets for _name, about, _at, sets in body["events"])
