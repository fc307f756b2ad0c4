"""Another boss, later than at the first report: whom the approvals of an incident go to (practice 2-28).

No reason is asked. Nothing changes about who may sign what: only those may be chosen who could sign anyway, whoever did
the work does not sign it, and a sum above a limit still needs the higher signature.
"""

from __future__ import annotations

from typing import Any

from incidents.leaves.base import known_of
from incidents.parts import ROUTE, stands_above
from incidents.steps.base import Setting, StepPaper
from office.errors import Refused
from office.models import User


class Route(StepPaper):
    """The boss to ask from now on; user id."""

    boss: int


def choices(setting: Setting) -> list[User]:
    """Whom one may choose: every boss for this incident but the one who is asked now, and oneself."""
    incident = setting.incident
    barred = {_asked_now(setting), setting.actor.pk, incident.owner_id}
    return [user for user in setting.directory.users if user.pk not in barred and stands_above(user, incident)]


def chosen(paper: Route, setting: Setting) -> dict[str, Any]:
    """From now on this boss is asked first. Refused invalid for who is asked already, and for who may not decide."""
    if paper.boss == _asked_now(setting):
        raise Refused("invalid", "This boss is asked already. Choose another one.", field="boss")
    if paper.boss not in {user.pk for user in choices(setting)}:
        raise Refused("invalid", "Choose a boss who may decide in this incident.", field="boss")
    back = paper.boss == setting.incident.owner.boss_id
    return {"known": {ROUTE: None if back else paper.boss}}


def example(setting: Setting) -> dict[str, Any]:
    """The first other boss; nobody (0) where there is none, which is refused."""
    return {"boss": next((user.pk for user in choices(setting)), 0)}


def _asked_now(setting: Setting) -> int | None:
    route: int | None = known_of(setting).get(ROUTE)
    return route or setting.incident.owner.boss_id
