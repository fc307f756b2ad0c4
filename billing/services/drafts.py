"""Drafts: made by the clock on the cutoff day from what is not billed yet, or by a clerk; changed until they are issued
(practices 3-03, 3-05)."""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from billing import tax
from billing.due import A_MONTH_AND_MORE, closing_before, closing_on, due_on, nominal_on
from billing.held import NONE, Held, held, quantities
from billing.models import Cutoff, Delivery, DeliveryLine, Invoice, InvoiceLine, Terms
from billing.policy import CUTOFF_LOOK_BACK
from billing.products import number_forms, number_key
from billing.selectors.invoices import terms_of
from billing.selectors.returns import Gone, given_back, lines_sold
from billing.selectors.unbilled import Owed, is_return, lines_unbilled, periods_unbilled
from billing.services.parts import payments_put
from billing.services.records import plain
from billing.totals import counted, taxed
from customers.models import Customer
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.selectors import business_calendar, company, policy
from office.services import journal_write, number_next

MORE_THAN_LEFT = gettext_noop("More of “%(what)s” would be billed than was delivered.")
CHANGED = gettext_noop("%(number)s was changed or checked meanwhile. Please look at it again.")
NOTHING = gettext_noop("Nothing of this customer is left to bill up to this day.")
TOO_FAR = gettext_noop("This day lies after the customer's next cutoff. Please bill up to that cutoff at most.")
FROZEN = gettext_noop("The invoice %(number)s has already been issued. A mistake is corrected by a new document.")
NOT_MONEY = gettext_noop("What is taken off is more than what is billed. Make a return invoice instead.")
OTHER_KEY = gettext_noop("This key has made something else already. Please take a new one.")
RECORDED = gettext_noop("The delivery %(number)s stands here. Please make its invoice from it.")
GIVEN = gettext_noop("Numbers of this form are given when an invoice is issued. Please leave it empty.")
DRAFT = "DRAFT-"  # a draft's own number; the document number is given when it is issued, without gaps
OURS = re.compile(r"(INV|DRAFT)-\d+-\d+", re.IGNORECASE)  # the numbers that are given here


def drafts_sweep(*, at: datetime) -> int:
    """Make the drafts of every cutoff that has passed, once office hours of that day are over; return how many.

    One cutoff of one customer makes one draft, also when a person has changed it or thrown it away since; what is
    delivered or recorded later waits for the next cutoff, and the watch speaks of it. An outage of some days (a house
    rule) loses no cutoff. Run again it finds nothing to do.
    """
    today = local_day(at)
    since = today - timedelta(days=int(policy(CUTOFF_LOOK_BACK, at)))
    made = 0
    for customer_id, closing in sorted(_closings(today, since)):
        if business_calendar().closing_of(closing) <= at:
            with suppress(Refused):  # only returns: they wait for an invoice from which they can be taken off
                made += _made_by_clock(customer_id, closing, at)
    return made


def _closings(today: date, since: date) -> set[tuple[int, date]]:
    """The customers with something to bill whose cutoff was between `since` and today."""
    customers = set(lines_unbilled(today).order_by().values_list("delivery__customer", flat=True).distinct())
    ended = since - timedelta(days=A_MONTH_AND_MORE)  # a period that ended then may belong to a cutoff since
    customers |= {owed.contract.customer_id for owed in periods_unbilled(today, ended)}
    terms = {row.customer_id: row for row in Terms.objects.filter(customer__in=customers)}
    found = set()
    for customer_id in customers:
        closing = _last_closing(today, (terms.get(customer_id) or Terms()).closing_day)
        if closing >= since:
            found.add((customer_id, closing))
    done = Cutoff.objects.filter(closing_on__in={closing for _customer, closing in found})
    return found - set(done.values_list("customer_id", "closing_on"))


def _last_closing(today: date, closing_day: int) -> date:
    closing = closing_on(today, closing_day)
    return closing if closing <= today else closing_before(closing, closing_day)


