"""The pages on which files of orders, deliveries and contracts are tried and imported."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from billing.services import contracts_import, deliveries_import, orders_import, prices_import
from billing.services.price_files import PRICES
from billing.services.record_sorts import CONTRACTS, DELIVERIES, ORDERS
from customers.forms import ImportForm
from customers.importing import Report
from customers.views.imports import sample
from office.csvfile import Column
from office.http import accepted, viewer_of


@dataclass(frozen=True)
class File:
    """One sort of file: what its page says, where it leads back to, how it is read and written."""

    title: Any
    says: Any
    back: str
    label: Any
    columns: tuple[Column, ...]
    service: Callable[..., Report]


FILES = {
    "orders": File(
        _("Import orders"),
        _("Several rows with one order number are the lines of one order. What is recorded already stays; a delivery "
          "date that is new is noted. A file goes in whole or not at all."),
        "billing:orders", _("Orders received"), ORDERS, orders_import,
    ),
    "deliveries": File(
        _("Import deliveries and returns"),
        _("Several rows with one number are the lines of one delivery note. What is left out is as in the line of the "
          "order or delivery that is named. A file goes in whole or not at all."),
        "billing:deliveries", _("Delivery records"), DELIVERIES, deliveries_import,
    ),
    "contracts": File(
        _("Import contracts"), _("One row for each contract. A file goes in whole or not at all."),
        "billing:contracts", _("Contracts"), CONTRACTS, contracts_import,
    ),
    "prices": File(
        _("Import prices"),
        _("One row for each price; without a customer code it is for everybody. One that is there already is put "
          "right. A file goes in whole or not at all."),
        "billing:prices", _("Price list"), PRICES, prices_import,
    ),
}  # fmt: skip


def upload(request: HttpRequest, sort: str) -> HttpResponse:
    """Show the form; with a file, what is or would be imported."""
    viewer, file = viewer_of(request), FILES[sort]
    form = ImportForm(request.POST or None, request.FILES or None)
    reports: list[Report] = []

    def run() -> None:
        data: bytes = form.cleaned_data["file"].read()
        dry_run = "import" not in request.POST
        reports.append(file.service(data=data, by=viewer.user, at=viewer.at, dry_run=dry_run))

    if request.method == "POST":
        accepted(form, run)
    report = reports[0] if reports else None
    spoilt = bool(form.errors) or bool(report and report.errors)
    page = "customers/_import_result.html" if request.headers.get("HX-Request") else "billing/records_import.html"
    context = {"form": form, "report": report, "sort": sort, "file": file}
    return render(request, page, context, status=422 if spoilt else 200)


def empty(_request: HttpRequest, sort: str) -> HttpResponse:
    """An empty file with the headings."""
    return sample(f"{sort}.csv", FILES[sort].columns)
