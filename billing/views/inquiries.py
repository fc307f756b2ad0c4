"""請求のお問い合わせ: the list, writing one down, and one with its answer."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing.inquiry_forms import MOST_INVOICES, AnswerForm, InquiryForm, PostponeForm
from billing.models import Inquiry, Invoice
from billing.selectors import invoices_of, reads_invoices
from billing.selectors.inquiries import answerers_of, inquiries_visible, inquiry_get
from billing.services import inquiry_answer, inquiry_note, inquiry_postpone
from billing.services.inquiries import answer_by_rule
from customers.models import Customer
from customers.selectors import chases_to_take_back, contacts_of, customer_get, writes
from office.http import accepted, viewer_of
from office.viewer import Viewer

PAGE = 50
RECORDED = gettext_noop("The answer is recorded.")
TOLD = {
    Inquiry.Outcome.CORRECT: gettext_noop("The answer is recorded. Next the invoice is corrected."),
    Inquiry.Outcome.INCIDENT: gettext_noop("The answer is recorded. Next the first report."),
}


def inquiries(request: HttpRequest) -> HttpResponse:
    """The viewer's questions: those that wait, the next day first; or those that are answered, the newest first."""
    viewer = viewer_of(request)
    found, shown = inquiries_visible(viewer), request.GET.get("state", "open")
    lists = {
        "late": found.open().filter(promise__answer_by__lt=viewer.at).order_by("promise__answer_by", "pk"),
        "answered": found.exclude(answered_at=None).order_by("-answered_at", "-pk"),
    }
    waiting = found.open().order_by("promise__answer_by", "pk")
    page = Paginator(lists.get(shown, waiting), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "shown": shown if shown in lists else "open", "count": found.open().count(), "at": viewer.at,
    }  # fmt: skip
    return render(request, "billing/inquiries.html", context)


def inquiry_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what a customer asks, from the customer's page or from an invoice (?invoice=)."""
    viewer = viewer_of(request)
    customer = customer_get(viewer, pk)
    form = InquiryForm(request.POST or None, customer_id=pk, people=answerers_of(customer, viewer),
                       invoices=_offered(viewer, customer), initial=_begun(request, viewer))  # fmt: skip
    made: list[Inquiry] = []

    def note() -> None:
        key = f"hand:{form.cleaned_data['idempotency']}"
        made.append(inquiry_note(customer_id=pk, question=form.question(), by=viewer.user, at=viewer.at, key=key))

    if request.method == "POST" and accepted(form, note):
        messages.success(request, _("The question is noted. It stands on Today of whoever answers."))
        return redirect("billing:inquiry", made[0].number)
    context = {"form": form, "customer": customer}
    return render(request, "billing/inquiry_new.html", context, status=422 if form.errors else 200)


def _begun(request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    invoice = request.GET.get("invoice", "").replace("\0", "")[:40]
    return {"invoice": invoice, "answer_by": answer_by_rule(viewer.at), "owner": viewer.user.pk}


def _offered(viewer: Viewer, customer: Customer) -> Any:
    """The invoices a question may be about: issued, the newest first."""
    if not reads_invoices(viewer):
        return Invoice.objects.none()
    issued = invoices_of(customer.pk).filter(state=Invoice.State.ISSUED)
    return Invoice.objects.filter(pk__in=list(issued.values_list("pk", flat=True)[:MOST_INVOICES])).order_by("-pk")


def inquiry(request: HttpRequest, number: str) -> HttpResponse:
    """One question, what was promised and what was answered."""
    return _page(request, inquiry_get(viewer_of(request), number), {})


def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Record the answer; from there the next act is one tap away."""
    viewer = viewer_of(request)
    found, form = inquiry_get(viewer, number), AnswerForm(request.POST)

    def record() -> None:
        key = f"hand:{form.cleaned_data['idempotency']}"
        inquiry_answer(inquiry_id=found.pk, answer=form.given(), by=viewer.user, at=viewer.at, key=key)

    if accepted(form, record):
        messages.success(request, _(TOLD.get(form.cleaned_data["outcome"], RECORDED)))
        return redirect("billing:inquiry", number)
    return _page(request, found, {"answer": form}, status=422)


def postpone(request: HttpRequest, number: str) -> HttpResponse:
    """A later time was agreed with the customer."""
    viewer = viewer_of(request)
    found, form = inquiry_get(viewer, number), PostponeForm(request.POST)

    def move() -> None:
        inquiry_postpone(inquiry_id=found.pk, by=viewer.user, at=viewer.at, **form.cleaned_data)

    if accepted(form, move):
        messages.success(request, _("The new time stands in the ledger."))
        return redirect("billing:inquiry", number)
    return _page(request, found, {"postpone": form}, status=422)


def _page(request: HttpRequest, found: Inquiry, bound: dict[str, Form], status: int = 200) -> HttpResponse:
    viewer = viewer_of(request)
    forms: dict[str, Form] = {
        "answer": AnswerForm(initial={"to": found.asker_called, "answered_at": viewer.at}),
        "postpone": PostponeForm(auto_id="postpone_%s", initial={"was": found.promise.answer_by}),
    }
    context = {
        "inquiry": found, "forms": forms | bound, "refused": next(iter(bound.values()), None),
        "writes": writes(viewer), "reads": reads_invoices(viewer), "at": viewer.at, "key": uuid4(),
        "mistaken": chases_to_take_back(viewer),
        "contacts": contacts_of(found.customer_id) if found.answered_at is None else (),
        "corrected_by": found.invoice.corrections.first() if found.invoice else None,
    }  # fmt: skip
    return render(request, "billing/inquiry.html", context, status=status)
