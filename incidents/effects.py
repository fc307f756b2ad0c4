"""What our own record says of whether the measures of an incident have worked (feature 56): counted, never judged.

Measures carried out, nights of their checks, the same trouble again, promises kept. What speaks against "it has worked"
is answered by a reason when somebody says so all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext

from customers.models import Promise
from incidents.models import NOT_COUNTED, Incident, Measure, Night, Submission
from office.clock import local_day

STEP = "effect_check"
MEASURES, NIGHTS, REPEATS, PROMISES = "measures", "nights", "repeats", "promises"


@dataclass(frozen=True)
class Effect:
    """One thing the record says. what: of which sort; against: how many speak against it; of: among how many."""

    what: str
    since: date
    against: int
    of: int

    @property
    def text(self) -> str:
        """The sentence."""
        return effect_words(self.what, self.against, self.of)


def effects(incident: Incident, at: datetime) -> list[Effect]:
    """What the record says at `at`; five statements.

    Counted since the last measure was carried out, or since the check before this one: what came earlier says nothing
    of it. A night that is the last one counts in any case.
    """
    measures = list(Measure.objects.filter(incident=incident).values_list("done_at", flat=True))
    start = _start(incident, [done for done in measures if done])
    counted = {
        MEASURES: (measures.count(None), len(measures)),
        NIGHTS: _nights(incident, local_day(start)),
        REPEATS: (_repeats(incident, start, at),) * 2,
        PROMISES: _promises(incident, start, at),
    }
    return [Effect(what, local_day(start), against, of) for what, (against, of) in counted.items()]


def _start(incident: Incident, done: list[datetime]) -> datetime:
    checked = Submission.objects.filter(incident=incident, step=STEP).order_by("-submission")
    before = checked.values_list("at", flat=True).first()
    return max([*done, *([before] if before else [])], default=incident.opened_at)


def _nights(incident: Incident, since: date) -> tuple[int, int]:
    """Nights that counted more than is all right, and all; each check by itself."""
    rows = Night.objects.filter(check_of__measure__incident=incident).order_by("-day")
    newest: dict[int, date] = {}  # the last night of each check
    told = [
        failed for check, day, failed in rows.values_list("check_of", "day", "failed")
        if newest.setdefault(check, day) == day or day >= since
    ]  # fmt: skip
    return sum(told), len(told)


def _repeats(incident: Incident, start: datetime, at: datetime) -> int:
    rows = Incident.objects.filter(customer=incident.customer_id, kind=incident.kind, opened_at__gt=start)
    return rows.filter(opened_at__lte=at).exclude(pk=incident.pk).exclude(state__in=NOT_COUNTED).count()


def _promises(incident: Incident, start: datetime, at: datetime) -> tuple[int, int]:
    """Of this incident's promises those not kept or past their day, and all that were to be kept."""
    state = Promise.State
    late = Q(state=state.OPEN, answer_by__lt=at)
    rows = Promise.objects.filter(late | Q(state__in=(state.KEPT, state.BROKEN), ended_at__gte=start))
    states = list(rows.filter(number=incident.number).values_list("state", flat=True))
    return sum(found != state.KEPT for found in states), len(states)


def effect_words(what: str, against: int, of: int) -> str:
    """One thing the record says, as a sentence."""
    if what == MEASURES:
        return gettext("Measures carried out: %(done)s of %(of)s") % {"done": of - against, "of": of}
    if what == NIGHTS and not of:
        return gettext("No night has been counted: no measure is checked each night yet")
    if what == NIGHTS:
        return gettext("Nights over what is all right: %(against)s of %(of)s") % {"against": against, "of": of}
    if what == REPEATS:
        return gettext("The same kind of trouble with this customer again: %(against)s") % {"against": against}
    if not of:
        return gettext("No promise of this incident was due")
    return gettext("Promises not kept or past their day: %(against)s of %(of)s") % {"against": against, "of": of}
