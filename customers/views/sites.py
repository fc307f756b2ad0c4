"""The forms for the places of a customer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.forms import SiteForm
from customers.selectors import customer_get, site_get
from customers.services import SiteData, site_create, site_update
from customers.views.customers import initial_of
from office.http import accepted, viewer_of


def site_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a place to a customer."""
    viewer = viewer_of(request)
    customer = customer_get(viewer, pk)
    form = SiteForm(request.POST or None)

    def create() -> None:
        site_create(customer_id=pk, data=SiteData(**form.data_for_service()), by=viewer.user, at=viewer.at)

    if request.method == "POST" and accepted(form, create):
        messages.success(request, _("The site is saved."))
        return redirect("desk:customer", pk)
    return render(request, "customers/site.html", {"form": form, "customer": customer})


def site_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a place of a customer."""
    viewer = viewer_of(request)
    site = site_get(viewer, pk)
    form = SiteForm(request.POST or None, initial=initial_of(site, SiteForm))

    def update() -> None:
        data, version = SiteData(**form.data_for_service()), form.cleaned_data["version"]
        site_update(site_id=pk, version=version, data=data, by=viewer.user, at=viewer.at)

    if request.method == "POST" and accepted(form, update):
        messages.success(request, _("The site is saved."))
        return redirect("desk:customer", site.customer_id)
    return render(request, "customers/site.html", {"form": form, "customer": site.customer, "site": site})
