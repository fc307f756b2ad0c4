"""The key of a person's calendar address, made once, shown once, kept as a hash; the mail of the morning."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from office.clock import local_day, now
from office.models import Notebook, User
from office.services.journal import journal_write
from office.viewer import load_user


@transaction.atomic
def calendar_key_create(*, user: User, at: datetime) -> str:
    """Return a new key for the address of a person's calendar; the one before opens nothing any more.

    This is the only time it can be read.
    """
    raw = secrets.token_urlsafe(32)
    Notebook.objects.update_or_create(user=user, defaults={"digest": _digest(raw), "made_at": at})
    journal_write(actor=user, verb=gettext_noop("made a calendar address"), about=f"user {user.username}", at=at)
    return raw


@transaction.atomic
def calendar_key_drop(*, user: User, at: datetime) -> None:
    """Close the address of a person's calendar; without one nothing changes."""
    if Notebook.objects.filter(user=user).exclude(digest="").update(digest="", made_at=None):
        verb = gettext_noop("closed the calendar address")
        journal_write(actor=user, verb=verb, about=f"user {user.username}", at=at)


def morning_put(*, user: User, wanted: bool) -> None:
    """Set whether a person gets the mail of the morning."""
    Notebook.objects.update_or_create(user=user, defaults={"morning": wanted})


def user_for_calendar(raw: str) -> User | None:
    """Return the active user whose calendar this key opens; None when it is unknown."""
    row = Notebook.objects.filter(digest=_digest(raw)).first()
    return load_user(row.user_id, local_day(now())) if row else None


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()
