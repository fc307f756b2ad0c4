"""入金の消込: what the bank says came in, with what fits it; a person books in one tap, or chooses otherwise."""

import re
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from billing.forms import PART, AsideForm, BankFileForm, BookingForm, CancelForm
from billing.matching import By, Claim
from billing.models import BankReceipt, Instalment
from billing.selectors import Proposed, claims_open, proposed, receipt_get, receipts
from billing.selectors.receipts import can_cancel
from billing.services import (
    Booking,
    Imported,
    receipt_book,
    receipt_cancel,
    receipt_put_aside,
    receipt_undo,
    receipts_import,
)
from customers.models import Customer
from customers.search import words
from customers.selectors import customers_visible, theirs
from customers.views.customers import query_of
from office.http import accepted, viewer_of
from office.viewer import Viewer

PAGE = 20
MOST_CLAIMS = 30  # offered at once when a person chooses
POSTED = re.compile(rf"{PART}(\d{{1,18}})", re.ASCII)
Open = tuple[list[Claim], dict[int, Customer]]  # instalments for which money is to come, and whose they are
ENDED = (BankReceipt.State.BOOKED, BankReceipt.State.ASIDE, BankReceipt.State.CANCELLED)


def receipts_page(request: HttpRequest) -> HttpResponse:
    """Transfers to be booked, the oldest first, each with what fits best; or those that are dealt with."""
    viewer, shown = viewer_of(request), request.GET.get("state", "")
    if shown in ENDED:
        rows: list[Proposed] = []
        found: Any = receipts().filter(state=shown).order_by("-day", "-pk")
    else:
        shown, found = "", proposed(viewer)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [row if isinstance(row, Proposed) else Proposed(row, []) for row in page]
    context = {"page": page, "rows": _shown(rows), "shown": shown, "ended": ENDED, "idempotency": uuid4()}
    return render(request, "billing/receipts.html", context)


def upload(request: HttpRequest) -> HttpResponse:
    """Bring in a bank's file; then say what it held."""
    viewer = viewer_of(request)
    form = BankFileForm(request.POST or None, request.FILES or None)
    done: list[Imported] = []

    def run() -> None:
        done.append(receipts_import(data=form.cleaned_data["file"].read(), viewer=viewer))

    if request.method == "POST":
        accepted(form, run)
    context = {"form": form, "done": done[0] if done else None}
    return render(request, "billing/receipts_import.html", context, status=422 if form.errors else 200)


def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One transfer: what fits, another choice, put aside, take back."""
    return _page(request, pk)


def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Book it as proposed or as chosen."""
    viewer = viewer_of(request)
    claims, customers = _named(request, viewer)
    form = BookingForm(request.POST, claims=claims, customers=customers)

    def run() -> None:
        parts = [Booking(instalment, yen) for instalment, yen in form.parts()]
        key = f"hand:{form.cleaned_data['idempotency']}"
        learn = form.cleaned_data["learn"]
        receipt_book(receipt_id=pk, parts=parts, learn=learn, key=key, by=viewer.user, at=viewer.at)

    if accepted(form, run):
        messages.success(request, _("The transfer is booked."))
        return redirect("billing:receipts")
    return _page(request, pk, form=form)


def aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it aside with a reason."""
    viewer, form = viewer_of(request), AsideForm(request.POST)

    def run() -> None:
        receipt_put_aside(receipt_id=pk, by=viewer.user, at=viewer.at, **form.cleaned_data)

    if accepted(form, run):
        messages.success(request, _("The transfer is put aside."))
        return redirect("billing:receipts")
    return _page(request, pk, aside_form=form)


def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which transfer a cancel record of the bank takes back."""
    form = CancelForm(request.POST)

    def run() -> None:
        receipt_cancel(cancel_id=pk, receipt_id=form.cleaned_data["receipt"], viewer=viewer_of(request))

    if accepted(form, run):
        messages.success(request, _("The transfer is taken back."))
        return redirect("billing:receipt", form.cleaned_data["receipt"])
    return _page(request, pk, cancel_form=form)


def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the booking back."""
    viewer = viewer_of(request)
    receipt_undo(receipt_id=pk, by=viewer.user, at=viewer.at)
    messages.success(request, _("The booking is taken back."))
    return redirect("billing:receipt", pk)


def _page(
    request: HttpRequest, pk: int, form: BookingForm | None = None, aside_form: AsideForm | None = None,
    cancel_form: CancelForm | None = None,
) -> HttpResponse:  # fmt: skip
    viewer, found = viewer_of(request), receipt_get(pk)
    row = next((row for row in proposed(viewer) if row.receipt.pk == pk), Proposed(found, []))
    claims, customers = _choice(request, viewer, row)
    context = {
        "row": _shown([row])[0],
        "receipt": found,
        "form": form or BookingForm(claims=claims, customers=customers),
        "aside_form": aside_form or AsideForm(),
        "chooses": bool(claims or form),
        "cancel_form": cancel_form,
        "cancelled": can_cancel(found).order_by("-day", "-pk")[:MOST_CLAIMS] if found.cancels else [],
        "payments": found.payments.select_related("invoice__customer", "recorded_by").order_by("pk"),
        "query": query_of(request),
        "idempotency": uuid4(),
    }
    return render(request, "billing/receipt.html", context, status=422 if form or aside_form or cancel_form else 200)


def _choice(request: HttpRequest, viewer: Viewer, row: Proposed) -> Open:
    """What is open for the customers who were looked for, else for those who were recognised."""
    query = query_of(request)
    if words(query):
        customers = list(customers_visible(viewer).found_by(query).values_list("pk", flat=True)[:PAGE])
    else:
        customers = [proposal.customer for proposal in row.proposals if proposal.by != By.AMOUNT]
    claims, whose = claims_open(Q(invoice__customer__in=customers) & theirs(viewer, "invoice__customer__"))
    return sorted(claims, key=lambda claim: (claim.due_on, claim.instalment))[:MOST_CLAIMS], whose


def _named(request: HttpRequest, viewer: Viewer) -> Open:
    """The instalments that the form names and that are still open."""
    posted = {int(found[1]) for name in request.POST if (found := POSTED.fullmatch(name))}
    whole = Q(invoice__in=Instalment.objects.filter(pk__in=posted).values("invoice"))
    claims, whose = claims_open(whole & theirs(viewer, "invoice__customer__"))
    return [claim for claim in claims if claim.instalment in posted], whose


def _shown(rows: list[Proposed]) -> list[dict[str, Any]]:
    """Each transfer with its proposals and their customers, whose names and terms take one statement."""
    named = {proposal.customer for row in rows for proposal in row.proposals}
    customers = Customer.objects.select_related("terms").in_bulk(named) if named else {}
    return [
        {
            "receipt": row.receipt,
            "left": row.receipt.amount - row.receipt.booked,  # type: ignore[attr-defined]  # annotated
            "proposals": [{"proposal": found, "customer": customers[found.customer]} for found in row.proposals],
        }
        for row in rows
    ]
