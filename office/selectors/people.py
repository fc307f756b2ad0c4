"""Who works here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from office.models import StandIn, Team, User
from office.roles import Role


@dataclass(frozen=True)
class Directory:
    """All active colleagues, read at once; answers without further statements."""

    users: tuple[User, ...]
    _absences: dict[int, tuple[tuple[int, date, date], ...]]  # absent → (stand-in, first day, last day)

    @property
    def by_id(self) -> dict[int, User]:
        """The same people by primary key."""
        return {user.pk: user for user in self.users}

    def get(self, user_id: int | None) -> User | None:
        """The active colleague with this key, or None."""
        return next((user for user in self.users if user.pk == user_id), None)

    def with_role(self, role: Role | str) -> list[User]:
        """Those who have the role."""
        return [user for user in self.users if user.has_role(role)]

    def team_managers(self, team_id: int | None) -> list[User]:
        """The managers of a team."""
        return [user for user in self.with_role(Role.MANAGER) if user.team_id == team_id]

    def members(self, team_id: int | None) -> list[User]:
        """Everybody in a team."""
        return [user for user in self.users if user.team_id == team_id]

    def stand_ins_for(self, user_id: int, on: date) -> list[User]:
        """Active colleagues who decide for this person on this day."""
        wanted = {pk for pk, first, last in self._absences.get(user_id, ()) if first <= on <= last}
        return [user for user in self.users if user.pk in wanted]


def people() -> Directory:
    """The directory, in one statement: active people, each with team, and everybody's stand-ins."""
    rows = (
        User.objects.active()
        .select_related("team")
        .annotate(_stand_in=F("absences__stand_in_id"), _first=F("absences__starts"), _last=F("absences__ends"))
        .order_by("pk", "absences__starts")
    )
    users: dict[int, User] = {}
    absences: defaultdict[int, list[tuple[int, date, date]]] = defaultdict(list)
    for row in rows:
        users.setdefault(row.pk, row)
        if row._stand_in is not None:
            absences[row.pk].append((row._stand_in, row._first, row._last))
    return Directory(tuple(users.values()), {pk: tuple(found) for pk, found in absences.items()})


def stand_ins(*, day: date) -> list[StandIn]:
    """Absences of today and later, with both people, earliest first."""
    return list(StandIn.objects.filter(ends__gte=day).select_related("absent", "stand_in").order_by("starts", "pk"))


def colleagues() -> list[User]:
    """Everybody who works or worked here, with team and boss; those who left stand last."""
    return list(User.objects.select_related("team", "boss").order_by("-is_active", "team__code", "pk"))


def teams() -> list[Team]:
    """All teams by code."""
    return list(Team.objects.all())
