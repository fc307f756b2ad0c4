"""The list of customers, and the forms for firms and their people."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.forms import CallForm, ContactForm, CustomerForm, ReadingForm
from customers.models import Call, Customer
from customers.selectors import contact_get, customer_get, customer_names, customers_visible, keeps, sets_terms
from customers.services import (
    ContactData,
    CustomerData,
    call_record,
    contact_create,
    contact_update,
    customer_create,
    customer_update,
    reading_note,
)
from office.http import accepted, viewer_of

PAGE = 50
LONGEST_QUERY = 100  # characters


def customers(request: HttpRequest) -> HttpResponse:
    """お客様: those of the viewer, found in any spelling; filters stand in the address."""
    viewer = viewer_of(request)
    query, shown = query_of(request), request.GET.get("show", "")
    found = customers_visible(viewer).found_by(query).with_care().select_related("owner")
    if shown == "mine":
        found = found.filter(owner=viewer.user)
    elif shown == "care":
        found = found.in_care()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "query": query, "shown": shown, "keeps": keeps(viewer)}
    return render(request, "customers/customers.html", context)


def names(request: HttpRequest) -> HttpResponse:
    """Names for a picker: for anybody, and nothing but name and owner."""
    rows = customer_names(query_of(request))
    offers = [{"value": row.code, "label": f"{row.name} ({row.owner.surname})"} for row in rows]
    return JsonResponse(offers, safe=False)


def customer_new(request: HttpRequest) -> HttpResponse:
    """Make a customer."""
    viewer = viewer_of(request)
    form = CustomerForm(request.POST or None, initial={"owner": viewer.user})
    made: list[Customer] = []

    def create() -> None:
        data = CustomerData(**form.data_for_service())
        made.append(customer_create(code=form.cleaned_data["code"], data=data, by=viewer.user, at=viewer.at))

    if request.method == "POST" and accepted(form, create):
        messages.success(request, _("The customer is saved."))
        return redirect("desk:customer", made[0].pk)
    return render(request, "customers/customer_edit.html", {"form": form}, status=422 if form.errors else 200)


def customer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a customer."""
    viewer = viewer_of(request)
    customer = customer_get(viewer, pk)
    form = CustomerForm(request.POST or None, initial=initial_of(customer, CustomerForm))
    del form.fields["code"]

    def update() -> None:
        data, version = CustomerData(**form.data_for_service()), form.cleaned_data["version"]
        customer_update(customer_id=pk, version=version, data=data, by=viewer.user, at=viewer.at)

    if request.method == "POST" and accepted(form, update):
        messages.success(request, _("The customer is saved."))
        return redirect("desk:customer", pk)
    context = {"form": form, "customer": customer, "may_set_terms": sets_terms(viewer)}
    return render(request, "customers/customer_edit.html", context)


def contact_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a person to a customer."""
    viewer = viewer_of(request)
    customer = customer_get(viewer, pk)
    form = ContactForm(request.POST or None, customer_id=pk)

    def create() -> None:
        data = ContactData(**form.data_for_service())
        contact_create(customer_id=pk, data=data, by=viewer.user, at=viewer.at)

    if request.method == "POST" and accepted(form, create):
        messages.success(request, _("The contact is saved."))
        return redirect("desk:customer", pk)
    return render(request, "customers/contact_edit.html", {"form": form, "customer": customer})


def contact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a person at a customer."""
    viewer = viewer_of(request)
    contact = contact_get(viewer, pk)
    initial = initial_of(contact, ContactForm)
    form = ContactForm(request.POST or None, customer_id=contact.customer_id, initial=initial)

    def update() -> None:
        data, version = ContactData(**form.data_for_service()), form.cleaned_data["version"]
        contact_update(contact_id=pk, version=version, data=data, by=viewer.user, at=viewer.at)

    if request.method == "POST" and accepted(form, update):
        messages.success(request, _("The contact is saved."))
        return redirect("desk:customer", contact.customer_id)
    context = {"form": form, "customer": contact.customer, "contact": contact}
    return render(request, "customers/contact_edit.html", context)


def call_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record how a call went, in one tap."""
    viewer = viewer_of(request)
    customer = customer_get(viewer, pk)
    initial = {"contact": request.GET.get("contact")}
    form = CallForm(request.POST or None, customer_id=pk, initial=initial)
    outcome = request.POST.get("outcome", "")

    def record() -> None:
        contact = form.cleaned_data["contact"]
        call_record(
            customer_id=pk,
            contact_id=contact.pk if contact else None,
            outcome=outcome,
            note=form.cleaned_data["note"],
            key=f"hand:{form.cleaned_data['idempotency']}",
            by=viewer.user,
            at=viewer.at,
        )

    if outcome in Call.Outcome.values and accepted(form, record):
        messages.success(request, _("The call is recorded."))
        return redirect("desk:customer", pk)
    context = {"form": form, "customer": customer, "outcomes": Call.Outcome.choices}
    return render(request, "customers/call.html", context)


def reading_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Note how warm the customer is."""
    viewer = viewer_of(request)
    customer = customer_get(viewer, pk)
    form = ReadingForm(request.POST or None)

    def note() -> None:
        cleaned = form.cleaned_data
        key = f"hand:{cleaned['idempotency']}"
        reading_note(
            customer=customer, heat=cleaned["heat"], words=cleaned["words"], key=key, by=viewer.user, at=viewer.at
        )

    if request.method == "POST" and accepted(form, note):
        messages.success(request, _("The temperature is noted."))
        return redirect(f"{reverse('desk:customer', args=[pk])}#temperature")
    context = {"form": form, "customer": customer}
    return render(request, "customers/reading.html", context, status=422 if form.errors else 200)


def query_of(request: HttpRequest) -> str:
    """Return what is looked for: without NUL, and not longer than a name can be."""
    return request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]


def initial_of(row: Any, form: type[Form]) -> dict[str, Any]:
    """Return what a form about `row` shows at first."""
    return {name: getattr(row, name) for name in form.base_fields}
