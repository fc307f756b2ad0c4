"""Who is asking. Made once per request and frozen; every selector that hides something takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from office.clock import local_day
from office.models import StandIn, User
from office.roles import SEES_ALL, Role


@dataclass(frozen=True)
class Viewer:
    """A person at a moment, with their rights. Rights of those they stand in for are not merged in."""

    user: User
    roles: frozenset[str]
    teams: frozenset[int]  # primary keys
    stands_in_for: tuple[User, ...]
    at: datetime

    @property
    def sees_all(self) -> bool:
        """Whether every incident and customer is theirs to read: branch head, director, auditor."""
        return bool(self.roles & SEES_ALL)

    def has(self, role: Role | str) -> bool:
        """Whether the person has this role."""
        return str(role) in self.roles

    @cached_property
    def acts_for(self) -> frozenset[int]:
        """Keys of the people whose work lies before this person: themselves and those they stand in for."""
        return frozenset({self.user.pk, *(user.pk for user in self.stands_in_for)})


def viewer_for(user: User, at: datetime) -> Viewer:
    """The viewer of a user. Costs no statement when the user came from `load_user` on the same day, else one."""
    return Viewer(
        user=user,
        roles=frozenset(user.roles),
        teams=frozenset({user.team_id} if user.team_id else ()),
        stands_in_for=_stood_in_for(user, local_day(at)),
        at=at,
    )


def load_user(pk: int, day: date) -> User | None:
    """An active user with team and the people they stand in for on this day, in one statement."""
    away = StandIn.objects.on(day).filter(stand_in=pk).values("absent")
    rows = list(_with_the_absent(Q(pk=pk), away))
    user = next((row for row in rows if row.pk == pk and row.is_active), None)
    if user is not None:
        _remember(user, day, tuple(row for row in rows if row.pk != pk))
    return user


def _with_the_absent(me: Q, away: QuerySet[StandIn, Any]) -> QuerySet[User]:
    first = Case(When(me, then=Value(0)), default=Value(1), output_field=IntegerField())
    return User.objects.filter(me | Q(pk__in=away)).select_related("team").order_by(first, "pk")


def _stood_in_for(user: User, day: date) -> tuple[User, ...]:
    known: tuple[date, tuple[User, ...]] | None = getattr(user, "_stands_in_for", None)
    if known is None or known[0] != day:
        away = StandIn.objects.on(day).filter(stand_in=user.pk).values("absent")
        found = tuple(User.objects.filter(pk__in=away).select_related("team"))
        known = _remember(user, day, found)
    return known[1]


def _remember(user: User, day: date, others: tuple[User, ...]) -> tuple[date, tuple[User, ...]]:
    known = (day, others)
    user._stands_in_for = known  # type: ignore[attr-defined]  # a note on the instance, valid for that day only
    return known
