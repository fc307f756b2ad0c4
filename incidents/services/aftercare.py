"""The customer keeps watching after forgiving (practice 4-24): what slips in aftercare brings the matter back.

A broken promise resumes the incident by itself (incidents/services/clock.py), and so does the same kind of trouble with
the same customer. Trouble of another kind and a promise past its day ask the owner whether to resume.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext, override

from customers.models import Activity, Promise
from customers.services import ActivityRow
from incidents.agenda import path
from incidents.engine import playbooks
from incidents.engine.translation import _
from incidents.models import NOT_COUNTED, Entry, Incident, State
from incidents.selectors import is_visible
from incidents.services.clock import WAKE_AT_ONCE, resume
from incidents.services.found import Found, bring
from office.selectors import business_calendar
from office.viewer import viewer_for

PREFIX = "slip:"
LABEL = _("Aftercare: resume?")
TROUBLE = _("%(kind)s (%(number)s) came up in aftercare. Is this incident to be resumed?")
PAST = _("A promise is past its day. Is the incident to be resumed?")
PASSED = '"state":"aftercare"'  # in the entry with which an incident passed into aftercare


def aftercare_sweep(*, at: datetime) -> dict[str, int]:
    """Resume what the same trouble has come up in again, each time once; ask the owner about other slips.

    Returns how many were resumed and how many owners were asked; a question ends with the aftercare, or with what it is
    about. Trouble counts from its first report on, when that came after the incident passed into aftercare; a matter
    split off came earlier.
    """
    troubles = list(_troubles())
    same = [(incident, other) for incident, other in troubles if other.kind == incident.kind][:WAKE_AT_ONCE]
    resumed = sum(resume(incident.number, f"again:{other.pk}", at) for incident, other in same)
    gone = {incident.pk for incident, _other in same}
    asked = [
        _question(incident, f"incident:{other.pk}", TROUBLE, {"kind": _kind(other), "number": other.number}, at)
        for incident, other in troubles
        if other.kind != incident.kind
        and incident.pk not in gone
        and is_visible(viewer_for(incident.owner, at), other)  # else it is not theirs to know of
    ]
    return {"resumed": resumed, "asked": bring(PREFIX, [*_late(at), *asked], at)}


def _kind(incident: Incident) -> str:
    return playbooks()[incident.kind].label


def _late(at: datetime) -> Iterator[Found]:
    """A promise of an incident in aftercare is past its day: the oldest of each; two statements at most."""
    resting = Incident.objects.filter(state=State.AFTERCARE).select_related("owner")
    late = Promise.objects.late(at).filter(number__in=resting.values("number")).order_by("-answer_by", "-pk")
    oldest = dict(late.values_list("number", "pk"))
    for incident in resting.filter(number__in=oldest) if oldest else ():
        yield _question(incident, f"promise:{oldest[incident.number]}", PAST, {}, at)


def _troubles() -> Iterator[tuple[Incident, Incident]]:
    """Each incident in aftercare with what came up at its customer since, the oldest first; two statements."""
    passed = Entry.objects.filter(incident=OuterRef("pk"), body__contains=PASSED).order_by("-seq").values("at")[:1]
    resting = Incident.objects.filter(state=State.AFTERCARE).select_related("owner")
    watched: dict[int, list[tuple[Incident, datetime]]] = {}
    later = Incident.objects.filter(customer=OuterRef("customer"), opened_at__gt=OuterRef("opened_at"))
    for incident in resting.filter(Exists(later)).annotate(passed=Subquery(passed)).order_by("pk"):
        since = vars(incident)["passed"] or incident.opened_at
        watched.setdefault(incident.customer_id, []).append((incident, since))
    rows = Incident.objects.filter(customer__in=watched).exclude(state__in=(*NOT_COUNTED, State.UNTRIAGED))
    for other in rows.order_by("opened_at", "pk"):
        if "split_from" not in other.case.get("known", {}):
            yield from ((one, other) for one, since in watched[other.customer_id] if since < other.opened_at)


def _question(incident: Incident, about: str, words: str, facts: Mapping[str, str], at: datetime) -> Found:
    """What the owner is asked, in their language."""
    owner = incident.owner
    with override(owner.language):
        detail = gettext(words) % {name: gettext(fact) for name, fact in facts.items()}
    row = ActivityRow(
        source=f"{PREFIX}{incident.number}:{about}:{owner.pk}", kind=Activity.Kind.NOTICE, label=LABEL, detail=detail,
        customer_id=incident.customer_id, number=incident.number, who_id=owner.pk,
        due=business_calendar().add_days(at, 0), link=f"{path(incident)}?act=resume#more",
        urgent=incident.severity == "A",
    )  # fmt: skip
    return Found(row)
