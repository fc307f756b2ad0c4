"""When what was prepared in private opens: alternatives come only after the apology (practice 2-31).

Which sets there are, who wrote them and whom they were shown stands in what is known of the incident; the words stand
on leaves that nobody else reads until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from incidents.engine.pause import KNOWN_AS as PAUSED
from incidents.models import Incident, Leaf
from incidents.steps.base import Setting

SORT = "alternatives"
OPENING = ("not_accepted", "conditional")  # reactions after which alternatives may be laid open

Sets = Mapping[str, Mapping[str, Any]]  # id of the leaf: by, asked, state (asked, returned, replaced, agreed, opened)


def known_of(incident: Incident) -> Mapping[str, Any]:
    """What is known of an incident as a whole."""
    found: Mapping[str, Any] = incident.case.get("known", {})
    return found


def stands_still(incident: Incident) -> bool:
    """Whether its clock is stopped: what it waits for is not in our hands."""
    return "ends" in (known_of(incident).get(PAUSED) or {})


def sets_of(incident: Incident) -> Sets:
    """The sets of alternatives of an incident, opened or not."""
    found: Sets = known_of(incident).get(SORT, {})
    return found


def agreed_sets(incident: Incident) -> list[str]:
    """Those that wait for the customer's reaction."""
    return [pk for pk, row in sets_of(incident).items() if row["state"] == "agreed"]


def in_state(sets: Sets, pks: Iterable[str], state: str) -> dict[str, Any]:
    """What is known once these sets have come into another state."""
    return {SORT: {**sets, **{pk: {**sets[pk], "state": state} for pk in pks}}}


def lay_open(setting: Setting, pks: Iterable[str]) -> None:
    """From now on everybody who sees the incident reads them."""
    if chosen := [int(pk) for pk in pks]:
        rows = Leaf.objects.filter(incident=setting.incident, sort=SORT, pk__in=chosen)
        rows.update(confidential=False, state="opened", ended_at=setting.at)
