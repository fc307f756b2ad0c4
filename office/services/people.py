"""Colleagues, their teams and stand-ins."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from office.clock import local_day
from office.errors import Refused
from office.models import StandIn, Team, User
from office.roles import Role
from office.services.journal import journal_write

FIELDS = (
    "username",
    "surname",
    "given_name",
    "title",
    "phone",
    "email",
    "roles",
    "team",
    "boss",
    "language",
    "is_active",
)


@transaction.atomic
def person_create(*, by: User | None, at: datetime, password: str, **values: object) -> User:
    """Add a colleague (fields of FIELDS). Refused conflict when the log-in name is taken."""
    person = User(**values)
    person.set_password(password)
    _check(person, by)
    person.save(force_insert=True)
    detail = f"{person.full_name}: {', '.join(person.roles)}"
    journal_write(
        actor=by, verb=gettext_noop("added a colleague"), about=f"user {person.username}", detail=detail, at=at
    )
    return person


@transaction.atomic
def person_update(*, person: User, by: User | None, at: datetime, password: str = "", **values: object) -> User:
    """Change a colleague (any of FIELDS); a password only when one is given, and it ends their open sessions."""
    person = User.objects.select_related("team", "boss").get(pk=person.pk)
    changed = [f"{name}: {old} → {new}" for name, new in values.items() if (old := getattr(person, name)) != new]
    for name, new in values.items():
        setattr(person, name, new)
    if password:
        person.set_password(password)
        changed.append("password")
    if changed:
        _check(person, by)
        person.save()
        verb, about = gettext_noop("changed a colleague"), f"user {person.username}"
        journal_write(actor=by, verb=verb, about=about, detail="\n".join(changed), at=at)
    return person


def _check(person: User, by: User | None) -> None:
    if User.objects.filter(username=person.username).exclude(pk=person.pk).exists():
        raise Refused("conflict", "This log-in name is already taken.", field="username")
    if not set(person.roles) <= set(Role.values) or not person.roles:
        raise Refused("invalid", "Please choose at least one role.", field="roles")
    if by is not None and person.pk == by.pk and not (person.is_active and person.has_role(Role.ADMIN)):
        raise Refused("invalid", "You cannot take away your own access. Please ask another administrator.")
    if _is_own_superior(person):
        raise Refused("invalid", "Nobody can be their own boss, nor their boss's boss.", field="boss")


def _is_own_superior(person: User) -> bool:
    """Whether the line of bosses comes back to the person."""
    boss, seen = person.boss, set()
    while boss is not None and boss.pk not in seen:
        if boss.pk == person.pk:
            return True
        seen.add(boss.pk)
        boss = boss.boss
    return False


@transaction.atomic
def team_create(*, code: str, name: str, by: User | None, at: datetime) -> Team:
    """Add a team; Refused conflict when the code is taken."""
    team, created = Team.objects.get_or_create(code=code, defaults={"name": name})
    if not created:
        raise Refused("conflict", "There is already a team with this code.", field="code")
    journal_write(actor=by, verb=gettext_noop("added a team"), about=f"team {code}", detail=name, at=at)
    return team


@transaction.atomic
def stand_in_create(*, absent: User, stand_in: User, starts: date, ends: date, by: User, at: datetime) -> StandIn:
    """Let a colleague decide for an absent one from the first to the last day.

    Everybody names their own stand-in; the admin also for others. Refused when the days make no sense.
    """
    if absent.pk == stand_in.pk:
        raise Refused("invalid", "Please choose another person as stand-in.", field="stand_in")
    if ends < starts or ends < local_day(at):
        raise Refused("invalid", "Please choose a last day that is not over and not before the first.", field="ends")
    if by.pk != absent.pk and not by.has_role(Role.ADMIN):
        raise Refused("forbidden", "You can only name a stand-in for yourself.")
    if not stand_in.is_active:
        raise Refused("invalid", "This colleague no longer works here.", field="stand_in")
    row = StandIn.objects.create(absent=absent, stand_in=stand_in, starts=starts, ends=ends)
    _note(row, gettext_noop("named a stand-in"), by, at)
    return row


@transaction.atomic
def stand_in_delete(*, pk: int, by: User, at: datetime) -> None:
    """End an absence that was entered by mistake or is over early. Refused not_found when it is gone."""
    row = StandIn.objects.select_related("absent", "stand_in").filter(pk=pk).first()
    if row is None:
        raise Refused("not_found", "There is no such stand-in.")
    if by.pk != row.absent_id and not by.has_role(Role.ADMIN):
        raise Refused("not_found", "There is no such stand-in.")
    _note(row, gettext_noop("removed a stand-in"), by, at)
    row.delete()


def _note(row: StandIn, verb: str, by: User, at: datetime) -> None:
    detail = f"{row.absent.full_name} → {row.stand_in.full_name} {row.starts}–{row.ends}"
    journal_write(actor=by, verb=verb, about=f"user {row.absent.username}", detail=detail, at=at)


def person_language_set(*, user: User, language: str) -> None:
    """Show the screens in this language from now on; Refused invalid for one we do not have."""
    if language not in {"ja", "en"}:
        raise Refused("invalid", "This language is not available.", field="language")
    User.objects.filter(pk=user.pk).update(language=language)
    user.language = language
