"""What billing has forgotten, or is about to (practices 0-16, 3-05, 3-06): nothing is guessed, every finding says from
which record it comes. No alarm on what came back, was billed in part, costs nothing or was cancelled: `left` tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext, gettext_noop

from billing.bounces import reason_of
from billing.due import closing_on
from billing.models import DeliveryLine, Invoice, Payment, Sending
from billing.policy import MISSED_AFTER, RISK_FROM, UNISSUED_AFTER, UNOPENED_AFTER, UNSENT_AFTER, UNSETTLED_AFTER
from billing.selectors.invoices import REPLACED, REPLACED_INVOICE, to_settle, with_figures
from billing.selectors.returns import closing_days, returns_stuck
from billing.selectors.unbilled import is_return, lines_unbilled, periods_unbilled
from billing.totals import HIGHEST, ROUNDED, adds_up
from customers.models import Customer
from office.calendar import BusinessCalendar
from office.clock import local_day
from office.selectors import business_calendar, policy

LABELS = {
    "unbilled": gettext_noop("Delivered and not billed"),
    "period": gettext_noop("Owed by contract and not billed"),
    "unissued": gettext_noop("Invoice not issued yet"),
    "sums": gettext_noop("Invoice with wrong sums"),
    "unsent": gettext_noop("Invoice not sent yet"),
    "unopened": gettext_noop("Invoice sent and not opened"),
    "bounced": gettext_noop("Invoice could not be delivered"),
    "returned": gettext_noop("Came back and on no invoice"),
    "unsettled": gettext_noop("Return invoice not settled"),
}
SENTENCES = {
    "unbilled": gettext_noop("%(what)s, delivered on %(day)s (%(number)s), is on no invoice. Cutoff: %(closing)s."),
    "period": gettext_noop("%(what)s of %(day)s (contract %(number)s) is on no invoice. Cutoff: %(closing)s."),
    "unissued": gettext_noop("%(number)s (%(yen)s yen) was made for the cutoff of %(closing)s and is not issued."),
    "sums": gettext_noop("%(number)s (%(yen)s yen): its lines, its tax, its payment days and its amount do not agree."),
    "unsent": gettext_noop("%(number)s (%(yen)s yen) was issued on %(day)s and has not been sent."),
    "unopened": gettext_noop("%(number)s was sent on %(day)s and nobody has opened it."),
    "bounced": gettext_noop("%(number)s could not be delivered: %(what)s"),
    "returned": gettext_noop(
        "%(what)s came back on %(day)s (%(number)s), and no invoice is coming from which it can be taken off."
    ),
    "unsettled": gettext_noop("%(number)s (%(yen)s yen) was issued on %(day)s and is still owed to the customer."),
}
RECORDS = ("unbilled", "period", "returned")  # kinds that are put right by a draft
# Kinds through which a customer gets no invoice for its cutoff.
LATE = ("unbilled", "period", "unissued", "unsent", "bounced")

WEEKS = timedelta(weeks=5)


@dataclass(frozen=True)
class Gap:
    """One thing that is missing: of which kind, for whom, from which record, since when, worth how much."""

    kind: str
    customer: Customer
    number: str  # of the delivery, contract or invoice
    what: str
    day: date  # delivered, first day of the period, issued or sent
    closing: date  # the customer's cutoff it belongs to
    yen: int  # before tax, of an invoice with tax; of what goes back, too, above zero
    place: int = 0  # of the line in the delivery

    @property
    def source(self) -> str:
        """The unique name of its activity."""
        return f"watch:{self.kind}:{self.number}:{self.place or self.day.isoformat()}"[:120]

    @property
    def link(self) -> str:
        """The page where it is put right."""
        if self.kind in RECORDS:
            return f"/billing/watch/?customer={self.customer.pk}"
        return f"/billing/invoices/{self.number}/"

    @property
    def label(self) -> str:
        """Its kind, translated."""
        return gettext(LABELS[self.kind])

    @property
    def text(self) -> str:
        """Its sentence, translated."""
        return gettext(SENTENCES[self.kind]) % self.params

    @property
    def params(self) -> dict[str, str]:
        """What its sentence names."""
        what = reason_of(self.what) if self.kind == "bounced" else self.what
        return {
            "what": what, "number": self.number, "yen": f"{self.yen:,}", "day": f"{self.day:%m/%d}",
            "closing": f"{self.closing:%m/%d}",
        }  # fmt: skip


def gaps(at: datetime, customer_id: int | None = None) -> list[Gap]:
    """Return everything that is missing at this moment, the oldest cutoff first; some statements, however much."""
    hours, today = business_calendar(), local_day(at)
    found = [
        *_unbilled(at, today, hours),
        *_returned(at),
        *_of_invoices(at, today, hours),
        *_wrong(today),
        *bounced(at),
        *_unsettled(at, today),
    ]
    found = [gap for gap in found if customer_id is None or gap.customer.pk == customer_id]
    return sorted(found, key=lambda gap: (gap.closing, gap.customer.pk, gap.number, gap.place))


def at_risk(at: datetime) -> list[Gap]:
    """Return what is not billed yet of customers whose cutoff is no more than some days ahead (D-5 to D-day)."""
    today = local_day(at)
    last = today + timedelta(days=int(policy(RISK_FROM, at)))
    return [gap for gap in _records(today, last) if today <= gap.closing <= last]


def missed_invoices(at: datetime) -> list[Gap]:
    """Return what a customer should have had an invoice for and has waited for too long: some business days after its
    cutoff (a house rule). Incidents ask; billing announces nothing. What goes back to a customer, or replaces what they
    have, is no missed invoice: the watch alone speaks of it."""
    last = business_calendar().business_day_after(local_day(at), -int(policy(MISSED_AFTER, at)))
    found = [gap for gap in gaps(at) if gap.kind in LATE and gap.closing <= last]
    numbers = [gap.number for gap in found if gap.kind not in RECORDS]
    others = Invoice.objects.filter(number__in=numbers).exclude(kind=Invoice.Kind.INVOICE)
    besides = set(others.values_list("number", flat=True))
    return [gap for gap in found if gap.kind in RECORDS or gap.number not in besides]


def _unbilled(at: datetime, today: date, hours: BusinessCalendar) -> list[Gap]:
    """What the drafts of a cutoff that has passed did not take: recorded late, or its draft was thrown away."""
    return [gap for gap in _records(today, today) if hours.closing_of(gap.closing) < at]


def _returned(at: datetime) -> list[Gap]:
    """What came back and waits though no invoice is coming that takes it."""
    return [_gap_of_line(one.line, one.closing, "returned") for one in returns_stuck(at)]


def bounced(at: datetime) -> list[Gap]:
    """Return the invoices whose last sending could not be delivered; of what was replaced the new one counts."""
    rows = _last_bounced().exclude(REPLACED_INVOICE)
    return [
        Gap("bounced", row.invoice.customer, row.invoice.number, row.trouble, local_day(row.at),
            row.invoice.closing_on or row.invoice.issued_on or local_day(at), row.invoice.total, row.place)
        for row in rows.select_related("invoice__customer")
    ]  # fmt: skip


def _last_bounced(invoice: OuterRef | None = None) -> QuerySet[Sending]:
    """The sendings that came back and that no newer one has replaced."""
    newer = Sending.objects.filter(invoice=OuterRef("invoice"), place__gt=OuterRef("place"))
    rows = Sending.objects.filter(~Exists(newer), state=Sending.State.BOUNCED)
    return rows if invoice is None else rows.filter(invoice=invoice)


def _proven(invoices: Sequence[Invoice]) -> set[int]:
    """The invoices that went by mail to addresses at which another one has been opened, or was paid."""
    if not invoices:
        return set()
    customers = {invoice.customer_id for invoice in invoices}
    arrived = Q(invoice__received_at__isnull=False) | Exists(
        Payment.objects.filter(invoice=OuterRef("invoice"), kind=Payment.Kind.MONEY, reversed_by=None)
    )
    sendings = Sending.objects.filter(how="mail", state=Sending.State.SENT, invoice__customer__in=customers)
    good: dict[int, set[str]] = defaultdict(set)
    for customer_id, addresses in sendings.filter(arrived).values_list("invoice__customer", "addresses"):
        good[customer_id].update(addresses.split() or [""])  # "": sent by another hand, nobody noted where to
    found = set()
    for pk, customer_id, addresses in sendings.filter(invoice__in=invoices).values_list(
        "invoice", "invoice__customer", "addresses"
    ):
        if set(addresses.split() or [""]) <= good[customer_id]:
            found.add(pk)
    return found


def _wrong(today: date) -> list[Gap]:
    """Drafts whose sums are not what their lines come to, or not what their payment days ask for; and of what was
    issued elsewhere in the last weeks, what cannot be its tax. Issued with lines, an invoice adds up and is kept
    so by the database."""
    drafts = Invoice.objects.exclude(state=Invoice.State.ISSUED)
    cannot = Q(tax__lt=0) | Q(tax__gt=F("net") * HIGHEST / 100 + ROUNDED)
    elsewhere = Invoice.objects.filter(cannot, state=Invoice.State.ISSUED, paper="", issued_on__gte=today - WEEKS)
    rows = list((drafts | elsewhere).select_related("customer").prefetch_related("lines", "instalments"))
    days = closing_days({row.customer_id for row in rows})
    return [
        Gap("sums", row.customer, row.number, row.subject, local_day(row.created_at), _closing(row, days), row.total)
        for row in rows
        if not adds_up(row, list(row.lines.all())) or not _paid_in_full(row)
    ]  # fmt: skip


def _paid_in_full(invoice: Invoice) -> bool:
    """Whether its payment days ask for all of it; a return invoice has none."""
    if invoice.kind == Invoice.Kind.RETURN:
        return True
    return sum(part.amount for part in invoice.instalments.all()) == invoice.total


def _closing(invoice: Invoice, days: Mapping[int, int]) -> date:
    """The cutoff an invoice was made for; else its planned day; else the customer's cutoff after what it bills."""
    if told := invoice.closing_on or invoice.planned_on:
        return told
    return closing_on(invoice.delivered_on or local_day(invoice.created_at), days[invoice.customer_id])


