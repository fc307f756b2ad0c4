"""価格表: what goods cost from which day on, for everybody or for one customer."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from billing.price_forms import PriceForm, UnitPriceForm
from billing.selectors.prices import price_get, prices_visible
from billing.services import price_put, price_remove
from billing.views.records import posted
from customers.importing import IMPORTERS
from customers.selectors import sets_terms
from customers.views.customers import query_of
from office.clock import local_day
from office.http import accepted, viewer_of

PAGE = 50


def prices(request: HttpRequest) -> HttpResponse:
    """The price list by product, the latest day first."""
    viewer, query = viewer_of(request), query_of(request)
    page = Paginator(prices_visible(viewer, query), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "query": query, "sets": sets_terms(viewer), "imports": bool(IMPORTERS & viewer.roles),
        "today": local_day(viewer.at),
    }  # fmt: skip
    return render(request, "billing/prices.html", context)


def price_new(request: HttpRequest) -> HttpResponse:
    """Set a price from a day on."""
    viewer = viewer_of(request)
    start = {"from_on": local_day(viewer.at), "product": request.GET.get("product", "")}
    form = PriceForm(posted(request), viewer=viewer, initial=start)

    def put() -> None:
        values = dict(form.cleaned_data)
        customer = values.pop("customer")
        price_put(customer_id=customer.pk if customer else None, by=viewer.user, at=viewer.at, **values)

    if request.method == "POST" and accepted(form, put):
        messages.success(request, _("The price is on the list."))
        return redirect("billing:prices")
    return render(request, "billing/price_new.html", {"form": form}, status=422 if form.is_bound else 200)


def price(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one price right."""
    viewer = viewer_of(request)
    found = price_get(viewer, pk)
    form = UnitPriceForm(posted(request), initial={"unit_price": f"{found.unit_price.normalize():f}"})

    def put() -> None:
        price_put(
            product=found.product, customer_id=found.customer_id, from_on=found.from_on, by=viewer.user, at=viewer.at,
            unit_price=form.cleaned_data["unit_price"],
        )  # fmt: skip

    if request.method == "POST" and accepted(form, put):
        messages.success(request, _("The price is on the list."))
        return redirect("billing:prices")
    return render(request, "billing/price.html", {"price": found, "form": form}, status=422 if form.is_bound else 200)


def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a price off the list."""
    viewer = viewer_of(request)
    price_remove(price_id=price_get(viewer, pk).pk, by=viewer.user, at=viewer.at)
    messages.success(request, _("The price is taken off the list."))
    return redirect("billing:prices")