@transaction.atomic
def _made_by_clock(customer_id: int, closing: date, at: datetime) -> int:
    Customer.objects.select_for_update().get(pk=customer_id)
    _cutoff, fresh = Cutoff.objects.get_or_create(
        customer_id=customer_id, closing_on=closing, defaults={"made_at": at}
    )  # fmt: skip
    if not fresh:
        return 0  # another sweep was first
    _gather(customer_id, closing, None, at)
    return 1


@transaction.atomic
def draft_gather(*, customer_id: int, until: date, by: User | None, at: datetime) -> Invoice:
    """Make a draft of all that is delivered, returned or owed up to a day; Refused when there is nothing to bill.

    by: None is the clock, and `until` then the cutoff. Refused invalid for a day after the next cutoff.
    """
    if until > closing_on(local_day(at), terms_of(customer_id).closing_day):
        raise Refused("invalid", TOO_FAR, field="until")
    Customer.objects.select_for_update().get(pk=customer_id)
    return _gather(customer_id, until, by, at)


def _gather(customer_id: int, until: date, by: User | None, at: datetime) -> Invoice:
    rows = list(lines_unbilled(until).filter(delivery__customer=customer_id).select_for_update(of=("self",)))
    owed = periods_unbilled(until, customer_id=customer_id)
    if not rows and not owed:
        raise Refused("conflict", NOTHING)
    terms = terms_of(customer_id)
    for inclusive in (terms.inclusive, not terms.inclusive):  # one invoice has one sort of prices
        lines = lines_of([row for row in rows if row.delivery.inclusive == inclusive])
        lines += [_of_period(one, until) for one in owed if one.contract.inclusive == inclusive]
        if _comes_to(lines, inclusive) <= 0:  # more came back than is billed: it waits
            lines = [line for line in lines if line.quantity > 0]
        if lines:
            break
    else:
        raise Refused("conflict", NOT_MONEY)
    lines.sort(key=lambda line: line.traded_on)
    closing = until if by is None else closing_on(min(until, local_day(at)), terms.closing_day)
    invoice = Invoice(
        customer_id=customer_id, closing_on=closing, inclusive=inclusive, created_by=by, created_at=at
    )  # fmt: skip
    notes = {line.delivery_line.delivery for line in lines if line.delivery_line}
    if len(notes) == 1:  # what a letter names
        (note,) = notes
        invoice.delivery_number, invoice.delivered_on = note.number, note.delivered_on
    if len(lines) == 1:
        invoice.quantity = f"{plain(lines[0].quantity)}{lines[0].unit}"
    return draft_save(invoice, lines, at)


def lines_of(rows: Sequence[DeliveryLine]) -> list[InvoiceLine]:
    """What is left of deliveries as lines of an invoice. Of what came back the quantity is below zero, and price and
    rate are those it was sold at, where the invoice had other ones than the delivery; sold in parts at several, it
    comes back at several, the last first. What was written down of the return itself stays, and the check tells the
    difference."""
    sold = lines_sold(rows)
    gone = given_back(sold)
    return [line for row in rows for line in _lines_of(row, sold.get(row.of_id or 0, ()), gone)]


def _lines_of(row: DeliveryLine, sold: Sequence[InvoiceLine], gone: Gone) -> Iterator[InvoiceLine]:
    """One line; of what came back and was sold in parts at several prices, one for each that it needs."""
    of = row.of_id or 0
    copied = row.of is not None and (row.unit_price, row.rate) == (row.of.unit_price, row.of.rate)
    parts = sold if copied else ()
    prices = list(dict.fromkeys((part.unit_price, part.rate) for part in parts)) or [(row.unit_price, row.rate)]
    rest = row.left
    for price, rate in prices:
        billed = sum((part.quantity for part in parts if (part.unit_price, part.rate) == (price, rate)), NONE)
        last = (price, rate) == prices[-1]
        here = rest if last else min(rest, max(billed - gone[of, price, rate], NONE))
        if here:
            yield _line_of(row, -here if is_return(row) else here, price, rate)
        gone[of, price, rate] += here
        rest -= here


