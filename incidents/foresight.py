"""Before a house rule changes: which open incidents would have another date under it. They keep theirs (pins)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext

from incidents.agenda import FINAL_DATE, path
from incidents.engine import Case, Playbook, Progress, Rules, Span, Step, playbook_of, playbooks
from incidents.engine.codec import case_from_json
from incidents.leaves.final_date import final_moment
from incidents.models import LIVING, Incident
from incidents.pins import SPANS, pin_of, pinned
from incidents.policy import FINAL_STRETCH, LAST_CONTACT, VISIT_LADDER
from incidents.selectors import incidents_visible
from incidents.words import step_label, when
from office.policy import Foreseen, Foresight, Value
from office.selectors import business_calendar
from office.viewer import Viewer

FINAL = "final_date"
OF_FINAL_DATE = {  # what is told around a final date
    SPANS[key][0]: key for key in (FINAL_STRETCH, LAST_CONTACT, VISIT_LADDER)
}  # fmt: skip
MOST_SHOWN, MOST_LOOKED_AT = 10, 3000  # the newest: a company with more open at once is not helped by a list


def foresee(viewer: Viewer, key: str, value: Value) -> Foresight | None:
    """How many open incidents would have another due or alarm if `key` were `value`, and up to ten this viewer sees.

    None for a number that no incident is opened with. The count is of all: whoever sets the number must know its reach.
    """
    pin = pin_of(key, value)
    if pin is None:
        return None
    rows = Incident.objects.filter(state__in=LIVING).select_related("customer").defer("search", "summary")
    if (kind := key.partition(".")[0]) in playbooks():
        rows = rows.filter(kind=kind)
    looked_at = rows.order_by("-opened_at", "-id")[:MOST_LOOKED_AT]
    found = [(incident, moved) for incident in looked_at if (moved := list(_moved(incident, *pin, viewer.at)))]
    theirs = incidents_visible(viewer).filter(pk__in=[incident.pk for incident, _moved in found])
    seen = set(theirs.values_list("pk", flat=True))
    shown = [(incident, moved) for incident, moved in found if incident.pk in seen][:MOST_SHOWN]
    return Foresight(len(found), [_told(incident, moved[0], viewer.at) for incident, moved in shown])


Moved = tuple[str, datetime, datetime | None]  # the step, its due, and its due under the new number where that differs


def _moved(incident: Incident, name: str, text: str, at: datetime) -> Iterator[Moved]:
    """The steps that somebody must act on now, and that would be due or told at another time; a final date ahead, where
    what is told of it would be."""
    case = case_from_json(incident.case)
    final = final_moment(case.known)
    if (
        name in OF_FINAL_DATE
        and final
        and final > at
        and pinned(incident, OF_FINAL_DATE[name]) != Span.parse(text).amounts
    ):
        yield FINAL, final, None
    calendar, playbook = business_calendar(), playbook_of(case.playbook, case.version)
    old, new = Rules(incident.pins, calendar), Rules({**incident.pins, name: text}, calendar)
    for step in playbook.steps.values():
        now = case.steps[step.name]
        if now.due is None:
            continue
        before, after = (_due(playbook, step, now, case, rules) for rules in (old, new))
        if before != after:
            yield step.name, now.due, after if before == now.due else None
        elif now.level < len(now.alarms) and _alarms(step, now, case, old) != _alarms(step, now, case, new):
            yield step.name, now.due, None


def _due(playbook: type[Playbook], step: Step, now: Progress, case: Case, rules: Rules) -> datetime | None:
    """Its due by these rules, counted from when it opened first; None where a person has arranged it."""
    if step.arranges and now.started:
        return None
    since = now.since or case.at
    if now.state != "open":
        return rules.due("approval", 0, since, case.at, case.severity)
    return rules.due(f"{playbook.key}.{step.name}", now.round, since, since, case.severity)


def _alarms(step: Step, now: Progress, case: Case, rules: Rules) -> tuple[datetime, ...]:
    """When its due would be told, by these rules."""
    assert now.due is not None
    if now.state != "open":
        return rules.alarms("approval", now.due, case.severity)
    return rules.alarms("" if step.arranges and not now.started else step.name, now.due, case.severity)


def _told(incident: Incident, moved: Moved, at: datetime) -> Foreseen:
    step, due, then = moved
    label = gettext(FINAL_DATE) if step == FINAL else step_label(incident, step)
    words = {"step": label, "due": when(due, at), "then": when(then, at) if then else ""}
    text = gettext("%(step)s: %(due)s → %(then)s") if then else gettext("%(step)s: %(due)s, told at another time")
    return Foreseen(path(incident), incident.customer.called, incident.number, text % words)
