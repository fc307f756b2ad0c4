"""The life of a promise: made, agreed, asked for again, kept, given a new date, or not kept (2-05, 2-35, 2-42).

Each change writes the promise and its activity `promise:<id>` in one transaction. Incidents make and end promises
inside their own transaction, so none of these is durable by itself.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from customers.models import Activity, Chase, Customer, Promise
from customers.models.promise import BILLED, SIGNED, TAKEN_BACK_WITHIN
from customers.policy import ANSWER_WITHIN
from customers.services.activities import ActivityRow, activities_put
from customers.services.promise_rows import clerk_rows, of_clerks, promise_mail, promise_put, promise_row
from customers.text import clean, required
from office.clock import JST, local_day
from office.errors import Refused
from office.models import User
from office.selectors import business_calendar, policy
from office.services import journal_write, outbox_put

ELSEWHERE = gettext_noop("This promise is kept where it was made. Please open it from there.")
PAST = gettext_noop("The date lies in the past. Please name a later one.")
NOT_OPEN = gettext_noop("Choose among the open promises of this incident.")
NO_EVIDENCE = gettext_noop("Please say what shows that the promise was kept.")
NO_DOCUMENT = gettext_noop("Please enter the number of the document. Until then the compensation is not done.")
NO_SIGN_OFF = gettext_noop("Please enter who of the customer signed it off. Until then it is not done.")
SIGN_OFF_DAY = gettext_noop("The sign-off lies between the day it was promised and today. Please look at the date.")
NO_SIGN_OFF_DAY = gettext_noop("Please enter the day on which the customer signed it off.")
NO_AGREEMENT = gettext_noop("A new date needs the customer's agreement. Please note who agreed, and when.")
ENDED = gettext_noop("This promise has already ended (%(by)s, %(at)s).")
CHASE_STAYS = gettext_noop(
    "It stays: nothing was noted by you in the last %(minutes)s minutes, or something has followed since."
)
AGREED = gettext_noop("The customer has agreed to %(day)s. A new date is agreed with the customer first.")


@dataclass(frozen=True, kw_only=True)
class NewPromise:
    """What a promise says. `answer_by` None: provisional, by the policy; `source` names where it was made, once.

    page: the path of the page on which it is kept; nobody else ends it.
    """

    source: str
    what: str
    kind: str = Promise.Kind.OTHER
    number: str = ""
    to_contact_id: int | None = None
    to_name: str = ""
    answer_by: datetime | None = None
    agreed: bool = False
    owner_id: int | None = None
    document: str = ""
    amount: int | None = None
    page: str = ""


@transaction.atomic
def promise_make(*, customer: Customer, new: NewPromise, by: User, at: datetime) -> Promise:
    """Make a promise and open its activity. The same source makes one promise, however often it is asked.

    Without `answer_by` the day is provisional: the policy's business days from `at`, not yet agreed. Refused when the
    date lies in the past.
    """
    if known := Promise.objects.filter(source=new.source).first():
        return known
    promise, row = promise_enter(customer=customer, new=new, by=by, at=at)
    activities_put([row], at=at)
    return promise


def promise_enter(*, customer: Customer, new: NewPromise, by: User, at: datetime) -> tuple[Promise, ActivityRow]:
    """Make a promise whose source is new for certain; return it with the activity, which the caller writes along with
    its own, in the same transaction. One statement. Refused as `promise_make`."""
    answer_by = new.answer_by or business_calendar().add_days(at, int(policy(ANSWER_WITHIN, at)))
    if answer_by <= at:
        raise Refused("invalid", PAST, field="answer_by")
    promise = Promise.objects.create(
        customer=customer,
        source=new.source,
        number=new.number,
        what=required(new.what, field="what", limit=300),
        kind=Promise.Kind(new.kind),
        to_contact_id=new.to_contact_id,
        to_name=clean(new.to_name, field="to_name", limit=120),
        answer_by=answer_by,
        agreed=new.agreed and new.answer_by is not None,
        owner_id=new.owner_id or customer.owner_id,
        made_by=by,
        made_at=at,
        document=new.document,
        amount=new.amount,
        page=new.page,
    )
    return promise, promise_row(promise)


@transaction.atomic
def promise_agree(
    *, promise_id: int, by: User, at: datetime, answer_by: datetime | None = None, what: str = "",
    to_contact_id: int | None = None,
) -> Promise:  # fmt: skip
    """The customer agrees to the date, or to another one; after that only `promise_reschedule` moves it.

    what, to_contact_id: in which words and to whom it was told, where it was decided before anybody told them.
    """
    promise = _locked(promise_id)
    moved = answer_by is not None and answer_by != promise.answer_by
    if promise.agreed and moved:
        raise Refused("conflict", AGREED, day=f"{promise.answer_by.astimezone(JST):%Y-%m-%d}")
    if answer_by is not None and moved:
        _future(answer_by, at)
        promise.answer_by, promise.told = answer_by, 0
    promise.agreed, promise.waits = True, False
    promise.what = clean(what, field="what", limit=300) or promise.what
    promise.to_contact_id = to_contact_id or promise.to_contact_id
    promise.save(update_fields=["agreed", "waits", "answer_by", "told", "what", "to_contact"])
    _journal(promise, gettext_noop("Promise agreed"), by, at)
    promise_put(promise, at=at)
    if promise.document in BILLED:
        of_clerks([promise]).update(due=promise.answer_by)
    return promise


@transaction.atomic
def promise_keep(
    *, promise_id: int, evidence: str = "", document_number: str = "", signed_by: str = "",
    signed_on: date | None = None, by: User, at: datetime, page: str = "",
) -> Promise:  # fmt: skip
    """The promise was kept; `evidence` says what shows it and is required.

    Of a compensation the number of its document shows it, of a residual item who of the customer signed it off on which
    day (practice 1-17); more may be said. Refused incomplete without. page: as the promise has it, by the service of
    that page; without it one that is kept elsewhere is Refused conflict.
    """
    promise = _locked(promise_id, page)
    if promise.document:
        number = clean(document_number, field="document_number", limit=60)
        if not number:
            raise Refused("incomplete", NO_DOCUMENT, field="document_number")
        promise.document_number = number
        promise.save(update_fields=["document_number"])
    elif promise.wants_sign_off:
        evidence = f"{_sign_off(promise, signed_by, signed_on, at)}\n{evidence}".strip()
    elif not evidence.strip():
        raise Refused("incomplete", NO_EVIDENCE, field="evidence")
    return _end(promise, Promise.State.KEPT, evidence, gettext_noop("Promise kept"), by, at)


def _sign_off(promise: Promise, signed_by: str, signed_on: date | None, at: datetime) -> str:
    """Who signed it off and when, as the evidence says it."""
    name = clean(signed_by, field="signed_by", limit=80)
    if not name:
        raise Refused("incomplete", NO_SIGN_OFF, field="signed_by")
    if signed_on is None:
        raise Refused("incomplete", NO_SIGN_OFF_DAY, field="signed_on")
    if not local_day(promise.made_at) <= signed_on <= local_day(at):
        raise Refused("invalid", SIGN_OFF_DAY, field="signed_on")
    return gettext("Signed off by %(name)s on %(day)s") % {"name": name, "day": signed_on.isoformat()}


@transaction.atomic
def promise_reschedule(
    *, promise_id: int, answer_by: datetime, agreement: str, by: User, at: datetime, page: str = ""
) -> Promise:
    """Return the promise with the new date that follows the old one. `agreement`: who agreed; empty is Refused. page:
    as `promise_keep`."""
    if not agreement.strip():
        raise Refused("incomplete", NO_AGREEMENT, field="agreement")
    _future(answer_by, at)
    old = _locked(promise_id, page)
    clerks = list(of_clerks([old]).open().values_list("who", flat=True))
    _end(old, Promise.State.RESCHEDULED, agreement, gettext_noop("Promise rescheduled"), by, at)
    new = Promise.objects.create(
        customer_id=old.customer_id,
        source=f"promise:{old.pk}:next{SIGNED if old.wants_sign_off else ''}",
        number=old.number,
        what=old.what,
        kind=old.kind,
        to_contact_id=old.to_contact_id,
        to_name=old.to_name,
        answer_by=answer_by,
        agreed=True,
        owner_id=old.owner_id,
        made_by=by,
        made_at=at,
        replaces=old,
        document=old.document,
        amount=old.amount,
        page=old.page,
        chased_at=old.chased_at,
    )
    activities_put([promise_row(new), *clerk_rows(new, clerks)], at=at)
    return new


@transaction.atomic
def promise_chase(*, promise_id: int, by: User, at: datetime, key: str) -> Promise:
    """The customer asked again for what was promised: in their eyes it is late already (practice 2-42).

    It stands at the top of Today of its owner until a time is agreed or it ends, the owner has a mail when a colleague
    heard it, and it counts in the kept-rate for good. The same key changes nothing. Refused conflict when it has ended.
    """
    promise = Promise.objects.select_for_update(of=("self",)).select_related("customer", "owner").get(pk=promise_id)
    if Chase.objects.filter(key=key).exists():
        return promise
    _refuse_ended(promise)
    chase = Chase.objects.create(promise=promise, by=by, at=at, key=key, waited=promise.waits)
    promise.chased_at, promise.waits = promise.chased_at or at, True
    promise.save(update_fields=["chased_at", "waits"])
    _journal(promise, gettext_noop("The customer asked again for a promise"), by, at)
    promise_put(promise, at=at)
    if by.pk != promise.owner_id:
        asked = gettext_noop("The customer asked again. The promise is due on %(day)s.")
        outbox_put([promise_mail(promise, promise.owner, f"chased:{chase.pk}", asked, at)])
    return promise


@transaction.atomic
def promise_chase_undo(*, promise_id: int, by: User, at: datetime, key: str) -> Promise:
    """Whoever noted that the customer asked again tapped by mistake: it counts no more, and stands where it stood.

    Both stay on record. The same key changes nothing. Refused conflict when it was noted by somebody else or too
    long ago, when somebody has noted it after them or a time was agreed since, and when the promise has ended.
    """
    rows = Promise.objects.select_for_update(of=("self",)).select_related("customer", "owner", "replaces")
    promise = rows.get(pk=promise_id)
    if Chase.objects.filter(key=key).exists():
        return promise
    _refuse_ended(promise)
    last = promise.chases.standing().last()
    if last is None or last.by_id != by.pk or at - last.at > TAKEN_BACK_WITHIN or not promise.waits:
        raise Refused("conflict", CHASE_STAYS, minutes=int(TAKEN_BACK_WITHIN.total_seconds() // 60))
    undone = Chase.objects.create(promise=promise, by=by, at=at, key=key, takes_back=last)
    first = promise.chases.standing().first()
    earlier = promise.replaces.chased_at if promise.replaces else None
    promise.chased_at, promise.waits = earlier or (first.at if first else None), last.waited
    promise.save(update_fields=["chased_at", "waits"])
    _journal(promise, gettext_noop("Took back: the customer had not asked again for a promise"), by, at)
    promise_put(promise, at=at)
    if by.pk != promise.owner_id:
        mistaken = gettext_noop("It was noted by mistake that the customer asked again. The promise is due on %(day)s.")
        outbox_put([promise_mail(promise, promise.owner, f"chase_undone:{undone.pk}", mistaken, at)])
    return promise


@transaction.atomic
def promise_break(*, promise_id: int, reason: str, by: User, at: datetime) -> Promise:
    """The promise was not kept and will not be; `reason` states the facts. What follows is the incident's to decide."""
    reason = required(reason, field="reason", limit=4000, lines=True)
    return _end(_locked(promise_id), Promise.State.BROKEN, reason, gettext_noop("Promise not kept"), by, at)


