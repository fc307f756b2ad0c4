"""How urgent the customer called it, and how we treat it: two facts that may differ (practice 2-03)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext

from incidents.engine.translation import _
from incidents.models import Incident
from office.clock import local_day
from office.selectors import business_calendar

SAID = {"at_once": _("Right away"), "soon": _("Soon"), "no_hurry": _("No hurry")}
TREATED = {"at_once": _("within today"), "soon": _("within days"), "no_hurry": _("by its date")}
DAYS = 3  # business days: until then it is treated as soon


class Urgency(NamedTuple):
    """What was said and how it is treated, in words."""

    said: str
    treated: str
    due: datetime


def treated(incident: Incident, at: datetime) -> str:
    """How an incident is treated now, in the customer's own scale, from its severity and its earliest due."""
    if incident.due is None:
        return ""
    if incident.severity == "A" or local_day(incident.due) <= local_day(at):
        return "at_once"
    return "soon" if incident.due <= business_calendar().add_days(at, DAYS) else "no_hurry"


def urgency(report: Mapping[str, Any], incident: Incident, at: datetime) -> Urgency | None:
    """Both, where they differ: "no hurry" is often politeness. None where nothing was said, nothing is due, or both are
    the same. report: the paper of the first report. Asks the database nothing."""
    said, ours = report.get("urgency_said", ""), treated(incident, at)
    if not said or said == ours or incident.due is None or not ours:
        return None
    return Urgency(gettext(SAID[said]), gettext(TREATED[ours]), incident.due)
