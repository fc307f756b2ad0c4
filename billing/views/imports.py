"""The page on which a file of invoices is tried and imported."""

from django.http import HttpRequest, HttpResponse

from billing.services import invoices_import
from billing.services.imports import COLUMNS
from customers.forms import ImportForm
from customers.importing import Report
from customers.views.imports import sample, upload_page
from office.http import accepted, viewer_of


def invoices_upload(request: HttpRequest) -> HttpResponse:
    """Show the form; with a file, what is or would be imported."""
    viewer = viewer_of(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    reports: list[Report] = []

    def run() -> None:
        data: bytes = form.cleaned_data["file"].read()
        dry_run = "import" not in request.POST
        reports.append(invoices_import(data=data, by=viewer.user, at=viewer.at, dry_run=dry_run))

    if request.method == "POST":
        accepted(form, run)
    return upload_page(request, "billing/import.html", form, reports)


def invoices_sample(_request: HttpRequest) -> HttpResponse:
    """An empty file with the headings."""
    return sample("invoices.csv", COLUMNS)
