"""One customer's copy of a notice: how it goes out, and what the customer says to it (practice 3-09)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.models import ChangeNotice, Inquiry, NoticeCopy, Recipient
from billing.services.inquiries import WRONG, Question, inquiry_note
from billing.services.kept import rows_end
from billing.services.mails import mails_settle
from billing.services.notices import OFF
from billing.services.sendings import FUTURE
from customers.models import Contact
from customers.text import clean, required
from office.clock import JST, local_day
from office.errors import Refused
from office.models import User
from office.services import journal_write

NOT_SENT = gettext_noop("%(number)s has not been sent yet.")
TOLD = gettext_noop("This customer has been told already (%(on)s).")
GOING = gettext_noop("The mail is on its way.")
NO_MAIL = gettext_noop("Please say first to which e-mail address invoices of this customer go.")
NOT_PRINTED = gettext_noop("The letters are still being printed. Please try again in a minute.")
NONE = gettext_noop("No letter of this notice is to be posted.")
KNOWN = gettext_noop("It has been acknowledged already (%(who)s, %(at)s).")
UNKNOWN = gettext_noop("It has not been acknowledged.")
PREFIX = "notice:"  # what the sources of its activities begin with
State, Way = NoticeCopy.State, NoticeCopy.Way


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a customer said, by which way, and who: one of the contacts, or a name without 様."""

    way: str
    contact_id: int | None = None
    who: str = ""
    note: str = ""


@transaction.atomic
def copy_tell(*, copy_id: int, way: str, by: User, at: datetime, on: date | None = None) -> NoticeCopy:
    """Tell one customer: by mail with the PDF, or note that it was posted or said in person, on which day.

    For one in care, to be posted, or that came back. Refused conflict when the customer has been told or a mail is on
    its way, and by mail without an address.
    """
    copy = _locked(copy_id)
    if way not in Way.values:
        raise Refused("invalid", WRONG, field="way")
    day = on or local_day(at)
    if day > local_day(at):
        raise Refused("invalid", FUTURE, field="on")
    if copy.state == State.WAITING:
        raise Refused("conflict", GOING)
    if copy.state == State.SENT:
        raise Refused("conflict", TOLD, on=f"{copy.told_on or ''}")
    mails_settle([copy.outbox_key(place) for place in range(len(copy.emails))])
    copy.way, copy.trouble = way, ""
    if way == Way.MAIL:
        recipient = Recipient.objects.filter(customer=copy.customer_id).first()
        if recipient is None or not recipient.emails:
            raise Refused("conflict", NO_MAIL, field="way")
        copy.addresses, copy.state = recipient.addresses, State.WAITING
        copy.queued_at, copy.tries = None, copy.tries + 1
    else:
        copy.state, copy.told_on = State.SENT, day
    copy.told_by = by
    copy.save()
    rows_end([f"{PREFIX}{copy.pk}:{kind}" for kind in ("held", "bounced")], by=by, at=at)
    _journal(copy, gettext_noop("Customer told of a change"), "", by, at)
    return copy


@transaction.atomic
def notice_posted(*, notice_id: int, by: User, at: datetime, on: date | None = None) -> int:
    """Note that all its printed letters were posted; return how many. Refused conflict for none, or unprinted ones."""
    notice = ChangeNotice.objects.select_for_update().get(pk=notice_id)
    copies = notice.copies.filter(state=State.POST)
    day = on or local_day(at)
    if day > local_day(at):
        raise Refused("invalid", FUTURE, field="on")
    if copies.filter(file=None).exists():
        raise Refused("conflict", NOT_PRINTED)
    count = copies.update(state=State.SENT, told_on=day, told_by=by)
    if not count:
        raise Refused("conflict", NONE)
    rows_end([f"{PREFIX}post:{notice.pk}"], by=by, at=at)
    verb, about = gettext_noop("Letters of a notice posted"), f"notice {notice.number}"
    journal_write(actor=by, verb=verb, about=about, detail=str(count), at=at)
    return count


