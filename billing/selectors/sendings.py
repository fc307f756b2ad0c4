"""What is to go out, by which way, and what came back: the list of the clerk at the month's end (practice 3-06)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from billing.models import Invoice, Recipient, Sending, SendingHold
from billing.selectors.invoices import REPLACED, REPLACED_INVOICE
from customers.models import Contact
from customers.selectors import theirs
from office.viewer import Viewer

MOST = 500  # invoices in one list


@dataclass
class Out:
    """Issued invoices that have not gone out: by mail, by post, by the customer's page; unasked: nobody has asked this
    customer by which way; held: they wait for a letter. waiting, bounced: sendings on their way, and those that came
    back."""

    mail: list[Invoice] = field(default_factory=list)
    post: list[Invoice] = field(default_factory=list)
    portal: list[Invoice] = field(default_factory=list)
    unasked: list[Invoice] = field(default_factory=list)
    held: list[Invoice] = field(default_factory=list)
    waiting: Sequence[Sending] = ()
    bounced: Sequence[Sending] = ()
    left: frozenset[str] = frozenset()  # addresses of people who have left

    @property
    def count(self) -> int:
        """How many invoices have not gone out."""
        return sum(map(len, (self.mail, self.post, self.portal, self.unasked, self.held, self.bounced)))


def recipient_of(customer_id: int) -> Recipient | None:
    """Return how invoices go to this customer; None when nobody has asked yet."""
    return Recipient.objects.filter(customer=customer_id).first()


def to_send(viewer: Viewer) -> Out:
    """Return the invoices of the viewer's customers that have not gone out, each under its way; some statements."""
    rows = Invoice.objects.filter(theirs(viewer, "customer__"), state=Invoice.State.ISSUED, sent_at=None)
    rows = rows.exclude(paper="").exclude(REPLACED).filter(~Exists(Sending.objects.filter(invoice=OuterRef("pk"))))
    rows = rows.annotate(is_held=Exists(SendingHold.objects.filter(invoice=OuterRef("pk"))))
    found = Out()
    lists = {"mail": found.mail, "post": found.post, "portal": found.portal, "": found.unasked}
    for invoice in rows.select_related("customer__recipient", "enclosure").order_by("issued_on", "number")[:MOST]:
        recipient = getattr(invoice.customer, "recipient", None)
        (found.held if vars(invoice)["is_held"] else lists[recipient.way if recipient else ""]).append(invoice)
    sendings = _newest(viewer)
    found.waiting = list(sendings.filter(state=Sending.State.WAITING)[:MOST])
    found.bounced = list(sendings.filter(state=Sending.State.BOUNCED).exclude(REPLACED_INVOICE)[:MOST])
    found.left = _left([invoice.customer_id for invoice in found.mail])
    return found


def _newest(viewer: Viewer) -> QuerySet[Sending]:
    newer = Sending.objects.filter(invoice=OuterRef("invoice"), place__gt=OuterRef("place"))
    rows = Sending.objects.filter(~Exists(newer), theirs(viewer, "invoice__customer__"))
    return rows.select_related("invoice__customer", "by").order_by("pk")


def _left(customers: Sequence[int]) -> frozenset[str]:
    """The addresses of people at these customers who have left."""
    rows = Contact.objects.filter(customer__in=customers, left_on__isnull=False).exclude(email="")
    return frozenset(rows.values_list("email", flat=True))