def _line_of(row: DeliveryLine, quantity: Decimal, price: Decimal, rate: int) -> InvoiceLine:
    return InvoiceLine(
        traded_on=row.delivery.delivered_on, description=row.description, note=row.note, quantity=quantity,
        unit=row.unit, unit_price=price, rate=rate, delivery_line=row,
    )  # fmt: skip


def _comes_to(lines: Sequence[InvoiceLine], inclusive: bool) -> int:
    """The yen these lines come to, tax included."""
    return counted(Invoice(inclusive=inclusive, rounding=company().tax_rounding), lines)[2]


def _of_period(owed: Owed, until: date) -> InvoiceLine:
    contract = owed.contract
    note = contract.note or f"{owed.first_on:%Y/%m/%d}〜{owed.last_on:%Y/%m/%d}"
    return InvoiceLine(
        traded_on=min(owed.last_on, until), description=contract.description, note=note, quantity=contract.quantity,
        unit=contract.unit, unit_price=contract.unit_price, rate=contract.rate, contract=contract,
        period_on=owed.first_on,
    )  # fmt: skip


def draft_save(invoice: Invoice, lines: Sequence[InvoiceLine], at: datetime) -> Invoice:
    """Save a new draft with its lines, its sums and its payment days; what it bills is no longer left.

    Refused conflict where the sum is not above zero, of a return invoice not below.
    """
    today = local_day(at)
    invoice.number = draft_number(today)
    invoice.subject = invoice.subject or subject_of(lines)
    count(invoice, lines)
    if not is_money(invoice):
        raise Refused("conflict", NOT_MONEY)
    invoice.save()
    for place, line in enumerate(lines, 1):
        line.invoice, line.place = invoice, place
    InvoiceLine.objects.bulk_create(lines)
    hold({}, held(invoice, lines))
    payments_put(invoice, invoice.closing_on or today)
    verb = gettext_noop("Invoice made")
    journal_write(actor=invoice.created_by, verb=verb, about=f"invoice {invoice.number}", at=at)
    return invoice


def is_money(invoice: Invoice) -> bool:
    """Whether it asks for money; of a return invoice, whether it gives some back."""
    return invoice.total < 0 if invoice.kind == Invoice.Kind.RETURN else invoice.total > 0


def refuse_ours(number: str) -> None:
    """Refused invalid for a draft's number that looks like one of the series: thrown away, it would leave a gap."""
    if OURS.fullmatch(number):
        raise Refused("invalid", GIVEN, field="number")


def drafted(key: str, customer_id: int, reduces: Invoice | None = None) -> Invoice | None:
    """Return the draft that this tap or request has made already, of a price reduction the one off that invoice. Locks
    the customer, so that two at once make one. Refused conflict for a key that made something else."""
    Customer.objects.select_for_update().get(pk=customer_id)
    found = Invoice.objects.filter(key=key).first()
    if found is not None:
        same = found.lines.filter(reduces=reduces).exists() if reduces else found.kind == Invoice.Kind.INVOICE
        if found.customer_id != customer_id or not same:
            raise Refused("conflict", OTHER_KEY)
    return found


def deliveries_known(numbers: Collection[str]) -> set[tuple[str, int]]:
    """Return which of these delivery notes stand here, in whatever width and case: number as compared, and customer."""
    forms = {form for number in numbers for form in number_forms(number)}
    rows = Delivery.objects.filter(number__in=forms).values_list("number", "customer")
    return {(number_key(number), customer) for number, customer in rows}


def refuse_recorded(invoice: Invoice, known: Collection[tuple[str, int]]) -> None:
    """Refused conflict for sums typed for a delivery that stands here: its lines are billed from it (practice 3-03)."""
    if (number_key(invoice.delivery_number), invoice.customer_id) in known:
        raise Refused("conflict", RECORDED, field="delivery_number", number=invoice.delivery_number)


