"""An early report is credited (practice 2-26): whoever tells soon hears thanks. Of a late one nothing is said but when.

It never becomes a rank or a rate of people: fear of blame stops reports, and so does a race.
"""

from __future__ import annotations

from incidents.engine import Rules
from incidents.models import Incident
from office.selectors import business_calendar

AS_USUAL = "B"  # business hours, however grave it turns out: thanks are not taken back
WATCH = "missed:"  # how the key of an incident begins that opened by itself


def told_early(incident: Incident) -> bool:
    """Whether the boss was told within the time of the first report, counted from when we learned of it.

    Not where nobody above was told, and not where it opened by itself.
    """
    if incident.told_to_id in (None, incident.created_by_id) or (incident.start_key or "").startswith(WATCH):
        return False
    rules, aware = Rules(incident.pins, business_calendar()), incident.aware_at
    return incident.opened_at <= rules.due(f"{incident.kind}.report", 0, aware, aware, AS_USUAL)
