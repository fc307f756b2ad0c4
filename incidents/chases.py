"""Who noted since our last contact that the customer had to ask again, and the tap that was a mistake (2-42)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from customers.models.promise import TAKEN_BACK_WITHIN
from incidents.engine.codec import moment_text
from incidents.engine.life import CHASED
from incidents.engine.translation import _
from incidents.leaves.base import known_of
from incidents.models import Incident
from incidents.steps.base import Setting
from office.errors import Refused

STAYS = _(
    "It stays: it was noted more than %(minutes)s minutes ago, or the customer has heard from us since. Please send a "
    "further report if it was a mistake."
)


def standing(known: Mapping[str, Any], chased_at: datetime | None) -> list[dict[str, Any]]:
    """Those since the last contact, the first first: {note, by, at}. One noted before they were counted has no note."""
    if chased_at is None:
        return []
    return list(known.get(CHASED, ())) or [{"note": 0, "by": 0, "at": moment_text(chased_at)}]


def added(setting: Setting, note: int) -> dict[str, Any]:
    """What is known once the customer has asked again."""
    one = {"note": note, "by": setting.actor.pk, "at": moment_text(setting.at)}
    return {CHASED: [*standing(known_of(setting), setting.incident.chased_at), one]}


def to_take_back(incident: Incident, me: int, at: datetime) -> dict[str, Any] | None:
    """The latest that this person noted and may still take back; None without one."""
    found = standing(incident.case.get("known", {}), incident.chased_at)
    mine = [one for one in found if one["by"] == me and at - datetime.fromisoformat(one["at"]) <= TAKEN_BACK_WITHIN]
    return mine[-1] if mine else None


def taken_back(paper: object, setting: Setting) -> dict[str, Any]:
    """A tap by mistake, taken back by whoever tapped: the entry of the tap stays, and counts no more. Refused conflict
    once it is too late."""
    incident = setting.incident
    one = to_take_back(incident, setting.actor.pk, setting.at)
    if one is None:
        raise Refused("conflict", STAYS, minutes=int(TAKEN_BACK_WITHIN.total_seconds() // 60))
    left = [other for other in standing(known_of(setting), incident.chased_at) if other != one]
    return {"chase": one["note"], "known": {CHASED: left}}