def draft_number(today: date) -> str:
    """The next draft's own number; drafts may be thrown away, so these have gaps."""
    return f"{DRAFT}{today:%y}-{number_next(key=f'draft-{today.year}'):04d}"


def count(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    """Set the amounts of lines and the sums of their invoice: tax once per rate, by the company's rule."""
    invoice.rounding = company().tax_rounding
    for line in lines:
        line.amount = tax.amount(taxed(line), invoice.rounding)
    invoice.net, invoice.tax, invoice.total = counted(invoice, lines)


@transaction.atomic
def draft_discard(*, invoice_id: int, by: User, at: datetime) -> None:
    """Throw a draft away: what it billed is left again, of a correction what it billed more. Refused for an issued
    one."""
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    refuse_issued(invoice)
    hold(held(invoice, invoice.lines.all()), quantities(invoice.corrects.lines.all()) if invoice.corrects else {})
    journal_write(actor=by, verb=gettext_noop("Draft thrown away"), about=f"invoice {invoice.number}", at=at)
    invoice.delete()


def release(invoice: Invoice) -> None:
    """A correction is issued: what it bills less than the one it replaces is left again."""
    lines = list(invoice.lines.all())
    hold(held(invoice, lines), quantities(lines))


def hold(before: Held, after: Held) -> None:
    """Take off what is left of deliveries what is held now and was not before, and give back what was; what came back
    and waits is set off against it, as if it had come back before it was billed. Refused conflict where that is more
    than was delivered."""
    more = {key: after.get(key, NONE) - before.get(key, NONE) for key in before.keys() | after.keys()}
    changed = {key for key, quantity in more.items() if quantity}
    sources = {*changed, *DeliveryLine.objects.filter(pk__in=changed, of__isnull=False).values_list("of", flat=True)}
    waiting = Q(of__in=sources, delivery__state=Delivery.State.VALID)
    locked = DeliveryLine.objects.select_for_update(of=("self",)).filter(Q(pk__in=sources) | waiting).order_by("pk")
    rows = {row.pk: row for row in locked}
    for row in rows.values():
        row.left -= more.get(row.pk, NONE)
        if not Decimal(0) <= row.left <= row.quantity:
            raise Refused("conflict", MORE_THAN_LEFT, what=row.description)
    for row in rows.values():
        if (of := rows.get(row.of_id or 0)) and (both := min(row.left, of.left)):
            row.left, of.left = row.left - both, of.left - both
    DeliveryLine.objects.bulk_update(rows.values(), ["left"])


def count_from(invoice: Invoice, old: date, new: date, terms: Terms) -> bool:
    """Move the days that counted from `old` so that they count from `new`; parts with a day of their own stay. What
    has no record behind it is traded that day. Returns whether a day of payment moved."""
    days = {"nominal_on": nominal_on(new, terms), "due_on": due_on(new, terms, business_calendar())}
    parts = invoice.instalments.filter(base_on=old)
    moved = parts.exclude(**days).exists()
    parts.update(base_on=new, **days)
    invoice.lines.filter(delivery_line=None, contract=None, traded_on=old).update(traded_on=new)
    return moved


def uncheck(invoice: Invoice) -> None:
    """What was changed is a draft again, whoever had checked it."""
    invoice.state, invoice.checked_by, invoice.checked_at = Invoice.State.DRAFT, None, None
    invoice.version += 1


def refuse_issued(invoice: Invoice) -> None:
    """Refused when it is issued."""
    if invoice.state == Invoice.State.ISSUED:
        raise Refused("conflict", FROZEN, number=invoice.number)


def subject_of(lines: Sequence[InvoiceLine]) -> str:
    """What a draft is about: its dearest line, and that there are more."""
    first = max(lines, key=lambda line: abs(line.quantity * line.unit_price))
    return first.description + (" ほか" if len({line.description for line in lines}) > 1 else "")
