"""Sending what was issued: by mail through the outbox with the PDF, or noted by a person (portal, post). Each goes out
once; a second time only when somebody says why (再送)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_noop

from billing.cover import body_of, subject_of
from billing.models import Enclosure, Invoice, Recipient, Sending, SendingHold
from billing.paper import Sheet
from billing.selectors.watch import bounced
from billing.services.issuing import NOT_ISSUED
from billing.services.mails import all_sent, mails_of, mails_settle, trouble_of
from billing.services.watch import watch_tell
from customers.text import clean, required
from office.calendar import refuse_far
from office.clock import local_day
from office.errors import Refused
from office.models import Outbox, User
from office.services import Message, journal_write, outbox_put

MAIL, PORTAL, POST = Invoice.Sent.MAIL, Invoice.Sent.PORTAL, Invoice.Sent.POST
NONE = gettext_noop("Please choose at least one invoice.")
REPLACED = gettext_noop("%(number)s has been replaced by %(by)s. Please send that one.")
HELD = gettext_noop("%(number)s waits for the letter of apology that goes first.")
GONE = gettext_noop("%(number)s has gone out already. To send it once more, please say why on its own page.")
NO_PAPER = gettext_noop("%(number)s has no paper here. Please send it from where it was made, and note how.")
NOT_BY_MAIL = gettext_noop("Please say first to which e-mail address invoices of %(number)s go.")
FUTURE = gettext_noop("What has gone out has a day that is not in the future.")
NO_HOLD = gettext_noop("%(number)s does not wait for anything.")
State = Sending.State


@transaction.atomic
def invoices_send(
    *, invoice_ids: Sequence[int], how: str, key: str, by: User, at: datetime, receipt: str = "",
    sent_on: date | None = None, reason: str = "",
) -> list[Sending]:  # fmt: skip
    """Send invoices by mail, or note that they went by the customer's page or by post. All of them or none.

    key: the same answers with what was done the first time. receipt: the number that the customer's page gave (needed
    there); sent_on: the day, today unless said; reason: why one goes out once more, else that is refused.
    Refused conflict also for drafts, for what was replaced or waits for a letter, and by mail without an address.
    Practices 0-13 and 3-06.
    """
    found = list(Invoice.objects.select_for_update().filter(pk__in=invoice_ids).order_by("pk"))
    if not found:
        raise Refused("invalid", NONE)
    day = local_day(at) if sent_on is None else sent_on
    refuse_far(sent_on=sent_on)
    if day > local_day(at):
        raise Refused("invalid", FUTURE, field="sent_on")
    number = required(receipt, field="receipt", limit=60) if how == PORTAL else ""
    why = clean(reason, field="reason", limit=200)
    known = {row.key: row for row in Sending.objects.filter(key__in=[_key(key, pk) for pk in invoice_ids])}
    made = []
    for invoice in found:
        if (one := known.get(_key(key, invoice.pk))) is None:
            one = _sending(invoice, _key(key, invoice.pk), how, why, by, at)
            one.receipt, one.sent_on = number, None if how == MAIL else day
            one.enclosed_id = Enclosure.objects.filter(invoice=invoice).values_list("file", flat=True).first()
            _begin(one, invoice, at)
            journal_write(actor=by, verb=gettext_noop("Invoice sent again") if one.place > 1 else
                          gettext_noop("Invoice sent"), about=f"invoice {invoice.number}",
                          detail=f"{how} {one.addresses or number}"[:300], at=at)  # fmt: skip
        made.append(one)
    return made


@transaction.atomic
def invoice_sent(*, invoice_id: int, how: str, by: User | None, at: datetime) -> Invoice:
    """Note that it went out by another hand: by mail, by the customer's page, by post. Said again nothing changes."""
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    if invoice.state != Invoice.State.ISSUED:
        raise Refused("conflict", NOT_ISSUED, number=invoice.number)
    if invoice.sent_at is None:
        _refuse_held(invoice)
        before = list(invoice.sendings.all())
        place = len(before) + 1
        Sending.objects.create(
            invoice=invoice, place=place, key=f"noted:{invoice.pk}:{place}", how=how, state=State.SENT, by=by, at=at,
            sent_on=local_day(at), ended_at=at, reason=_why("", before),
        )  # fmt: skip
        _gone(invoice, how, at)
        journal_write(actor=by, verb=gettext_noop("Invoice sent"), about=f"invoice {invoice.number}", detail=how, at=at)
    return invoice


