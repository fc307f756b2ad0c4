"""Imports of orders, deliveries and contracts for programs."""

from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from billing.api.imports import ReportOut
from billing.services import contracts_import, deliveries_import, orders_import, prices_import
from customers.importing import Report
from office.http import viewer_of

router = Router(tags=["imports"])
ANSWERS: dict[int, Any] = {200: ReportOut, 400: ReportOut}


@router.post("/orders", response=ANSWERS, url_name="import_orders")
def import_orders(request: HttpRequest, file: File[UploadedFile], dry_run: Form[bool] = False) -> Any:
    """Import orders from a CSV file, keyed by order number."""
    viewer = viewer_of(request)
    return _answer(orders_import(data=file.read(), by=viewer.user, at=viewer.at, dry_run=dry_run))


@router.post("/deliveries", response=ANSWERS, url_name="import_deliveries")
def import_deliveries(request: HttpRequest, file: File[UploadedFile], dry_run: Form[bool] = False) -> Any:
    """Import deliveries and returns from a CSV file, keyed by the number of the note."""
    viewer = viewer_of(request)
    return _answer(deliveries_import(data=file.read(), by=viewer.user, at=viewer.at, dry_run=dry_run))


@router.post("/contracts", response=ANSWERS, url_name="import_contracts")
def import_contracts(request: HttpRequest, file: File[UploadedFile], dry_run: Form[bool] = False) -> Any:
    """Import contracts from a CSV file, keyed by contract number."""
    viewer = viewer_of(request)
    return _answer(contracts_import(data=file.read(), by=viewer.user, at=viewer.at, dry_run=dry_run))


@router.post("/prices", response=ANSWERS, url_name="import_prices")
def import_prices(request: HttpRequest, file: File[UploadedFile], dry_run: Form[bool] = False) -> Any:
    """Import the price list from a CSV file."""
    viewer = viewer_of(request)
    return _answer(prices_import(data=file.read(), by=viewer.user, at=viewer.at, dry_run=dry_run))


def _answer(report: Report) -> Status[Report]:
    return Status(400 if report.errors else 200, report)