def _unsettled(at: datetime, today: date) -> list[Gap]:
    """Return invoices that have been out for long and of which something is still owed to the customer."""
    last = business_calendar().business_day_after(today, -int(policy(UNSETTLED_AFTER, at)))
    rows = to_settle(with_figures(Invoice.objects.filter(issued_on__lte=last).select_related("customer")))
    return [
        Gap("unsettled", row.customer, row.number, row.subject, row.issued_on or today, row.closing_on or today,
            -row.total - vars(row)["settled"])
        for row in rows
    ]  # fmt: skip


def _records(today: date, until: date) -> list[Gap]:
    """What is on no invoice of all that the cutoffs up to a day take in; what came back and was billed is no gap."""
    lines = [line for line in lines_unbilled(today) if not is_return(line)]
    owed = periods_unbilled(until)
    days = closing_days({line.delivery.customer_id for line in lines} | {one.contract.customer_id for one in owed})
    found = [
        _gap_of_line(line, closing_on(line.delivery.delivered_on, days[line.delivery.customer_id])) for line in lines
    ]
    for one in owed:
        contract = one.contract
        closing = closing_on(one.first_on if contract.in_advance else one.last_on, days[contract.customer_id])
        yen = int((contract.quantity * contract.unit_price).quantize(1, ROUND_DOWN))
        found.append(
            Gap("period", contract.customer, contract.number, contract.description, one.first_on, closing, yen)
        )
    return [gap for gap in found if gap.closing <= until]


