"""契約: the list, one contract with its periods, a new one, and its end."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Contract
from billing.record_forms import ContractForm, DayForm
from billing.selectors.records import contract_get, contracts_visible
from billing.services import contract_create, contract_end
from billing.views.records import posted, written
from customers.selectors import customers_visible, writes
from customers.views.customers import query_of
from office.clock import local_day
from office.http import accepted, viewer_of
from office.roles import Role

PAGE = 50
BILLED = 24  # periods shown, the latest first
DAY = gettext_lazy("Last day")


def contracts(request: HttpRequest) -> HttpResponse:
    """The viewer's contracts by number; those that have ended are shown as such."""
    viewer, query = viewer_of(request), query_of(request)
    found = contracts_visible(viewer)
    if query:
        by_name = customers_visible(viewer).found_by(query).values("pk")
        found = found.filter(Q(number__icontains=query) | Q(description__icontains=query) | Q(customer__in=by_name))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "query": query, "bills": viewer.has(Role.BILLING), "today": local_day(viewer.at)}
    return render(request, "billing/contracts.html", context)


def contract(request: HttpRequest, number: str) -> HttpResponse:
    """One contract."""
    return _page(request, contract_get(viewer_of(request), number))


def _page(request: HttpRequest, found: Contract, form: DayForm | None = None, status: int = 200) -> HttpResponse:
    viewer = viewer_of(request)
    billed = found.billed.select_related("invoice").order_by("-period_on", "-pk")[:BILLED]
    context = {
        "contract": found, "billed": billed, "bills": viewer.has(Role.BILLING), "today": local_day(viewer.at),
        "raises": writes(viewer),
        "form": form or DayForm(label=DAY, initial={"day": found.last_on}),
    }  # fmt: skip
    return render(request, "billing/contract.html", context, status=status)


def contract_new(request: HttpRequest) -> HttpResponse:
    """Write a contract down."""
    viewer = viewer_of(request)
    start = {"customer": request.GET.get("customer", ""), "first_on": local_day(viewer.at).replace(day=1)}
    form = ContractForm(posted(request), viewer=viewer, initial=start)

    def create() -> Contract:
        return contract_create(by=viewer.user, at=viewer.at, **form.data_for_service())

    said = _("The contract is recorded.")
    return written(request, "billing/contract_new.html", form, create, said, "billing:contract")


def end(request: HttpRequest, number: str) -> HttpResponse:
    """Set the last day of a contract."""
    viewer = viewer_of(request)
    found = contract_get(viewer, number)
    form = DayForm(request.POST, label=DAY)

    def write() -> None:
        contract_end(contract_id=found.pk, last_on=form.cleaned_data["day"], by=viewer.user, at=viewer.at)

    if accepted(form, write):
        messages.success(request, _("The end of the contract is noted."))
        return redirect("billing:contract", found.number)
    return _page(request, contract_get(viewer, number), form, status=422)
