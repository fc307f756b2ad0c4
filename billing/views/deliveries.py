"""納品記録: the list, one delivery with what of it was billed, a new one, what comes back, and taking one back."""

from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from billing.models import Delivery, InvoiceLine, Order
from billing.record_forms import DeliveredForm, DeliveryForm, OwnDeliveryForm, ReturnedForm, ReturnForm
from billing.selectors.orders import progress_of
from billing.selectors.records import can_come_back, deliveries_visible, delivery_get, order_get
from billing.services import delivery_cancel, delivery_create
from billing.views.records import posted, written
from customers.selectors import customers_visible, keeps
from customers.views.customers import query_of
from office.clock import local_day
from office.http import viewer_of
from office.roles import Role
from office.viewer import Viewer

PAGE = 50


def deliveries(request: HttpRequest) -> HttpResponse:
    """Deliveries and returns, the newest first."""
    viewer, query = viewer_of(request), query_of(request)
    found = deliveries_visible(viewer)
    if query:
        by_name = customers_visible(viewer).found_by(query).values("pk")
        found = found.filter(Q(number__icontains=query) | Q(customer__in=by_name))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "query": query, "bills": viewer.has(Role.BILLING)}
    return render(request, "billing/deliveries.html", context)


def delivery(request: HttpRequest, number: str) -> HttpResponse:
    """One delivery with what of it was billed on which invoice, and what came back of it."""
    viewer = viewer_of(request)
    found = delivery_get(viewer, number)
    lines = list(found.lines.select_related("order_line__order", "of__delivery"))
    billed = InvoiceLine.objects.filter(delivery_line__in=lines).select_related("invoice").order_by("pk")
    returns = list(Delivery.objects.filter(lines__of__in=lines).distinct())
    valid = found.state == Delivery.State.VALID
    context = {
        "delivery": found, "lines": lines, "billed": billed, "bills": viewer.has(Role.BILLING), "returns": returns,
        "reports": keeps(viewer),
        "cancellable": valid and not billed and not any(back.state == Delivery.State.VALID for back in returns),
        "returnable": valid and any(can_come_back(lines).values()),
    }  # fmt: skip
    return render(request, "billing/delivery.html", context)


def delivery_new(request: HttpRequest) -> HttpResponse:
    """Write a delivery down; `?order=` with the lines of an order, at first what is still to go of each."""
    viewer = viewer_of(request)
    number = request.GET.get("order", "")
    return _of_order(request, viewer, order_get(viewer, number)) if number else _of_its_own(request, viewer)


def _of_order(request: HttpRequest, viewer: Viewer, order: Order) -> HttpResponse:
    data = posted(request)
    given = [DeliveredForm(data, of=one) for one in progress_of(order)]
    form = DeliveryForm(data, given=given, initial={"delivered_on": local_day(viewer.at)})

    def create() -> Delivery:
        return delivery_create(
            customer_id=order.customer_id, order=order.number, lines=form.lines(), by=viewer.user, at=viewer.at,
            **form.cleaned_data,
        )  # fmt: skip

    said = _("The delivery is recorded.")
    return written(request, "billing/delivery_new.html", form, create, said, "billing:delivery", order=order)


def _of_its_own(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    start = {"customer": request.GET.get("customer", ""), "delivered_on": local_day(viewer.at)}
    form = OwnDeliveryForm(posted(request), viewer=viewer, initial=start)

    def create() -> Delivery:
        values = dict(form.cleaned_data)
        customer_id = values.pop("customer").pk
        return delivery_create(customer_id=customer_id, lines=form.lines(), by=viewer.user, at=viewer.at, **values)

    said = _("The delivery is recorded.")
    return written(request, "billing/delivery_new.html", form, create, said, "billing:delivery")


def return_new(request: HttpRequest, number: str) -> HttpResponse:
    """Write down what comes back of a delivery."""
    viewer = viewer_of(request)
    found = delivery_get(viewer, number)
    lines = list(found.lines.select_related("delivery"))
    can = can_come_back(lines)
    given = [ReturnedForm(posted(request), of=line, can=can[line.pk]) for line in lines if can[line.pk] > Decimal(0)]
    form = ReturnForm(posted(request), given=given, initial={"delivered_on": local_day(viewer.at)})

    def create() -> Delivery:
        return delivery_create(
            customer_id=found.customer_id, kind=Delivery.Kind.RETURN, lines=form.lines(), by=viewer.user,
            at=viewer.at, **form.cleaned_data,
        )  # fmt: skip

    said = _("The return is recorded.")
    return written(request, "billing/return_new.html", form, create, said, "billing:delivery", delivery=found)


def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Take a delivery back that was written down by mistake."""
    viewer = viewer_of(request)
    found = delivery_get(viewer, number)
    delivery_cancel(delivery_id=found.pk, by=viewer.user, at=viewer.at)
    messages.success(request, _("The delivery is cancelled."))
    return redirect("billing:delivery", found.number)
