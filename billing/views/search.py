"""What every list of transactions shares: the parts of a search in the address, one page, the way to the next."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from billing.forms import SearchForm
from billing.policy import KEEP_LOSS_YEARS, KEEP_YEARS
from billing.selectors import Wanted, payments_page
from billing.selectors.invoices import kept_since
from billing.selectors.search import Page
from billing.services import invoices_export
from billing.services.exports import MOST
from customers.views.customers import LONGEST_QUERY, query_of
from office.errors import Refused
from office.http import viewer_of
from office.selectors import policy
from office.viewer import Viewer

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


def keeping(request: HttpRequest) -> HttpResponse:
    """帳簿書類の保存: what is kept, from when, for how long; how it is found, handed over and checked."""
    viewer = viewer_of(request)
    invoices_since, payments_since = kept_since(viewer)
    context = {
        "invoices_since": invoices_since, "payments_since": payments_since, "most": MOST,
        "years": policy(KEEP_YEARS, viewer.at), "loss_years": policy(KEEP_LOSS_YEARS, viewer.at), "form": SearchForm(),
    }  # fmt: skip
    return render(request, "billing/keeping.html", context)


def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The ZIP of what was looked for. Refused with a sentence for what cannot be read."""
    form = SearchForm(request.POST)
    if not form.is_valid():
        raise Refused("invalid", str(next(iter(form.errors.values()))[0]).replace("%", "%%"))
    query = request.POST.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
    return handed_over(viewer_of(request), form.wanted(q=query, state="", before=""))


def handed_over(viewer: Viewer, wanted: Wanted) -> StreamingHttpResponse:
    """The answer that streams an export, for page and program."""
    made = invoices_export(viewer=viewer, wanted=wanted)
    answer = StreamingHttpResponse(made.data, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Documents"] = str(made.count)
    return answer
