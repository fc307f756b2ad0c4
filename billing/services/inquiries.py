"""A customer asks about an invoice: written down with the day we named, answered, or put off with their agreement.

The day, its owner and its alarms are a promise in the ledger (customers.services.promises); while it is open nobody
asks this customer for a payment (billing.selectors.overdue).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.models import Inquiry, Invoice
from billing.policy import INQUIRY_WITHIN
from customers.models import Contact, Customer, Promise
from customers.services import NewPromise, promise_keep, promise_make, promise_release, promise_reschedule
from customers.text import clean, required
from office.clock import JST, local_day
from office.errors import Refused
from office.models import User
from office.roles import Role
from office.selectors import business_calendar, policy
from office.services import journal_write, number_next
from office.text import clean_line

WRONG = gettext_noop("Please choose from the list.")
NOT_ABLE = gettext_noop("Please choose somebody who answers customers: sales or billing.")
ANSWERED = gettext_noop("This question has already been answered (%(by)s, %(at)s).")
FUTURE = gettext_noop("The answer was given before now.")
EARLIER = gettext_noop("The answer cannot lie before the question.")
NO_INVOICE = gettext_noop("Please say first which invoice is to be corrected: this question names none.")
MOVED = gettext_noop("A colleague has agreed another time meanwhile: %(at)s. Please look at it again.")
ANSWERERS = frozenset(Role.values) - {Role.AUDITOR.value, Role.ADMIN.value}
SHORT = 300  # characters of a question that stand in the ledger


@dataclass(frozen=True, kw_only=True)
class Question:
    """What was asked. `answer_by` None: by the house rule; told: the customer knows that day; owner_id None: whoever
    notes it answers."""

    asked: str
    way: str
    invoice_id: int | None = None
    contact_id: int | None = None
    asker: str = ""
    answer_by: datetime | None = None
    told: bool = False
    owner_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was said, to whom, when (None: now), and what becomes of the invoice."""

    outcome: str
    answer: str
    to: str = ""
    answered_at: datetime | None = None


def answer_by_rule(at: datetime) -> datetime:
    """Return until when a question is answered by the house rule: the close of business some business days on."""
    return business_calendar().add_days(at, int(policy(INQUIRY_WITHIN, at)))


@transaction.atomic
def inquiry_note(*, customer_id: int, question: Question, by: User, at: datetime, key: str) -> Inquiry:
    """Write a question down and promise its answer; the same key makes one, however often it is sent (practice 3-07).

    Refused: invalid for an unknown way, for a person or an invoice of another customer, for who answers no customers,
    and for a day that has passed; incomplete without the question.
    """
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer_id)
    if known := Inquiry.objects.filter(key=key).first():
        return known
    if question.way not in Inquiry.Way.values:
        raise Refused("invalid", WRONG, field="way")
    asked = required(question.asked, field="asked", limit=4000, lines=True)
    _refuse_foreign(question, customer_id)
    owner = _answerer(question.owner_id or by.pk)
    number = f"Q{local_day(at):%y}-{number_next(key=f'inquiry-{local_day(at).year}'):04d}"
    promise = promise_make(
        customer=customer,
        new=NewPromise(
            source=f"inquiry:{number}", what=clean_line(asked)[:SHORT], kind=Promise.Kind.REQUEST, owner_id=owner.pk,
            to_contact_id=question.contact_id, to_name=question.asker, agreed=question.told, page=path(number),
            answer_by=question.answer_by or answer_by_rule(at),
        ),
        by=by, at=at,
    )  # fmt: skip
    inquiry = Inquiry.objects.create(
        number=number, key=key, customer=customer, invoice_id=question.invoice_id, asked=asked, way=question.way,
        contact_id=question.contact_id, asker=promise.to_name, noted_by=by, noted_at=at, promise=promise,
    )  # fmt: skip
    _journal(inquiry, gettext_noop("Question about billing noted"), asked, by, at)
    return inquiry