@transaction.atomic
def copy_acknowledge(*, copy_id: int, said: Said, by: User, at: datetime) -> NoticeCopy:
    """Record that the customer has acknowledged it. Who has not been told before has been told by this.

    Said again with the same words nothing changes; Refused conflict with who was first otherwise, invalid for an
    unknown way or a person of another customer.
    """
    copy = _locked(copy_id)
    who, note = _who(copy, said), clean(said.note, field="note", limit=300)
    if copy.acknowledged_at is not None:
        if (copy.acknowledged_way, copy.acknowledged_who, copy.acknowledged_note) == (said.way, who, note):
            return copy
        first = copy.noted_by.called if copy.noted_by else ""
        raise Refused("conflict", KNOWN, who=first, at=f"{copy.acknowledged_at.astimezone(JST):%Y-%m-%d %H:%M}")
    copy.acknowledged_at, copy.acknowledged_way, copy.acknowledged_who = at, said.way, who
    copy.acknowledged_note, copy.noted_by = note, by
    if copy.state != State.SENT:
        copy.state, copy.told_on, copy.told_by = State.SENT, local_day(at), by
        copy.way = copy.way or Way.TALK
    copy.save()
    rows_end([f"{PREFIX}{copy.pk}:{kind}" for kind in ("ask", "now", "held", "bounced")], by=by, at=at)
    _journal(copy, gettext_noop("Notice of a change acknowledged"), " ".join(filter(None, (who, note))), by, at)
    return copy


@transaction.atomic
def copy_unacknowledge(*, copy_id: int, reason: str, by: User, at: datetime) -> NoticeCopy:
    """Take an acknowledgement back that was recorded by mistake; what it said stays in the journal, with the reason."""
    copy = _locked(copy_id)
    if copy.acknowledged_at is None:
        raise Refused("conflict", UNKNOWN)
    why = required(reason, field="reason", limit=200)
    told = f"{why}　{copy.acknowledged_who}　{copy.acknowledged_note}"
    copy.acknowledged_at, copy.noted_by = None, None
    copy.acknowledged_way = copy.acknowledged_who = copy.acknowledged_note = ""
    copy.save()
    _journal(copy, gettext_noop("Acknowledgement of a change taken back"), told, by, at)
    return copy


@transaction.atomic
def copy_object(*, copy_id: int, said: Said, words: str, by: User, at: datetime, key: str) -> Inquiry:
    """Record what a customer says against a change: it becomes a question with its own day, and until it is answered
    nobody asks the customer to acknowledge. The same key makes one."""
    copy = _locked(copy_id)
    _who(copy, said)
    asked = required(words, field="words", limit=2000, lines=True)
    question = Question(
        asked=f"{copy.notice.title}({copy.notice.number})\n{asked}", way=said.way, contact_id=said.contact_id,
        asker=said.who, owner_id=by.pk,
    )  # fmt: skip
    copy.objection = inquiry_note(customer_id=copy.customer_id, question=question, by=by, at=at, key=f"notice:{key}")
    copy.save(update_fields=["objection"])
    rows_end([f"{PREFIX}{copy.pk}:ask", f"{PREFIX}{copy.pk}:now"], by=by, at=at)
    return copy.objection


def copy_locked(copy_id: int) -> NoticeCopy:
    """Lock the notice first, as everybody does, then return the copy with its notice and customer."""
    notice = ChangeNotice.objects.select_for_update().get(copies=copy_id)
    copy = NoticeCopy.objects.select_related("noted_by", "customer__owner").get(pk=copy_id)
    copy.notice = notice
    return copy


def _locked(copy_id: int) -> NoticeCopy:
    """Return a locked copy; Refused conflict where its notice has not gone out or is withdrawn."""
    copy = copy_locked(copy_id)
    if copy.notice.state == ChangeNotice.State.WITHDRAWN:
        raise Refused("conflict", OFF, number=copy.notice.number)
    if copy.notice.state != ChangeNotice.State.SENT:
        raise Refused("conflict", NOT_SENT, number=copy.notice.number)
    return copy


def _who(copy: NoticeCopy, said: Said) -> str:
    if said.way not in Inquiry.Way.values:
        raise Refused("invalid", WRONG, field="way")
    typed = clean(said.who, field="who", limit=120).removesuffix("様").strip()
    if said.contact_id is None:
        return typed
    contact = Contact.objects.filter(pk=said.contact_id, customer=copy.customer_id).first()
    if contact is None:
        raise Refused("invalid", WRONG, field="contact")
    return typed or contact.called


def _journal(copy: NoticeCopy, verb: str, detail: str, by: User, at: datetime) -> None:
    about = f"notice {copy.notice.number}"
    journal_write(actor=by, verb=verb, about=about, detail=f"{copy.customer.called} {detail}".strip()[:300], at=at)
