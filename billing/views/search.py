"""What every list of transactions shares: the parts of a search in the address, one page, the way to the next."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from billing.forms import SearchForm
from billing.selectors import Wanted, payments_page
from billing.selectors.search import Page
from customers.views.customers import query_of
from office.http import viewer_of

SPANS = tuple(SearchForm.base_fields)
LONGEST_NUMBER = 40


def searched(request: HttpRequest, states: Sequence[str], page: Callable[[Wanted], Page[Any]]) -> dict[str, Any]:
    """Return what a list shows: its form, its page (none when something typed cannot be read), the way to the next."""
    asked = request.GET
    form = SearchForm(asked)
    state = asked.get("state", "")
    before = asked.get("before", "").replace("\0", "")[:LONGEST_NUMBER]
    context: dict[str, Any] = {"form": form, "query": query_of(request), "shown": state if state in states else ""}
    context["spans"] = any(asked.get(name, "").strip() for name in SPANS)
    context["narrowed"] = bool(context["query"] or context["shown"] or context["spans"] or before)
    if not form.is_valid():
        return context | {"page": None}
    found = page(form.wanted(q=context["query"], state=context["shown"], before=before))
    if found.older:
        further = asked.copy()
        further["before"] = found.older
        context["older"] = f"?{further.urlencode()}"
    return context | {"page": found, "first": not before}


def payments(request: HttpRequest) -> HttpResponse:
    """入金の記録: the money that came in from the viewer's customers, the latest first."""
    viewer = viewer_of(request)
    context = searched(request, (), lambda wanted: payments_page(viewer, wanted))
    return render(request, "billing/payments.html", context, status=422 if context["form"].errors else 200)
