"""Questions about terms, invoices and payments."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import BigIntegerField, F, Manager, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from billing.models import Instalment, Invoice, Payment, Settlement, Terms
from customers.selectors import NOT_FOUND, theirs
from office.clock import local_day
from office.errors import Refused
from office.roles import Role
from office.viewer import Viewer


def terms_of(customer_id: int) -> Terms:
    """Return the customer's terms; unsaved defaults when none were agreed."""
    return Terms.objects.filter(customer_id=customer_id).first() or Terms(customer_id=customer_id)


def reads_invoices(viewer: Viewer) -> bool:
    """Return whether invoices are part of this viewer's work at all: not a technician's, nor the system's keeper's."""
    return bool(viewer.roles - {Role.TECHNICIAN.value, Role.ADMIN.value})


def invoices_visible(viewer: Viewer) -> QuerySet[Invoice]:
    """Return the invoices of the viewer's customers, each with `paid` (yen) and `due_on` (its first payment day)."""
    return with_figures(Invoice.objects.filter(theirs(viewer, "customer__")).select_related("customer"))


def with_figures(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Add `paid`, the yen received, `due_on`, the first payment day, and `settled`, the yen a return invoice has given
    back, in the same statement.

    What was paid for an invoice counts for the one that corrects it, also the second time.
    """
    first = Instalment.objects.filter(invoice=OuterRef("pk")).order_by().values("invoice").annotate(day=Min("due_on"))
    return invoices.annotate(
        settled=in_all(Settlement.objects), paid=in_all(Payment.objects), due_on=Subquery(first.values("day"))
    )


def in_all(rows: Manager[Any], path: str = "") -> Combinable:
    """Return the yen of these rows that belong to an invoice of an outer query (at `path`), to the one it corrects, and
    to the one before that: no chain is longer (`MOST_CORRECTIONS`). Each by an index; a join in the outer query would
    make searches among a million slower."""
    corrects = f"{path}__corrects" if path else "corrects"
    both = Q(invoice=OuterRef(path or "pk")) | Q(invoice=OuterRef(corrects))
    first = Invoice.objects.filter(pk=OuterRef(OuterRef(corrects))).order_by().values("corrects")
    return _sum(rows, both) + _sum(rows, Q(invoice=Subquery(first)))


def _sum(rows: Manager[Any], where: Q) -> Coalesce:
    found: QuerySet[Any, Any] = rows.filter(where).order_by().values(every=Value(1)).annotate(sum=Sum("amount"))
    return Coalesce(Subquery(found.values("sum"), output_field=BigIntegerField()), 0)


def versions_before(invoice: Invoice) -> list[Invoice]:
    """Return the invoices that this one corrects, the latest first: empty for one that corrects none."""
    found: list[Invoice] = []
    while (before := (found[-1] if found else invoice).corrects) is not None:
        found.append(before)
    return found


def unpaid(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Return the issued invoices among `invoices` (with their figures) for which money is still to come."""
    return invoices.filter(Q(("paid__lt", F("total"))), state=Invoice.State.ISSUED).exclude(REPLACED)


def to_settle(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Return the issued return invoices among `invoices` (with their figures) of which something is still owed to the
    customer."""
    found = invoices.filter(Q(("settled__lt", -F("total"))), state=Invoice.State.ISSUED, kind=Invoice.Kind.RETURN)
    return found.exclude(REPLACED)


MOST_CORRECTIONS = 2  # of one invoice, each correcting the one before
REPLACED = Q(corrections__state=Invoice.State.ISSUED)  # nothing is owed for it any more
REPLACED_INVOICE = Q(invoice__corrections__state=Invoice.State.ISSUED)  # the same, of its lines and payments
REPLACING = Q(corrects__isnull=False) & ~Q(state=Invoice.State.ISSUED)  # a correction that does not count yet


def invoices_of(customer_id: int) -> QuerySet[Invoice]:
    """Return the invoices of one customer, newest first, with their figures."""
    return with_figures(Invoice.objects.filter(customer_id=customer_id).select_related("customer"))


def named(number: str) -> Q:
    """Return what tells an invoice by its number, or by the one it had as a draft."""
    return Q(number=number) | (Q(was=number) & ~Q(was=""))


def two_names(invoice: Invoice) -> list[str]:
    """Return the number of an invoice, and the one it had as a draft."""
    return [number for number in (invoice.number, invoice.was) if number]


def invoices_late(viewer: Viewer, customer_id: int, since: date) -> QuerySet[Invoice]:
    """Return the invoices of one customer that went out after the day planned for them, or have not gone out though it
    has passed; planned from `since` on, the newest first. None for whom invoices are not their work."""
    if not reads_invoices(viewer):
        return Invoice.objects.none()
    today = local_day(viewer.at)
    late = Q(issued_on__gt=F("planned_on")) | Q(issued_on__isnull=True, planned_on__lt=today)
    rows = Invoice.objects.filter(theirs(viewer, "customer__"), late, customer_id=customer_id, planned_on__gte=since)
    return rows.filter(corrects=None).order_by("-planned_on", "-pk")  # a correction has no day of its own


def kept_since(viewer: Viewer) -> tuple[date | None, date | None]:
    """Return the first day of issue and the first day of payment among what the viewer may read."""
    mine = Invoice.objects.filter(theirs(viewer, "customer__"), issued_on__isnull=False).order_by("issued_on")
    paid = Payment.objects.filter(theirs(viewer, "invoice__customer__")).order_by("received_on")
    return mine.values_list("issued_on", flat=True).first(), paid.values_list("received_on", flat=True).first()


def invoice_get(viewer: Viewer, number: str) -> Invoice:
    """Return one visible invoice by its document number; else Refused not_found."""
    found = invoices_visible(viewer).filter(named(number)).first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    return found