@transaction.atomic
def promise_release(*, promise_id: int, reason: str, by: User, at: datetime, page: str = "") -> Promise:
    """Nobody waits for it any more, as `reason` says. page: as `promise_keep`."""
    reason = required(reason, field="reason", limit=4000, lines=True)
    verb = gettext_noop("Promise no longer needed")
    return _end(_locked(promise_id, page), Promise.State.RELEASED, reason, verb, by, at)


def promises_move(*, number: str, to: str, at: datetime, only: Collection[int] | None = None) -> list[ActivityRow]:
    """The open promises of an incident go on under another number; returns their activities, for the caller to write.

    In the transaction of that decision. only: the keys of those that go; Refused invalid when one is none of its open
    ones.
    """
    found = _open_of(number)
    if only is not None:
        if not set(only) <= {promise.pk for promise in found}:
            raise Refused("invalid", NOT_OPEN, field="promises")
        found = [promise for promise in found if promise.pk in only]
    Promise.objects.filter(pk__in=[promise.pk for promise in found]).update(number=to)
    of_clerks(found).update(number=to)
    for promise in found:
        promise.number = to
    return [promise_row(promise) for promise in found]


def promises_release(
    *, number: str, reason: str, by: User, at: datetime, documents: bool = False, untold: str = ""
) -> list[ActivityRow]:
    """What the promises of an incident were about is withdrawn or was logged by mistake: nobody waits for them.

    documents: only those that wait for the document of a compensation, which was decided anew. untold: only those whose
    source begins so and of which the customer has not heard. In the transaction of that decision; returns the
    activities that fall with them, for the caller to write.
    """
    found = [
        promise for promise in _open_of(number)
        if (promise.document or not documents)
        and (not untold or (promise.source.startswith(untold) and not promise.agreed))
    ]  # fmt: skip
    of_clerks(found).update(state=Activity.State.DROPPED, done_at=at, done_by=by)
    Promise.objects.filter(pk__in=[promise.pk for promise in found]).update(
        state=Promise.State.RELEASED, ended_at=at, ended_by=by, evidence=reason
    )
    return [replace(promise_row(promise), state=Activity.State.DROPPED, done_by_id=by.pk) for promise in found]


