"""Questions about terms, invoices and payments."""

from datetime import date
from typing import NamedTuple

from django.db.models import BigIntegerField, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from billing.due import due_on, nominal_on
from billing.models import Instalment, Invoice, Payment, Terms
from customers.selectors import NOT_FOUND, theirs
from office.calendar import BusinessCalendar
from office.errors import Refused
from office.roles import Role
from office.viewer import Viewer


class PaymentDay(NamedTuple):
    """One payment day to come: as the terms say, and the bank day it moves to."""

    nominal: date
    due: date


def terms_of(customer_id: int) -> Terms:
    """Return the customer's terms; unsaved defaults when none were agreed."""
    return Terms.objects.filter(customer_id=customer_id).first() or Terms(customer_id=customer_id)


def next_payment_days(terms: Terms, today: date, banks: BusinessCalendar, count: int = 3) -> list[PaymentDay]:
    """Return the payment days of the next `count` closings, as a preview of what the terms mean."""
    days: list[PaymentDay] = []
    for month in range(count):
        base = date(today.year + (today.month - 1 + month) // 12, (today.month - 1 + month) % 12 + 1, 1)
        days.append(PaymentDay(nominal_on(base, terms), due_on(base, terms, banks)))
    return days


def reads_invoices(viewer: Viewer) -> bool:
    """Return whether invoices are part of this viewer's work at all: not a technician's, nor the system's keeper's."""
    return bool(viewer.roles - {Role.TECHNICIAN.value, Role.ADMIN.value})


def invoices_visible(viewer: Viewer) -> QuerySet[Invoice]:
    """Return the invoices of the viewer's customers, each with `paid` (yen) and `due_on` (its first payment day)."""
    return with_figures(Invoice.objects.filter(theirs(viewer, "customer__")).select_related("customer"))


def with_figures(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Add `paid`, the yen received, and `due_on`, the first payment day, in the same statement.

    What was paid for an invoice counts for the one that corrects it.
    """
    theirs = Q(invoice=OuterRef("pk")) | Q(invoice__corrections=OuterRef("pk"))
    paid = Payment.objects.filter(theirs).order_by().values(every=Value(1)).annotate(sum=Sum("amount"))
    first = Instalment.objects.filter(invoice=OuterRef("pk")).order_by().values("invoice").annotate(day=Min("due_on"))
    return invoices.annotate(
        paid=Coalesce(Subquery(paid.values("sum"), output_field=BigIntegerField()), 0),
        due_on=Subquery(first.values("day")),
    )


def unpaid(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Return the issued invoices among `invoices` (with their figures) for which money is still to come."""
    return invoices.filter(Q(("paid__lt", F("total"))), state=Invoice.State.ISSUED).exclude(REPLACED)


REPLACED = Q(corrections__state=Invoice.State.ISSUED)  # nothing is owed for it any more


def invoices_of(customer_id: int) -> QuerySet[Invoice]:
    """Return the invoices of one customer, newest first, with their figures."""
    return with_figures(Invoice.objects.filter(customer_id=customer_id).select_related("customer"))


def named(number: str) -> Q:
    """Return what tells an invoice by its number, or by the one it had as a draft."""
    return Q(number=number) | (Q(was=number) & ~Q(was=""))


def invoice_get(viewer: Viewer, number: str) -> Invoice:
    """Return one visible invoice by its document number; else Refused not_found."""
    found = invoices_visible(viewer).filter(named(number)).first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    return found
