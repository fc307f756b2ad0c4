"""The sender: claims due messages by a lease, sends each once, backs off, gives up after three days. An address
outside of the house that the server refuses for good is given up at once.

Two beats, ten workers, a kill at any line: nothing is lost and nothing doubled, but for the one honest gap between
the mail server's answer and our own mark. A message sent twice there carries the same Message-ID.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import F

from office import clock, faults
from office.models import Outbox
from office.services.outbox import may_receive

LEASE = timedelta(seconds=60)
BATCH = 20  # claimed at once; small, so that a hanging worker holds few
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
ATTEMPTS = 21  # after waits of 1, 2, 4 … 256 minutes, then of 6 hours: three days


def outbox_send(*, at: datetime, limit: int = 100) -> int:
    """Send what is due at `at`, oldest first; returns how many were handed to the mail server.

    Leases run by the real clock, due times and back-off by `at`. Never raises for a mail that cannot be sent.
    """
    sent = 0
    while limit > 0 and (rows := _claim(at, min(BATCH, limit))):
        limit -= len(rows)
        sent += _send_all(rows, at)
    return sent


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts (1, 2, …); None: give up."""
    if attempts >= ATTEMPTS:
        return None
    return min(FIRST_WAIT * (1 << (attempts - 1)), LONGEST_WAIT)


def message_id(key: str) -> str:
    """The Message-ID of a message, always the same for a key, so that a doubled mail can be recognised."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def _claim(at: datetime, count: int) -> list[Outbox]:
    """Lease rows to this worker. SQLite's IMMEDIATE lock or PostgreSQL's SKIP LOCKED keeps two claims apart."""
    lease, real = secrets.token_hex(16), clock.now()
    with transaction.atomic():
        free = Outbox.objects.claimable(at, real).select_related("to").order_by("try_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            free = free.select_for_update(of=("self",), skip_locked=True, no_key=True)
        rows = list(free[:count])
        for row in rows:
            row.state, row.lease, row.leased_until = Outbox.State.LEASED, lease, real + LEASE
        mine = Outbox.objects.filter(pk__in=[row.pk for row in rows])
        mine.update(state=Outbox.State.LEASED, lease=lease, leased_until=real + LEASE)
    faults.point("outbox.claimed")
    return rows


def _send_all(rows: Sequence[Outbox], at: datetime) -> int:
    """Send claimed rows over one connection; a broken one is opened anew for the next row."""
    mail = get_connection()
    try:
        return sum(_send_one(row, mail, at) for row in rows)
    finally:
        _quietly(mail.close)


def _send_one(row: Outbox, mail: BaseEmailBackend, at: datetime) -> bool:
    if row.to is not None and not may_receive(row.to, row.about):
        _end(row, state=Outbox.State.DROPPED, last_error="the receiver may no longer have it")
        return False
    if not _begin(row):
        return False  # the lease ran out while we slept; another worker has it
    faults.point("outbox.sending")
    try:
        _deliver(row, mail)
    except (OSError, SMTPException, ValueError) as error:
        _quietly(mail.close)
        _put_off(row, error, at)
        return False
    faults.point("outbox.sent")
    _end(row, state=Outbox.State.SENT, sent_at=at, last_error="")
    faults.point("outbox.marked")
    return True


def _deliver(row: Outbox, mail: BaseEmailBackend) -> None:
    address = row.to.email if row.to else row.address
    if not address:
        raise ValueError("the receiver has no e-mail address")
    message = EmailMessage(
        row.subject, row.body, to=[address], headers={"Message-ID": message_id(row.key)}, connection=mail,
        reply_to=[row.reply_to] if row.reply_to else None,
    )  # fmt: skip
    for file in filter(None, (row.file, row.enclosed)):
        message.attach(file.name, bytes(file.data), file.content_type)
    if not message.send():
        raise ValueError("the mail server took no receiver")


def _begin(row: Outbox) -> bool:
    """Renew our lease and count the attempt before it is made: a message that kills its worker is given up too."""
    real = clock.now()
    mine = Outbox.objects.filter(pk=row.pk, lease=row.lease, state=Outbox.State.LEASED, leased_until__gt=real)
    row.attempts += 1
    return bool(mine.update(leased_until=real + LEASE, attempts=F("attempts") + 1))


def _put_off(row: Outbox, error: Exception, at: datetime) -> None:
    text = f"{type(error).__name__}: {error}"[:300]
    wait = None if row.to is None and _is_final(error) else wait_after(row.attempts)
    if wait is None:
        _end(row, state=Outbox.State.DEAD, last_error=text)
    else:
        _end(row, state=Outbox.State.DUE, try_at=at + wait, last_error=text)


def _is_final(error: Exception) -> bool:
    """Whether the server will not take the mail however often it is asked (5xx). An address that a customer gave is
    given up at once: a person asks for a better one. Colleagues' are tried on, for the mistake may be ours."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _said in error.recipients.values())
    return isinstance(error, SMTPDataError) and 500 <= error.smtp_code < 600


def _end(row: Outbox, **changes: object) -> None:
    """Give the row back, if it is still ours."""
    mine = Outbox.objects.filter(pk=row.pk, lease=row.lease, state=Outbox.State.LEASED)
    mine.update(lease="", leased_until=None, **changes)


def _quietly(close: Callable[[], None]) -> None:
    try:
        close()
    except (OSError, SMTPException):
        return
