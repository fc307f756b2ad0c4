"""受注: the list, one order with what went of it, a new one; its promised day, and taking it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Delivery, Order
from billing.record_forms import DayForm, OrderForm
from billing.selectors.orders import OPEN, SHOWN, deliveries_of, order_with_standing, orders_page
from billing.selectors.three_way import traced, untraced
from billing.services import order_cancel, order_create, order_promise
from billing.views.records import posted, written
from customers.selectors import keeps
from customers.views.customers import query_of
from office.clock import local_day
from office.http import accepted, viewer_of
from office.roles import Role

DAY = gettext_lazy("Delivery date, as promised")


def orders(request: HttpRequest) -> HttpResponse:
    """The viewer's orders, the latest first; what is looked for stands in the address."""
    viewer, query = viewer_of(request), query_of(request)
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else OPEN
    page = orders_page(viewer, q=query, shown=shown, before=request.GET.get("before", ""))
    address = request.GET.copy()
    address["before"] = page.older
    context = {"rows": page.rows, "older": f"?{address.urlencode()}" if page.older else "", "query": query,
               "shown": shown, "bills": viewer.has(Role.BILLING)}  # fmt: skip
    return render(request, "billing/orders.html", context)


def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order."""
    return _page(request, order_with_standing(viewer_of(request), number))


def _page(request: HttpRequest, found: Order, form: DayForm | None = None, status: int = 200) -> HttpResponse:
    viewer = viewer_of(request)
    went, is_open = deliveries_of(found), found.state == Order.State.OPEN
    context = {
        "order": found, "lines": traced(found), "untraced": untraced(found), "deliveries": went,
        "cancellable": is_open and not any(one.state == Delivery.State.VALID for one in went),
        "form": form or DayForm(label=DAY, initial={"day": found.promised_on}),
        "bills": viewer.has(Role.BILLING), "promises": keeps(viewer),
    }  # fmt: skip
    return render(request, "billing/order.html", context, status=status)


def order_new(request: HttpRequest) -> HttpResponse:
    """Write an order down."""
    viewer = viewer_of(request)
    start = {"customer": request.GET.get("customer", ""), "ordered_on": local_day(viewer.at)}
    form = OrderForm(posted(request), viewer=viewer, initial=start)

    def create() -> Order:
        values = dict(form.cleaned_data)
        customer_id = values.pop("customer").pk
        return order_create(customer_id=customer_id, lines=form.lines(), by=viewer.user, at=viewer.at, **values)

    return written(request, "billing/order_new.html", form, create, _("The order is recorded."), "billing:order")


def promise(request: HttpRequest, number: str) -> HttpResponse:
    """Set or move the promised day."""
    viewer = viewer_of(request)
    found = order_with_standing(viewer, number)
    form = DayForm(request.POST, label=DAY)

    def write() -> None:
        order_promise(order_id=found.pk, promised_on=form.cleaned_data["day"], by=viewer.user, at=viewer.at)

    if accepted(form, write):
        messages.success(request, _("The delivery date is noted."))
        return redirect("billing:order", found.number)
    return _page(request, found, form, status=422)


def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Take an order back of which nothing was delivered."""
    viewer = viewer_of(request)
    found = order_with_standing(viewer, number)
    order_cancel(order_id=found.pk, by=viewer.user, at=viewer.at)
    messages.success(request, _("The order is cancelled."))
    return redirect("billing:order", found.number)
