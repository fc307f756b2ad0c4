"""Earlier incidents like this one, and how they ended (feature 10). Asked on demand; the page of an incident is not."""

from __future__ import annotations

from dataclasses import dataclass

from customers.search import normalise
from incidents.beside import visit_of
from incidents.engine.codec import case_from_json
from incidents.forms.visit import REACTIONS
from incidents.models import Incident, Measure
from incidents.selectors import incidents_visible
from office.viewer import Viewer

MOST = 5
LOOKED_AT = 200  # the newest of its kind: what is older is another company by now
ALIKE = 0.12  # share of common pairs of characters from which another customer's incident is like this one
NOT_SHOWN = ("void", "merged")


@dataclass(frozen=True)
class Similar:
    """One earlier incident: why it is like this one, and how it ended."""

    incident: Incident
    same_customer: bool
    alike: int  # percent of the words in common
    reaction: str  # of the customer, at the last visit, as its code; empty without one
    days: int | None  # from the first report to the end; None while it goes on
    measures: list[str]

    @property
    def reaction_words(self) -> str:
        """The reaction as people read it."""
        return str(dict(REACTIONS).get(self.reaction, ""))


def similar(viewer: Viewer, incident: Incident) -> list[Similar]:
    """Up to five incidents of the same kind that this viewer may open and that are this customer's or told in like
    words: this customer's first, then by likeness. Two statements, however many there are."""
    rows = incidents_visible(viewer).filter(kind=incident.kind).exclude(pk=incident.pk).exclude(state__in=NOT_SHOWN)
    known = rows.select_related("customer", "owner").order_by("-opened_at", "-pk")[:LOOKED_AT]
    mine = _pairs(incident.summary)
    ranked = sorted(
        ((row.customer_id == incident.customer_id, _alike(mine, _pairs(row.summary)), row) for row in known),
        key=lambda found: found[:2], reverse=True,
    )  # fmt: skip
    found = [one for one in ranked if one[0] or one[1] >= ALIKE][:MOST]
    measures: dict[int, list[str]] = {}
    for pk, what in Measure.objects.filter(incident__in=[row for *_, row in found]).values_list("incident", "what"):
        measures.setdefault(pk, []).append(what)
    return [
        Similar(row, same, round(alike * 100), _reaction(row), _days(row), measures.get(row.pk, []))
        for same, alike, row in found
    ]


def _pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters of a text, spelled as the search spells it: Japanese has no spaces."""
    spelled = normalise(text)
    return {spelled[at : at + 2] for at in range(len(spelled) - 1)}


def _alike(mine: set[str], theirs: set[str]) -> float:
    return len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0


def _reaction(row: Incident) -> str:
    return str(visit_of(case_from_json(row.case)).data.get("reaction", ""))


def _days(row: Incident) -> int | None:
    return (row.closed_at - row.opened_at).days if row.closed_at else None