def _gap_of_line(line: DeliveryLine, closing: date, kind: str = "unbilled") -> Gap:
    delivery = line.delivery
    yen = int((line.left * line.unit_price).quantize(1, ROUND_DOWN))
    what = f"{line.description} {line.left.normalize():f}{line.unit}"
    return Gap(kind, delivery.customer, delivery.number, what, delivery.delivered_on, closing, yen, line.place)


def _of_invoices(at: datetime, today: date, hours: BusinessCalendar) -> list[Gap]:
    """Drafts that stay where they are, invoices that nobody sent, or that nobody opened after they were sent."""
    ago = {key: hours.business_day_after(today, -int(policy(key, at))) for key in (UNISSUED_AFTER, UNSENT_AFTER)}
    opened_by = hours.opening_of(hours.business_day_after(today, -int(policy(UNOPENED_AFTER, at))))
    made_by = hours.closing_of(ago[UNISSUED_AFTER])
    waiting = Q(state__in=["draft", "checked"], created_at__lte=made_by)
    here = ~Q(paper="")  # what was issued elsewhere went out there
    unsent = Q(state="issued", sent_at=None, issued_on__lte=ago[UNSENT_AFTER], holds=None) & here
    waiting |= unsent & ~Exists(_last_bounced(OuterRef("pk"))) & ~REPLACED
    waiting |= Q(state="issued", sent_how="mail", received_at=None, sent_at__lte=opened_by) & ~REPLACED
    found = []
    rows = list(Invoice.objects.filter(waiting).select_related("customer"))
    proven = _proven([row for row in rows if row.sent_at is not None])
    days = closing_days({row.customer_id for row in rows})
    for invoice in rows:
        if invoice.pk in proven:  # others have been opened at this address: it is no new one
            continue
        closing = invoice.closing_on or invoice.issued_on or today
        if invoice.state != Invoice.State.ISSUED:
            kind, day = "unissued", (closing := _closing(invoice, days))
            if closing > ago[UNISSUED_AFTER]:
                continue
        elif invoice.sent_at is None:
            kind, day = "unsent", invoice.issued_on or today
        else:
            kind, day = "unopened", local_day(invoice.sent_at)
        found.append(Gap(kind, invoice.customer, invoice.number, invoice.subject, day, closing, invoice.total))
    return found
