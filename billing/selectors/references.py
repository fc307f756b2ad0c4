"""Numbers that people name: which invoices, orders and deliveries of a customer they are (practice 0-01, feature 3)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from django.db.models import Q, Value
from django.utils.translation import gettext, gettext_noop

from billing.models import Delivery, Invoice, Order
from billing.products import number_forms, number_key
from billing.selectors.invoices import invoices_visible, named, reads_invoices
from billing.selectors.records import deliveries_visible, orders_visible
from office.errors import Refused
from office.viewer import Viewer

UNKNOWN = gettext_noop("%(number)s is no invoice, order or delivery of this customer. Please look at the number again.")
NO_LINE = gettext_noop("%(number)s has no line %(line)s.")
TOO_MANY = gettext_noop("Please name up to 20 numbers.")
MOST = 20
BETWEEN = re.compile(r"[,、，;；\n]")
WITH_LINE = re.compile(r"(.+)[#＃]([1-9][0-9]{0,2})", re.ASCII)
LABELS = {
    "invoice": gettext_noop("Invoice"), "order": gettext_noop("The order"), "delivery": gettext_noop("Delivery"),
    "return": gettext_noop("Return"),
}  # fmt: skip


class Reference(NamedTuple):
    """An invoice, order, delivery or return by its number; line: its place there, 0 for the whole."""

    sort: str
    number: str
    line: int = 0

    @property
    def label(self) -> str:
        """What it is, translated."""
        return gettext(LABELS[self.sort])


def references_named(viewer: Viewer, customer_id: int, typed: str, *, field: str = "references") -> list[Reference]:
    """Return what the numbers mean that somebody typed, in their order, each once. Three statements, none for no words.

    typed: numbers apart by commas, blanks or lines, each with #2 behind it for its second line; width and case do not
    matter. A number that two sorts bear means both. Refused invalid, about `field`, for one that is none of the
    customer's, or is not the viewer's to see: both answer alike.
    """
    pieces = [piece.strip() for piece in BETWEEN.split(typed) if piece.strip()]
    words = [word for piece in pieces for word in piece.split()]
    if len(words) > MOST:
        raise Refused("invalid", TOO_MANY, field=field)
    known = _known(viewer, customer_id, {*pieces, *words}) if words else {}
    found: dict[Reference, None] = {}
    for piece in pieces:
        for word in [piece] if _of(known, piece) else piece.split():  # a number may hold blanks
            rows = _of(known, word)
            if not rows:
                raise Refused("invalid", UNKNOWN, field=field, number=word)
            found |= dict.fromkeys(rows)
    _refuse_missing([one for one in found if one.line], field)
    return list(found)


def first_numbers(numbers: Iterable[str]) -> dict[str, str]:
    """Return by the number of an invoice the one it had as a draft, where it had one."""
    rows = Invoice.objects.filter(number__in=list(numbers)).exclude(was="")
    return dict(rows.values_list("number", "was"))


def latest_numbers(customer_id: int) -> list[str]:
    """Return the latest invoice and the latest delivery of a customer, by their numbers."""
    rows = (Invoice.objects.order_by("-pk"), Delivery.objects.order_by("-pk"))
    found = (some.filter(customer=customer_id).values_list("number", flat=True).first() for some in rows)
    return [number for number in found if number]


def reference_of_invoice(customer_id: int, number: str) -> list[Reference]:
    """Return the invoice of a customer under a number that nobody has checked; empty where there is none."""
    rows = Invoice.objects.filter(named(number), customer=customer_id) if number else Invoice.objects.none()
    return [Reference("invoice", found) for found in rows.values_list("number", flat=True)[:1]]


def _of(known: Mapping[str, Sequence[Reference]], word: str) -> list[Reference]:
    """What a word means: a number, or a number and a line of it."""
    if rows := known.get(number_key(word)):
        return list(rows)
    with_line = WITH_LINE.fullmatch(word)
    rows = known.get(number_key(with_line[1]), ()) if with_line else ()
    return [row._replace(line=int(with_line[2])) for row in rows] if with_line else []


def _known(viewer: Viewer, customer_id: int, words: set[str]) -> dict[str, list[Reference]]:
    """What of the customer bears one of these numbers, and is the viewer's to see; by the plain form of the number."""
    found: dict[str, list[Reference]] = defaultdict(list)
    if not reads_invoices(viewer):
        return found
    words = words | {one[1] for word in words if (one := WITH_LINE.fullmatch(word))}
    forms = {form for word in words for form in number_forms(word)}
    wanted = {"customer": customer_id, "number__in": forms}
    names = Q(number__in=forms) | Q(was__in=forms - {""})
    for number, was in invoices_visible(viewer).filter(names, customer=customer_id).values_list("number", "was"):
        for key in {number_key(number), number_key(was)}:
            found[key].append(Reference("invoice", number))
    orders = orders_visible(viewer).filter(**wanted).values_list(Value("order"), "number")
    deliveries = deliveries_visible(viewer).filter(**wanted).values_list("kind", "number")
    for sort, number in chain(orders, deliveries):
        found[number_key(number)].append(Reference(sort, number))
    return found


def _refuse_missing(found: Sequence[Reference], field: str) -> None:
    """Refused invalid for a line that is not there; one statement for each line that is named."""
    for sort, number, line in found:
        holders = {"invoice": Invoice, "order": Order}
        rows = holders.get(sort, Delivery)._default_manager.filter(number=number, lines__place=line)
        if not rows.exists():
            raise Refused("invalid", NO_LINE, field=field, number=number, line=line)
