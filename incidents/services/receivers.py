"""Whose eyes an incident is for, told to the apps below: to the ledger of promises and the lists of work, and to the
sender, which asks again right before a mail about it leaves (law 7); to the house rules, what a new number would do;
to billing, how a correction stands; to the calendars, where two of us go."""

from __future__ import annotations

from datetime import UTC, datetime

from billing.selectors.corrections import corrections_asked_of
from customers.selectors import numbers_asked_of
from customers.services import visits_checked_by
from incidents.corrections import flow_of
from incidents.foresight import foresee
from incidents.selectors import incidents_visible
from incidents.steps.together import check_visit
from office.models import User
from office.policy import foresight_asked_of
from office.services.outbox import outbox_check
from office.viewer import Viewer

ABOUT = "incident "
SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # what one may read by oneself does not depend on the day


def may_read(user: User, about: str) -> bool:
    """Whether the incident named in `about` is the user's own to read, stand-ins aside."""
    teams = frozenset({user.team_id} if user.team_id else ())
    viewer = Viewer(user=user, roles=frozenset(user.roles), teams=teams, stands_in_for=(), at=SOME_DAY)
    return incidents_visible(viewer).filter(number=about.removeprefix(ABOUT)).exists()


def register() -> None:
    """Make the questions known. Called when the services are loaded, so by every process that sends or shows."""
    outbox_check(ABOUT, may_read)
    numbers_asked_of(incidents_visible)
    foresight_asked_of(foresee)
    corrections_asked_of(flow_of)
    visits_checked_by(check_visit)
