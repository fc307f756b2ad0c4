"""Who works in the larger company: everybody of the demo, and as many more teams as the customers need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from config.demo.people import make_company, make_people
from config.demo.scale.names import GIVEN, SURNAMES
from office.models import Team, User
from office.roles import Role
from office.selectors import Directory, people

FIRMS_EACH = 80  # customers one rep can look after
TEAM_OF = 8  # reps under one boss
NONE = make_password(None)  # fits nothing that could be typed


@dataclass(frozen=True)
class Staff:
    """Our people as a walk needs them."""

    reps: list[User]
    directory: Directory

    def managers(self, rep: User) -> list[User]:
        """The rep's boss, and who else decides in that team, else higher up."""
        others = [*self.directory.team_managers(rep.team_id or 0), *self.directory.with_role(Role.BRANCH_HEAD)]
        boss = rep.boss or others[0]
        return [boss, *(user for user in others if user.pk != boss.pk)]

    def first(self, role: Role) -> User:
        """The first person of a role."""
        return self.directory.with_role(role)[0]


def hire(firms: int, at: datetime) -> Staff:
    """Make sure that there is a rep for every FIRMS_EACH customers."""
    make_company(at)
    found = make_people(at)
    wanted = -(-firms // FIRMS_EACH)
    teams = -(-max(0, wanted - _count()) // TEAM_OF)
    known = Team.objects.filter(code__startswith="g").count()
    for number in range(known + 1, known + teams + 1):
        _team(number, found["branch"])
    reps = User.objects.active().filter(team__isnull=False).select_related("team", "boss").order_by("pk")
    return Staff([user for user in reps if user.has_role(Role.REP)], people())


def _count() -> int:
    return sum(user.has_role(Role.REP) for user in User.objects.active())


def _team(number: int, branch: User) -> None:
    """A team with its boss and reps. Nobody logs in as they: their password fits nothing."""
    team = Team.objects.create(code=f"g{number:02d}", name=f"第{number + 2}営業課")
    boss = User.objects.create(
        username=f"manager_g{number:02d}", surname=SURNAMES[number % len(SURNAMES)], given_name=GIVEN[number % len(GIVEN)],
        title="課長", roles=["manager"], team=team, boss=branch, password=NONE, email=f"manager_g{number:02d}@example.jp",
    )  # fmt: skip
    User.objects.bulk_create(
        User(username=f"rep_g{number:02d}_{place}", surname=SURNAMES[(number * 7 + place * 3) % len(SURNAMES)],
             given_name=GIVEN[(number * 5 + place) % len(GIVEN)], roles=["rep"], team=team, boss=boss, password=NONE,
             email=f"rep_g{number:02d}_{place}@example.jp")
        for place in range(1, TEAM_OF + 1)
    )  # fmt: skip
