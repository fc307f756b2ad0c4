"""A change is told ahead: written, checked by another person, sent to each customer, or withdrawn (practice 3-09)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.models import ChangeNotice, Invoice, NoticeCopy
from billing.notice_letters import Copies, letter_told
from billing.notices import slots
from billing.selectors.notices import answer_by_rule, may_check, wrote
from billing.services.inquiries import WRONG
from customers.models import Customer, Promise
from customers.services import NewPromise, promise_make
from customers.text import clean, required
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.services import journal_write, number_next

MOST = 1_000  # customers of one notice
NOBODY = gettext_noop("Please choose at least one customer.")
TOO_MANY = gettext_noop("One notice goes to no more than %(most)s customers.")
PAST = gettext_noop("A change is told before its day.")
ANSWER = gettext_noop("The answer is asked for after today, and by the day of the change.")
NO_CHANGES = gettext_noop("Please write what changes.")
NO_ACCOUNT = gettext_noop("Please choose the new account. It is entered in our own profile first.")
SAME_ACCOUNT = gettext_noop("The new account is the old one.")
SLOTS = gettext_noop("Please fill this in first: %(slots)s")
NOT_LISTED = gettext_noop(
    "On the price list nothing changes on that day for %(names)s. Set the prices, write what changes, or take them off."
)
STALE = gettext_noop("%(number)s was changed or checked meanwhile. Please look at it again.")
GONE = gettext_noop("%(number)s has already been sent. A new notice says what is otherwise.")
OFF = gettext_noop("%(number)s has been withdrawn.")
UNCHECKED = gettext_noop("%(number)s has not been checked by a second person yet.")
OWN = gettext_noop("Who wrote a notice does not check it. Please ask a colleague.")
GOING = gettext_noop("Its mails are on their way. Please withdraw it in some minutes.")
TAKE_BACK = "「%(title)s」を取り消したことのご連絡"  # what is promised, as it stands in the ledger
SHOWN = 5  # names in a sentence
State, Copy = ChangeNotice.State, NoticeCopy.State


@dataclass(frozen=True, kw_only=True)
class NoticeWords:
    """What is told, and to whom. answer_by None: by the house rule; accounts: one of ours as a letter prints it."""

    kind: str
    title: str
    text: str
    effective_on: date
    customers: Sequence[int]
    changes: str = ""
    answer_by: date | None = None
    old_account: str = ""
    new_account: str = ""


@transaction.atomic
def notice_draft(*, words: NoticeWords, by: User, at: datetime, key: str) -> ChangeNotice:
    """Write a notice; the same key makes one, however often it is sent.

    Refused invalid for a day that is not to come, an answer after it, unknown customers, the same account twice;
    incomplete without title, text, what changes or the new account.
    """
    if known := ChangeNotice.objects.filter(key=key).first():
        return known
    today = local_day(at)
    notice = ChangeNotice(
        number=f"N{today:%y}-{number_next(key=f'notice-{today.year}'):04d}", key=key, created_by=by, created_at=at,
    )  # fmt: skip
    _write(notice, words, by, at)
    notice.save(force_insert=True)
    notice.makers.add(by)
    _choose(notice, words.customers)
    _journal(notice, gettext_noop("Notice of a change written"), notice.title, by, at)
    return notice


@transaction.atomic
def notice_change(*, notice_id: int, words: NoticeWords, version: int, by: User, at: datetime) -> ChangeNotice:
    """Change a notice that has not gone out; a check that was given falls. version: as it was read."""
    notice = _unsent(notice_id, version)
    _write(notice, words, by, at)
    notice.state, notice.checked_by, notice.refused, notice.version = State.DRAFT, None, "", version + 1
    notice.save()
    notice.makers.add(by)
    _choose(notice, words.customers)
    _journal(notice, gettext_noop("Notice of a change changed"), notice.title, by, at)
    return notice


@transaction.atomic
def notice_check(*, notice_id: int, version: int, by: User, at: datetime) -> ChangeNotice:
    """Confirm it as it was read. Refused forbidden for whoever wrote some of it: for an account without exception, else
    unless a house rule lets one person do both; incomplete while a slot is open or a customer would read of no change.
    """
    notice = _unsent(notice_id, version)
    if notice.state == State.CHECKED:
        raise Refused("conflict", STALE, number=notice.number)
    alone = wrote(notice, by)
    if not may_check(notice, by, at):
        raise Refused("forbidden", OWN)
    _refuse_incomplete(notice, at)
    notice.state, notice.checked_by, notice.refused = State.CHECKED, by, ""
    notice.save(update_fields=["state", "checked_by", "refused"])
    verb = gettext_noop("Notice of a change checked")
    _journal(notice, gettext_noop("Notice of a change checked by one person alone") if alone else verb, "", by, at)
    return notice


@transaction.atomic
def notice_refuse(*, notice_id: int, version: int, reason: str, by: User, at: datetime) -> ChangeNotice:
    """Send it back to whoever wrote it, with the reason; a check that was given falls."""
    notice = _unsent(notice_id, version)
    notice.refused = required(reason, field="reason", limit=200)
    notice.state, notice.checked_by, notice.version = State.DRAFT, None, version + 1
    notice.save(update_fields=["state", "checked_by", "refused", "version"])
    _journal(notice, gettext_noop("Check of a notice refused"), notice.refused, by, at)
    return notice


@transaction.atomic
def notice_send(*, notice_id: int, by: User, at: datetime, in_care_too: bool = False) -> ChangeNotice:
    """Let it go out: by mail where invoices go by mail, else it is printed to be posted. Sent again nothing changes.

    A customer in care is told in person by whoever looks after them, unless `in_care_too`. What each letter says is
    kept from now on. Refused conflict when it is unchecked or withdrawn, incomplete as notice_check.
    """
    notice = ChangeNotice.objects.select_for_update().get(pk=notice_id)
    if notice.state == State.SENT:
        return notice
    _refuse_withdrawn(notice)
    if notice.state != State.CHECKED:
        raise Refused("conflict", UNCHECKED, number=notice.number)
    _refuse_incomplete(notice, at)
    copies = Copies(notice)
    held = copies.in_care if not in_care_too else frozenset()
    for copy in copies.rows:
        recipient = copies.letters.recipient(copy.customer)
        mailed = recipient is not None and recipient.way == Invoice.Sent.MAIL and bool(recipient.emails)
        copy.paper = letter_told(copies.letters.of(copy.customer, local_day(at)))
        copy.addresses = recipient.addresses if recipient and mailed else ""
        copy.way = NoticeCopy.Way.MAIL if mailed else NoticeCopy.Way.POST
        copy.state = Copy.WAITING if mailed else Copy.POST
        if copy.customer_id in held:
            copy.state, copy.way = Copy.HELD, ""
    NoticeCopy.objects.bulk_update(copies.rows, ["paper", "addresses", "way", "state"], batch_size=100)
    notice.state, notice.sent_by, notice.sent_at = State.SENT, by, at
    notice.save(update_fields=["state", "sent_by", "sent_at"])
    _journal(notice, gettext_noop("Notice of a change sent"), str(len(copies.rows)), by, at)
    return notice


@transaction.atomic
def notice_withdraw(*, notice_id: int, reason: str, by: User, at: datetime) -> ChangeNotice:
    """Withdraw it, with the reason. Whoever looks after a customer who has been told promises to tell them so.

    Refused conflict when it is withdrawn already, or while its mails are on their way.
    """
    notice = ChangeNotice.objects.select_for_update().get(pk=notice_id)
    _refuse_withdrawn(notice)
    copies = list(notice.copies.select_related("customer__owner"))
    if any(copy.state == Copy.WAITING for copy in copies):
        raise Refused("conflict", GOING)
    notice.withdrawn, notice.state = required(reason, field="reason", limit=200), State.WITHDRAWN
    notice.save(update_fields=["withdrawn", "state"])
    for copy in copies:
        if copy.state == Copy.SENT:
            new = NewPromise(
                source=f"notice-off:{copy.pk}", what=TAKE_BACK % {"title": notice.title}, kind=Promise.Kind.REQUEST,
                owner_id=copy.customer.owner_id,
            )  # fmt: skip
            promise_make(customer=copy.customer, new=new, by=by, at=at)
    _journal(notice, gettext_noop("Notice of a change withdrawn"), notice.withdrawn, by, at)
    return notice


def _write(notice: ChangeNotice, words: NoticeWords, by: User, at: datetime) -> None:
    if words.kind not in ChangeNotice.Kind.values:
        raise Refused("invalid", WRONG, field="kind")
    if words.effective_on <= local_day(at):
        raise Refused("invalid", PAST, field="effective_on")
    answer_by = words.answer_by or answer_by_rule(words.effective_on, at)
    if not local_day(at) < answer_by <= words.effective_on:
        raise Refused("invalid", ANSWER, field="answer_by")
    notice.kind, notice.effective_on, notice.answer_by = words.kind, words.effective_on, answer_by
    notice.changed_by = by
    notice.title = required(words.title, field="title", limit=60)
    notice.text = required(words.text, field="text", limit=2000, lines=True)
    notice.changes = clean(words.changes, field="changes", limit=2000, lines=True)
    notice.old_account = notice.new_account = ""
    if words.kind == ChangeNotice.Kind.BANK:
        notice.old_account = clean(words.old_account, field="old_account", limit=300, lines=True)
        notice.new_account = clean(words.new_account, field="new_account", limit=300, lines=True)
        if not notice.new_account:
            raise Refused("incomplete", NO_ACCOUNT, field="new_account")
        if notice.new_account == notice.old_account:
            raise Refused("invalid", SAME_ACCOUNT, field="new_account")
    elif words.kind != ChangeNotice.Kind.PRICE and not notice.changes:
        raise Refused("incomplete", NO_CHANGES, field="changes")


def _choose(notice: ChangeNotice, customers: Sequence[int]) -> None:
    """Make its copies exactly those to these customers, in this order."""
    wanted = list(dict.fromkeys(customers))
    if not wanted:
        raise Refused("incomplete", NOBODY, field="customers")
    if len(wanted) > MOST:
        raise Refused("invalid", TOO_MANY, field="customers", most=MOST)
    if Customer.objects.filter(pk__in=wanted).count() != len(wanted):
        raise Refused("invalid", WRONG, field="customers")
    notice.copies.exclude(customer__in=wanted).delete()
    known = set(notice.copies.values_list("customer", flat=True))
    NoticeCopy.objects.bulk_create([NoticeCopy(notice=notice, customer_id=pk) for pk in wanted if pk not in known])


def _refuse_incomplete(notice: ChangeNotice, at: datetime) -> None:
    if notice.effective_on <= local_day(at):
        raise Refused("invalid", PAST, field="effective_on")
    if open_slots := slots(notice.title, notice.text, notice.changes):
        raise Refused("incomplete", SLOTS, slots="、".join(open_slots))
    if nothing := Copies(notice).without_change:
        names = "、".join(customer.called for customer in nothing[:SHOWN])
        raise Refused("incomplete", NOT_LISTED, names=f"{names}…" if len(nothing) > SHOWN else names)


def _unsent(notice_id: int, version: int) -> ChangeNotice:
    """Lock one that has not gone out, in the version that was read."""
    notice = ChangeNotice.objects.select_for_update().get(pk=notice_id)
    _refuse_withdrawn(notice)
    if notice.state == State.SENT:
        raise Refused("conflict", GONE, number=notice.number)
    if notice.version != version:
        raise Refused("conflict", STALE, number=notice.number)
    return notice


def _refuse_withdrawn(notice: ChangeNotice) -> None:
    if notice.state == State.WITHDRAWN:
        raise Refused("conflict", OFF, number=notice.number)


def _journal(notice: ChangeNotice, verb: str, detail: str, by: User, at: datetime) -> None:
    journal_write(actor=by, verb=verb, about=f"notice {notice.number}", detail=detail[:300], at=at)