@transaction.atomic
def inquiry_answer(*, inquiry_id: int, answer: Answer, by: User, at: datetime, key: str) -> Inquiry:
    """Record the answer: the promise is kept, or released where the customer no longer asks.

    The same key answers with what was recorded. Refused conflict with who was first when it is answered already,
    incomplete without words, invalid for a moment still to come or before the question, and for the correction of an
    invoice where the question names none. Practice 3-07.
    """
    inquiry = _locked(inquiry_id)
    if inquiry.answered_at is not None:
        if key and inquiry.answer_key == key:
            return inquiry
        who = inquiry.answered_by.called if inquiry.answered_by else ""
        raise Refused("conflict", ANSWERED, by=who, at=f"{inquiry.answered_at.astimezone(JST):%Y-%m-%d %H:%M}")
    if answer.outcome not in Inquiry.Outcome.values:
        raise Refused("invalid", WRONG, field="outcome")
    if answer.outcome == Inquiry.Outcome.CORRECT and inquiry.invoice_id is None:
        raise Refused("invalid", NO_INVOICE, field="outcome")
    when = answer.answered_at or at
    if when > at:
        raise Refused("invalid", FUTURE, field="answered_at")
    if when < inquiry.noted_at.replace(second=0, microsecond=0):  # a form knows whole minutes
        raise Refused("invalid", EARLIER, field="answered_at")
    inquiry.answer = required(answer.answer, field="answer", limit=4000, lines=True)
    inquiry.answered_to = clean(answer.to, field="to", limit=120) or inquiry.asker_called
    inquiry.outcome, inquiry.answered_at, inquiry.answered_by, inquiry.answer_key = answer.outcome, when, by, key
    inquiry.save(update_fields=["outcome", "answer", "answered_to", "answered_by", "answered_at", "answer_key"])
    page, promise = path(inquiry.number), inquiry.promise_id
    if answer.outcome == Inquiry.Outcome.RELEASED:
        promise_release(promise_id=promise, reason=inquiry.answer, by=by, at=at, page=page)
    else:
        promise_keep(promise_id=promise, evidence=inquiry.answer, by=by, at=at, page=page)
    _journal(inquiry, gettext_noop("Question about billing answered"), inquiry.answer, by, at)
    return inquiry


@transaction.atomic
def inquiry_postpone(
    *, inquiry_id: int, answer_by: datetime, agreement: str, was: datetime | None = None, by: User, at: datetime
) -> Inquiry:
    """Give it a later day, agreed with the customer (`agreement`: with whom). The promise in the ledger moves along.

    was: the day that was on the screen; Refused conflict when it is another one meanwhile, or it is answered. Said
    again with the same day nothing changes.
    """
    inquiry = _locked(inquiry_id)
    if inquiry.answered_at is None and inquiry.promise.agreed and inquiry.promise.answer_by == answer_by:
        return inquiry
    if was is not None and inquiry.promise.answer_by != was:
        raise Refused("conflict", MOVED, at=f"{inquiry.promise.answer_by.astimezone(JST):%Y-%m-%d %H:%M}")
    inquiry.promise = promise_reschedule(
        promise_id=inquiry.promise_id, answer_by=answer_by, agreement=agreement, by=by, at=at, page=path(inquiry.number)
    )
    inquiry.save(update_fields=["promise"])
    _journal(inquiry, gettext_noop("Answer about billing put off"), agreement.strip(), by, at)
    return inquiry


def path(number: str) -> str:
    """The address of a question's page."""
    return f"/billing/inquiries/{number}/"


def _locked(inquiry_id: int) -> Inquiry:
    rows = Inquiry.objects.select_for_update(of=("self",)).select_related("promise", "contact", "answered_by")
    return rows.get(pk=inquiry_id)


def _refuse_foreign(question: Question, customer_id: int) -> None:
    """A person or an invoice of somebody else is refused."""
    if question.contact_id and not Contact.objects.filter(pk=question.contact_id, customer=customer_id).exists():
        raise Refused("invalid", WRONG, field="contact")
    if question.invoice_id and not Invoice.objects.filter(pk=question.invoice_id, customer=customer_id).exists():
        raise Refused("invalid", WRONG, field="invoice")


def _answerer(pk: int) -> User:
    found = User.objects.filter(pk=pk, is_active=True).first()
    if found is None or not ANSWERERS & set(found.roles):
        raise Refused("invalid", NOT_ABLE, field="owner")
    return found


def _journal(inquiry: Inquiry, verb: str, detail: str, by: User, at: datetime) -> None:
    journal_write(actor=by, verb=verb, about=f"inquiry {inquiry.number}", detail=detail[:300], at=at)
