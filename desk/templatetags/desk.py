"""How rows of work speak: what kind of incident they belong to, and what the button on them says."""

from typing import Any

from django import template
from django.utils.translation import gettext, gettext_noop, pgettext

from customers.models import Activity, Contact
from desk.stages import STAGES
from incidents.early import told_early
from incidents.engine import playbook_of
from incidents.models import Incident
from office.templatetags.makoto import span_in_words

register = template.Library()
READING = {  # what lies before whoever decides, by the name of the step
    "Action plan": gettext_noop("Read the plan"),
    "Apology letter": gettext_noop("Read the letter"),
    "Compensation review": gettext_noop("Check the amount"),
}


@register.filter
def kind(incident: Incident) -> str:
    """Return the kind of an incident in words: 請求もれ・請求誤り."""
    return gettext(playbook_of(incident.kind, incident.version).label)


@register.filter
def incident(row: Activity, incidents: dict[str, Incident]) -> Incident | None:
    """Return the incident a row belongs to."""
    return incidents.get(row.number)


@register.filter
def said(row: Activity, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what the customer said of the final date of a row."""
    return found.get(row.number, {})


@register.filter
def verb(row: Activity) -> str:
    """Return what the button of a row says: the act with its object, where the row has one."""
    label = {"label": gettext(row.label)}
    if row.sent_back:
        return gettext("Correct: %(label)s") % label
    if row.kind == Activity.Kind.APPROVAL and row.label in READING:
        return gettext(READING[row.label])
    return {
        Activity.Kind.CALL.value: pgettext("button", "Call"),
        Activity.Kind.VISIT.value: pgettext("button", "Prepare"),
        Activity.Kind.PROMISE.value: pgettext("button", "Record the outcome"),
        Activity.Kind.FOLLOW_UP.value: pgettext("button", "Follow up"),
        Activity.Kind.APPROVAL.value: pgettext("button", "Read and decide"),
        Activity.Kind.NOTICE.value: pgettext("button", "Read"),
        Activity.Kind.DEADLINE.value: pgettext("button", "Look at it"),
        Activity.Kind.DAY.value: pgettext("button", "Prepare"),
        Activity.Kind.PERSONAL.value: pgettext("button", "Read"),
    }.get(row.kind, pgettext("button", "Go on with it"))


@register.filter
def act(row: Activity) -> str:
    """Return what the wide button of a row says: as `verb`, but a step is named: 対応計画を進める."""
    if row.kind == Activity.Kind.STEP and not row.sent_back:
        return gettext("Go on: %(label)s") % {"label": gettext(row.label)}
    return verb(row)


@register.filter
def early(incident: Incident) -> bool:
    """Return whether the first report came soon after we knew (practice 2-26)."""
    return told_early(incident)


@register.filter
def told_after(incident: Incident) -> str:
    """Return how long after knowing the first report was sent: 12分."""
    return span_in_words(incident.opened_at - incident.aware_at)


@register.filter
def sore_points(people: list[Contact]) -> list[str]:
    """Return what the people of a visit mind, each point once, at most four: 時間厳守, 数字で説明."""
    points = [line.strip() for person in people for line in person.sore_points.splitlines() if line.strip()]
    return list(dict.fromkeys(points))[:4]


@register.filter
def stage(key: str) -> str:
    """Return what a stage of our dealings is called: 納品まで."""
    return gettext(STAGES[key])