def sendings_sweep(*, at: datetime) -> int:
    """Hand to the outbox what waited for its PDF, and read from the outbox what became of what was handed to it;
    return how many sendings changed. What an address refused goes to a clerk at once. Run again it finds nothing."""
    changed = sum(_post(pk, at) for pk in list(_unposted().values_list("pk", flat=True)))
    ended = sum(_read(pk, at) for pk in list(_posted().values_list("pk", flat=True)))
    if ended:
        watch_tell(bounced(at), at=at)
    return changed + ended


@transaction.atomic
def hold_put(*, invoice_id: int, source: str, at: datetime) -> None:
    """Keep an invoice from going out until its source is through with it. Put again nothing changes; Refused conflict
    when it has gone out already."""
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    if invoice.sent_at is not None or invoice.sendings.exclude(state=State.BOUNCED).exists():
        raise Refused("conflict", GONE, number=invoice.number)
    SendingHold.objects.get_or_create(source=source, defaults={"invoice": invoice})


@transaction.atomic
def hold_release(*, invoice_id: int, reason: str, by: User, at: datetime) -> None:
    """Let an invoice go out before the letter that it waited for, with the reason; Refused when it waits for none."""
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    why = required(reason, field="reason", limit=200)
    if not invoice.holds.all().delete()[0]:
        raise Refused("conflict", NO_HOLD, number=invoice.number)
    verb, about = gettext_noop("Invoice no longer waits for the letter"), f"invoice {invoice.number}"
    journal_write(actor=by, verb=verb, about=about, detail=why, at=at)


@transaction.atomic
def hold_drop(*, invoice_id: int, source: str, file_id: int | None = None, number: str = "") -> bool:
    """Its source is through with an invoice: it may go out. Return whether it had waited.

    file_id, number: the letter in print that goes along, in the same envelope or mail; a newer one takes its place as
    long as the invoice has not gone out. Said again nothing changes.
    """
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    if file_id is not None and invoice.sent_at is None:
        letter = {"file_id": file_id, "number": number}
        Enclosure.objects.update_or_create(invoice=invoice, defaults=letter)
    return bool(invoice.holds.filter(source=source).delete()[0])


def _key(key: str, pk: int) -> str:
    return f"{key[:120]}:{pk}"


def _sending(invoice: Invoice, key: str, how: str, reason: str, by: User, at: datetime) -> Sending:
    """A new sending, unsaved; Refused where it may not go out."""
    if invoice.state != Invoice.State.ISSUED:
        raise Refused("conflict", NOT_ISSUED, number=invoice.number)
    if newer := invoice.corrections.filter(state=Invoice.State.ISSUED).first():
        raise Refused("conflict", REPLACED, number=invoice.number, by=newer.number)
    _refuse_held(invoice)
    before = list(invoice.sendings.all())
    out = invoice.sent_at is not None or any(row.state != State.BOUNCED for row in before)
    if out and not reason:
        raise Refused("conflict", GONE, number=invoice.number)
    return Sending(
        invoice=invoice, place=len(before) + 1, key=key, how=how, state=State.WAITING, reason=_why(reason, before),
        by=by, at=at,
    )  # fmt: skip


def _why(reason: str, before: Sequence[Sending]) -> str:
    """Why it goes out once more, nothing the first time; one that came back says itself why."""
    return (reason or before[-1].trouble or before[-1].state)[:200] if before else ""


def _begin(sending: Sending, invoice: Invoice, at: datetime) -> None:
    """Save it: a mail to wait for the outbox, what a person has sent as gone."""
    if sending.how == MAIL:
        if not invoice.paper:
            raise Refused("conflict", NO_PAPER, number=invoice.number)
        recipient = Recipient.objects.filter(customer=invoice.customer_id).first()
        if recipient is None or not recipient.emails:
            raise Refused("conflict", NOT_BY_MAIL, number=invoice.number)
        sending.addresses = recipient.addresses
        sending.save()
        if invoice.file_id is not None:
            _queue(sending, invoice, at)
    else:
        sending.state, sending.ended_at = State.SENT, at
        sending.save()
        _gone(invoice, sending.how, at)
    if sending.place > 1:
        _drop_refused(invoice, sending)


