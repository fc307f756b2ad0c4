"""The page on which a file of customers is tried and imported."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from customers.forms import ImportForm
from customers.importing import Report
from customers.services import customers_import
from customers.services.imports import COLUMNS
from office.csvfile import Column
from office.http import accepted, viewer_of


def customers_upload(request: HttpRequest) -> HttpResponse:
    """Show the form; with a file, what is or would be imported."""
    viewer = viewer_of(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    reports: list[Report] = []

    def run() -> None:
        data: bytes = form.cleaned_data["file"].read()
        dry_run = "import" not in request.POST
        reports.append(customers_import(data=data, by=viewer.user, at=viewer.at, dry_run=dry_run))

    if request.method == "POST":
        accepted(form, run)
    return upload_page(request, "customers/import.html", form, reports)


def upload_page(request: HttpRequest, template: str, form: ImportForm, reports: list[Report]) -> HttpResponse:
    """Render an import page: whole, or for htmx only its result, so that the chosen file stays chosen."""
    report = reports[0] if reports else None
    spoilt = bool(form.errors) or bool(report and report.errors)
    page = "customers/_import_result.html" if request.headers.get("HX-Request") else template
    return render(request, page, {"form": form, "report": report}, status=422 if spoilt else 200)


def customers_sample(_request: HttpRequest) -> HttpResponse:
    """An empty file with the headings."""
    return sample("customers.csv", COLUMNS)


def sample(name: str, columns: tuple[Column, ...]) -> HttpResponse:
    """Return a file with nothing but headings, in UTF-8 with the mark by which spreadsheets know it."""
    text = "\ufeff" + ",".join(column.headings[0] for column in columns) + "\r\n"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