def _open_of(number: str) -> list[Promise]:
    """The open promises of an incident, locked until the transaction ends."""
    rows = Promise.objects.open().filter(number=number)
    return list(rows.select_for_update(of=("self",)).select_related("customer"))


def _locked(promise_id: int, page: str = "") -> Promise:
    """Return the open promise, locked until the transaction ends; Refused when it has ended or is kept elsewhere."""
    promise = Promise.objects.select_for_update(of=("self",)).select_related("customer").get(pk=promise_id)
    _refuse_ended(promise)
    if promise.page != page:
        raise Refused("conflict", ELSEWHERE)
    return promise


def _refuse_ended(promise: Promise) -> None:
    if promise.state != Promise.State.OPEN:
        by = promise.ended_by.called if promise.ended_by else ""
        at = promise.ended_at.astimezone(JST) if promise.ended_at else ""
        raise Refused("conflict", ENDED, by=by, at=f"{at:%Y-%m-%d}")


def _end(promise: Promise, state: str, evidence: str, verb: str, by: User, at: datetime) -> Promise:
    promise.state = state
    promise.evidence = clean(evidence, field="evidence", limit=4000, lines=True)
    promise.ended_at, promise.ended_by = at, by
    promise.save(update_fields=["state", "evidence", "ended_at", "ended_by"])
    _journal(promise, verb, by, at)
    promise_put(promise, at=at, done_by_id=by.pk)
    if promise.document in BILLED:
        of_clerks([promise]).open().update(state=Activity.State.DONE, done_at=at, done_by=by)
    return promise


def _future(answer_by: datetime, at: datetime) -> None:
    if answer_by <= at:
        raise Refused("invalid", PAST, field="answer_by")


def _journal(promise: Promise, verb: str, by: User, at: datetime) -> None:
    journal_write(actor=by, verb=verb, about=f"promise {promise.pk}", detail=promise.what, at=at)