def _queue(sending: Sending, invoice: Invoice, at: datetime) -> None:
    """Write one mail for each address; the keys make a second write harmless."""
    sheet, by = Sheet.read(invoice.paper), sending.by
    recipient = Recipient.objects.filter(customer=invoice.customer_id).first()
    body = body_of(
        sheet, person=recipient.person if recipient else "", by=by.surname if by else "",
        again=invoice.sendings.filter(place__lt=sending.place, state=State.SENT).exists(),
        letter=sending.enclosed_id is not None,
    )  # fmt: skip
    outbox_put([
        Message(
            key=sending.outbox_key(place), address=address, subject=subject_of(sheet), body=body, try_at=at,
            about=f"invoice {invoice.number}", file=invoice.file_id, enclosed=sending.enclosed_id,
            reply_to=by.email if by else "",
        )
        for place, address in enumerate(sending.emails)
    ], at=at)  # fmt: skip
    sending.queued_at = at
    sending.save(update_fields=["queued_at"])


def _unposted() -> QuerySet[Sending]:
    rows = Sending.objects.filter(state=State.WAITING, how=MAIL, queued_at=None, invoice__file__isnull=False)
    return rows.order_by("pk")


def _posted() -> QuerySet[Sending]:
    """Those that wait for the outbox, and those that came back: a message may be sent again from there."""
    newer = Sending.objects.filter(invoice=OuterRef("invoice"), place__gt=OuterRef("place"))
    rows = Sending.objects.filter(state__in=[State.WAITING, State.BOUNCED], queued_at__isnull=False)
    return rows.exclude(Exists(newer)).order_by("pk")


@transaction.atomic
def _post(pk: int, at: datetime) -> bool:
    sending = _locked(pk)
    if sending.state != State.WAITING or sending.queued_at is not None:
        return False
    _queue(sending, sending.invoice, at)
    return True


@transaction.atomic
def _read(pk: int, at: datetime) -> bool:
    """Take over what the outbox says: sent when all were, bounced as soon as one was given up."""
    sending = _locked(pk)
    keys = [sending.outbox_key(place) for place in range(len(sending.emails))]
    mails = mails_of(keys)
    state, trouble = _outcome(mails)
    if (state, trouble) == (sending.state, sending.trouble):
        return False
    sent = [mail.sent_at for mail in mails if mail.sent_at]
    if sent:
        _gone(sending.invoice, MAIL, max(sent))
    was = sending.state == State.BOUNCED
    sending.state, sending.trouble, sending.ended_at = state, trouble, None if state == State.WAITING else at
    sending.save(update_fields=["state", "trouble", "ended_at"])
    if state == State.BOUNCED and not was:
        verb, about = gettext_noop("Invoice could not be delivered"), f"invoice {sending.invoice.number}"
        journal_write(actor=None, verb=verb, about=about, detail=trouble, at=at)
    return True


def _outcome(mails: Sequence[Outbox]) -> tuple[str, str]:
    if trouble := trouble_of(mails):
        return State.BOUNCED, trouble
    return (State.SENT if all_sent(mails) else State.WAITING), ""


def _drop_refused(invoice: Invoice, newer: Sending) -> None:
    """The mails that came back need no decision any more: a newer sending takes their place."""
    for row in invoice.sendings.filter(how=MAIL, state=State.BOUNCED).exclude(pk=newer.pk):
        keys = [row.outbox_key(place) for place in range(len(row.emails))]
        mails_settle(keys)


def _locked(pk: int) -> Sending:
    """Lock the invoice first, as everybody does, then its sending."""
    invoice_id = Sending.objects.values_list("invoice", flat=True).get(pk=pk)
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    sending = Sending.objects.select_related("by").get(pk=pk)
    sending.invoice = invoice
    return sending


def _gone(invoice: Invoice, how: str, at: datetime) -> None:
    """The invoice has gone out; a second time the newer one counts, for what was not opened is asked from then on."""
    invoice.sent_at, invoice.sent_how = at, how
    invoice.save(update_fields=["sent_at", "sent_how"])


def _refuse_held(invoice: Invoice) -> None:
    if invoice.holds.exists():
        raise Refused("conflict", HELD, number=invoice.number)
