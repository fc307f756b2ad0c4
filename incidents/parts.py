"""Which parts somebody plays in an incident now, and who is asked to play one."""

from __future__ import annotations

from collections.abc import Callable, Collection

from incidents.beside import parts_beside
from incidents.engine import Case
from incidents.engine.life import in_place_of
from incidents.models import Incident
from office.models import User
from office.roles import Role
from office.selectors import Directory
from office.viewer import Viewer

ROUTE = "route"  # what is known of a case: another boss whom the approvals go to
LADDER = ("manager", "branch_head", "director")


def parts_of(viewer: Viewer, incident: Incident, case: Case) -> frozenset[str]:
    """The parts of a viewer: owner (with deputy and liaison), a rung of the ladder, the signatory, the boss told; and
    who was asked for an opinion or to come along.

    Whoever stands higher on the ladder may take what was asked of a lower rung. A stand-in plays the ladder part of
    whom they stand in for. Auditors only read.
    """
    me = viewer.user
    if viewer.has(Role.AUDITOR):
        return frozenset()
    parts = {"colleague", *parts_beside(case, me.pk, viewer.acts_for)}
    if {incident.owner_id, incident.deputy_id, incident.liaison_id} & {me.pk}:
        parts.add("owner")
    parts |= {in_place_of(absent.pk) for absent in viewer.stands_in_for}
    for person in (me, *viewer.stands_in_for):
        parts |= _rungs(person, incident)
        if incident.told_to_id == person.pk:
            parts.add("boss")
    if me.pk in {progress.data.get("signatory") for progress in case.steps.values()}:
        parts.add("signatory")
    return frozenset(parts)


def _rungs(person: User, incident: Incident) -> set[str]:
    if person.has_role(Role.DIRECTOR):
        return set(LADDER)
    if person.has_role(Role.BRANCH_HEAD):
        return set(LADDER[:2])
    return {"manager"} if person.has_role(Role.MANAGER) and person.team_id == incident.team_id else set()


def stands_above(user: User, incident: Incident) -> bool:
    """Whether somebody is a boss for this incident: a manager of its team, a branch head, a director."""
    return bool(_rungs(user, incident))


def asked(
    part: str, incident: Incident, case: Case, step: str, directory: Callable[[], Directory]
) -> tuple[User | None, bool]:
    """Who is asked to sign for a part, and whether somebody of that part was left: (user, True).

    The owner's boss first, then any manager of the team, then up the ladder; never who did the work or has signed.
    Nobody left: (None, False), a named alarm. The directory is read only when the boss cannot be asked.
    """
    progress = case.steps[step]
    if part == "signatory":
        return directory().get(progress.data.get("signatory")), True
    return decider(part, incident, case, {progress.doer, *progress.signed}, directory)


def decider(
    part: str, incident: Incident, case: Case, taken: Collection[int], directory: Callable[[], Directory]
) -> tuple[User | None, bool]:
    """Who is asked to decide for a part, but for those `taken`, as `asked` says it. Where another boss was chosen
    (practice 2-28) that one first, and the owner's boss only when nobody else is left."""
    boss = incident.owner.boss
    if route := case.known.get(ROUTE):
        colleagues = directory()
        chosen = colleagues.get(route)
        if chosen and chosen.pk not in taken and part in _rungs(chosen, incident):
            return chosen, True
        if found := _up_the_ladder(part, incident.team_id, {*taken, incident.owner.boss_id or 0}, colleagues):
            return found, True
    if part == "manager" and boss and boss.is_active and boss.pk not in taken:
        return boss, True
    found = _up_the_ladder(part, incident.team_id, taken, directory())
    return found, found is not None


def _up_the_ladder(part: str, team_id: int, taken: Collection[int], directory: Directory) -> User | None:
    rungs = {
        "manager": directory.team_managers(team_id),
        "branch_head": directory.with_role(Role.BRANCH_HEAD),
        "director": directory.with_role(Role.DIRECTOR),
    }
    candidates = (user for rung in LADDER[LADDER.index(part) :] for user in rungs[rung])
    return next((user for user in candidates if user.pk not in taken), None)
