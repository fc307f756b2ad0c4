"""Who may still receive a mail about an incident: asked again right before it is sent (law 7)."""

from __future__ import annotations

from datetime import UTC, datetime

from incidents.selectors import incidents_visible
from office.models import User
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
    """Make the question known to the sender. Called when the services are loaded, so by every process that sends."""
    outbox_check(ABOUT, may_read)
