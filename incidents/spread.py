"""横展開 (feature 58): which other customers are exposed to the cause of an incident, read from the record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext

from billing.models import Invoice
from billing.selectors import invoices_visible, named, reads_invoices
from customers.models import Customer
from customers.search import normalise, words
from customers.selectors import customers_visible
from incidents.models import Incident, SpreadCheck
from incidents.policy import SPREAD
from incidents.selectors import incidents_visible
from incidents.words import kind_label
from office.selectors import policy
from office.viewer import Viewer

MOST_CUSTOMERS, MOST_ROWS, MOST_WORDS = 50, 200, 5
CODES = re.compile(r"[A-Za-z]+-?[0-9][0-9A-Za-z-]*")  # of a product: FC-16A, NX200


@dataclass
class Exposed:
    """A customer who may have the same trouble, why we think so, and what looking there has shown."""

    customer: Customer
    reasons: list[str] = field(default_factory=list)
    check: SpreadCheck | None = None
    number: str = ""  # of the incident opened for it, where this viewer may open it


@dataclass(frozen=True)
class Spread:
    """All of them, who was not looked at yet first; the words looked for beside the kind, and how many days back."""

    words: str
    days: int
    exposed: list[Exposed]

    @property
    def listed(self) -> list[Exposed]:
        """As many as a page holds; the counts are of all."""
        return self.exposed[:MOST_CUSTOMERS]

    @property
    def left(self) -> int:
        """How many nobody has looked at yet."""
        return sum(one.check is None for one in self.exposed)

    @property
    def found(self) -> int:
        """At how many something was found."""
        return sum(one.check is not None and one.check.outcome == SpreadCheck.Outcome.FOUND for one in self.exposed)

    @property
    def checked(self) -> int:
        """How many were looked at."""
        return len(self.exposed) - self.left


def spread(viewer: Viewer, incident: Incident, query: str | None = None) -> Spread:
    """Other customers of this viewer with an incident of the same kind, or with the same words in an incident or an
    invoice, in the days of the policy. query: the words; None takes them from the incident. Five statements.
    """
    days = int(policy(SPREAD, viewer.at))
    since = viewer.at - timedelta(days=days)
    text = default_words(viewer, incident) if query is None else query
    found: dict[int, Exposed] = {}
    for customer, reason in (*_incidents(viewer, incident, since, text), *_invoices(viewer, incident, since, text)):
        found.setdefault(customer.pk, Exposed(customer)).reasons.append(reason)
    checks = SpreadCheck.objects.filter(incident=incident, customer__in=customers_visible(viewer))
    opened = set(incidents_visible(viewer).filter(number__in=checks.values("number")).values_list("number", flat=True))
    for check in checks.select_related("customer", "by"):
        one = found.setdefault(check.customer_id, Exposed(check.customer))
        one.check, one.number = check, check.number if check.number in opened else ""
    exposed = sorted(found.values(), key=lambda one: (one.check is not None, one.customer.kana, one.customer.pk))
    return Spread(text, days, exposed)


def default_words(viewer: Viewer, incident: Incident) -> str:
    """The subject of the invoice it is about, for those who read invoices; else product codes of its first report."""
    if incident.invoice and reads_invoices(viewer):
        subject = Invoice.objects.filter(named(incident.invoice), customer=incident.customer_id).values_list("subject")
        if row := subject.first():
            return str(row[0])
    return " ".join(dict.fromkeys(CODES.findall(incident.summary)))


def _incidents(viewer: Viewer, incident: Incident, since: datetime, text: str) -> Iterator[tuple[Customer, str]]:
    rows = incidents_visible(viewer).filter(opened_at__gte=since).exclude(customer=incident.customer_id)
    same = Q(kind=incident.kind) if incident.kind != "untriaged" else Q(pk=None)
    for word in words(text)[:MOST_WORDS]:
        same |= Q(search__contains=word)
    rows = rows.filter(same).exclude(state="void").select_related("customer").defer("case", "pins", "search")
    for row in rows.order_by("-opened_at")[:MOST_ROWS]:
        kind = kind_label(row) if row.kind == incident.kind else gettext("the same words")
        yield row.customer, f"{row.number} ({kind})"


def _invoices(viewer: Viewer, incident: Incident, since: datetime, text: str) -> Iterator[tuple[Customer, str]]:
    wanted = [word for word in text.split()[:MOST_WORDS] if normalise(word)]
    if not wanted or not reads_invoices(viewer):
        return
    same = Q()
    for word in wanted:
        same |= Q(subject__icontains=word)
    rows = invoices_visible(viewer).filter(same, created_at__gte=since).exclude(customer=incident.customer_id)
    for row in rows.order_by("-pk")[:MOST_ROWS]:
        yield row.customer, f"{row.number} {row.subject}"
