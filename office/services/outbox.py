"""Writing to the outbox, and what a person may do about a message that could not be sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from office.errors import Refused
from office.models import Outbox, User
from office.services.journal import journal_write
from office.text import clean_line

HELD = gettext_noop(
    "It waited when the backup was made, and may have been sent since. Send it again only if it was not."
)
Check = Callable[[User, str], bool]
_checks: dict[str, Check] = {}


@dataclass(frozen=True)
class Message:
    """One mail to one receiver.

    key: unique for ever, it makes a second write harmless; to: User id, or None with an address; about: what the
    receiver check reads ("incident 2026-0151"); subject and body: in the receiver's language; try_at: not before;
    file: id of a File that goes along, enclosed: of a second one; reply_to: the address an answer goes to.
    """

    key: str
    subject: str
    body: str
    try_at: datetime
    to: int | None = None
    address: str = ""
    about: str = ""
    channel: str = "mail"
    file: int | None = None
    enclosed: int | None = None
    reply_to: str = ""


def outbox_check(prefix: str, may_receive: Check) -> None:
    """Ask `may_receive(user, about)` right before sending a message whose `about` starts with the prefix.

    Called from AppConfig.ready of the app that knows who may read what (fault model 25).
    """
    _checks[prefix] = may_receive


def may_receive(user: User, about: str) -> bool:
    """Whether the receiver still works here and may still read what the message is about."""
    return user.is_active and all(check(user, about) for prefix, check in _checks.items() if about.startswith(prefix))


def outbox_put(rows: Sequence[Message], *, at: datetime | None = None) -> None:
    """Write messages in the caller's transaction, in one INSERT; a key that is already there is left as it is."""
    Outbox.objects.bulk_create([_row(message, at or message.try_at) for message in rows], ignore_conflicts=True)


def _row(message: Message, at: datetime) -> Outbox:
    return Outbox(
        key=message.key,
        channel=message.channel,
        to_id=message.to,
        address=message.address,
        subject=clean_line(message.subject)[:200],
        body=message.body,
        about=message.about,
        file_id=message.file,
        enclosed_id=message.enclosed,
        reply_to=clean_line(message.reply_to)[:254],
        try_at=message.try_at,
        created_at=at,
    )


def outbox_hold() -> int:
    """Hold whatever waits, for a person to send or leave; after a restore nobody knows what has gone out meanwhile.

    Returns how many messages are held; they stand on the outbox page beside those that could not be sent.
    """
    waiting = Outbox.objects.filter(state__in=(Outbox.State.DUE, Outbox.State.LEASED))
    return waiting.update(state=Outbox.State.DEAD, lease="", leased_until=None, last_error=HELD)


@transaction.atomic
def outbox_retry(*, pk: int, by: User, at: datetime) -> None:
    """Send a given-up message once more from the start; Refused conflict when it is no longer given up."""
    row = _take_dead(pk, state=Outbox.State.DUE, try_at=at, attempts=0, lease="", leased_until=None)
    journal_write(actor=by, verb=gettext_noop("sent a message again"), about=f"outbox {row.key}", at=at)


@transaction.atomic
def outbox_drop(*, pk: int, reason: str, by: User, at: datetime) -> None:
    """Leave a given-up message unsent, with a reason; Refused incomplete without one, conflict when not given up."""
    if not (reason := reason.strip()):
        raise Refused("incomplete", "Please say why the message is not needed.", field="reason")
    row = _take_dead(pk, state=Outbox.State.DROPPED, last_error=reason[:300])
    journal_write(actor=by, verb=gettext_noop("left a message unsent"), about=f"outbox {row.key}", detail=reason, at=at)


def _take_dead(pk: int, **changes: object) -> Outbox:
    row = Outbox.objects.filter(pk=pk).first()
    if row is None:
        raise Refused("not_found", "There is no such message.")
    if not Outbox.objects.dead().filter(pk=pk).update(**changes):
        raise Refused("conflict", "This message is no longer waiting for a decision.")
    return row
