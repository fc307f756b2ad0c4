"""A remedy that has failed again, as page, history and programs tell it (practice 2-41)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from incidents.engine import Case
from incidents.engine.remedies import CAME_BACK, DID_NOT_HOLD, FAILED, KNOWN_AS, NOT_ACCEPTED, counted
from incidents.models import Severity

NAMES: Mapping[str, str] = {"repair_period": gettext_noop("Repair"), "replacement": gettext_noop("Replacement")}
WHYS: Mapping[str, str] = {
    CAME_BACK: gettext_noop("the same kind of trouble came back"),
    DID_NOT_HOLD: gettext_noop("it was opened again because it did not hold"),
    NOT_ACCEPTED: gettext_noop("the customer did not accept"),
}


@dataclass(frozen=True)
class Failed:
    """A remedy for which the rule has spoken: which, how often it has failed, why, and what became of the severity.

    before: A, B or C; holds: the severity is still A.
    """

    remedy: str
    count: int
    why: list[str]
    before: str
    holds: bool

    @property
    def name(self) -> str:
        """The remedy in words."""
        return gettext(NAMES[self.remedy])

    @property
    def reasons(self) -> str:
        """Why it counts as failed, in words, each reason once."""
        return "、".join(gettext(WHYS[why]) for why in dict.fromkeys(self.why))

    @property
    def from_words(self) -> str:
        """The severity before the rule, in words."""
        return str(Severity(self.before).label)

    @property
    def raised(self) -> bool:
        """Whether the rule changed the severity, and the change still stands."""
        return self.holds and self.before != "A"


def failed_of(case: Case) -> list[Failed]:
    """The remedies of a case for which the rule has spoken; empty as a rule."""
    return list(_failed(case.known.get(KNOWN_AS, {}), case.severity))


def said(body: Mapping[str, Any]) -> list[str]:
    """What the history says of the rule at one entry: a sentence for each remedy, empty where it did not speak."""
    if not any(name == FAILED for name, *_rest in body["events"]):
        return []
    known: Mapping[str, Any] = next((sets["known"] for *_event, sets in body["events"][::-1] if "known" in sets), {})
    return [sentence(found) for found in _failed(known.get(KNOWN_AS, {}), "A")]


def sentence(found: Failed) -> str:
    """The rule in words: what failed, how often, why, and what follows."""
    facts = {"remedy": found.name, "count": found.count, "why": found.reasons, "before": found.from_words}
    if found.raised:
        return gettext(
            "House rule: %(remedy)s has failed %(count)s times (%(why)s). The severity went from %(before)s to A."
        ) % facts  # fmt: skip
    return gettext("House rule: %(remedy)s has failed %(count)s times (%(why)s). The manager is told.") % facts


def _failed(known: Mapping[str, Any], severity: str) -> list[Failed]:
    return [
        Failed(remedy, counted(found), _why(found), found["raised"]["from"], severity == "A")
        for remedy, found in known.items()
        if "raised" in found
    ]


def _why(found: Mapping[str, Any]) -> list[str]:
    return [*([CAME_BACK] if found.get("before") else []), *found.get("failed", {}).values()]
