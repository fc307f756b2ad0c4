"""Stand-ins and personal settings."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from office.clock import local_day
from office.errors import Refused
from office.models import StandIn, User
from office.services.journal import journal_write


@transaction.atomic
def stand_in_create(*, absent: User, stand_in: User, starts: date, ends: date, by: User, at: datetime) -> StandIn:
    """Let a colleague decide for an absent one from the first to the last day. Refused when the days make no sense."""
    if absent.pk == stand_in.pk:
        raise Refused("invalid", "Please choose another person as stand-in.", field="stand_in")
    if ends < starts or ends < local_day(at):
        raise Refused("invalid", "Please choose a last day that is not over and not before the first.", field="ends")
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
