"""Imports for programs."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from billing.services import invoices_import
from customers.importing import Report
from customers.services import customers_import
from office.csvfile import RowError
from office.http import viewer_of

router = Router(tags=["imports"])


class CountOut(Schema):
    """How many rows of one kind were made, changed or left alone."""

    label: str
    created: int
    updated: int
    unchanged: int


class ErrorOut(Schema):
    """What is wrong in one row."""

    line: int
    column: str
    message: str

    @staticmethod
    def resolve_message(error: RowError) -> str:
        """In the reader's language."""
        return gettext(error.message)


class ReportOut(Schema):
    """What an import did; with errors nothing was written."""

    done: bool
    dry_run: bool
    counts: list[CountOut]
    errors: list[ErrorOut]


@router.post("/customers", response={200: ReportOut, 400: ReportOut}, url_name="import_customers")
def import_customers(request: HttpRequest, file: File[UploadedFile], dry_run: Form[bool] = False) -> Any:
    """Import customers and their people from a CSV file, keyed by customer code."""
    viewer = viewer_of(request)
    return _answer(customers_import(data=file.read(), by=viewer.user, at=viewer.at, dry_run=dry_run))


@router.post("/invoices", response={200: ReportOut, 400: ReportOut}, url_name="import_invoices")
def import_invoices(request: HttpRequest, file: File[UploadedFile], dry_run: Form[bool] = False) -> Any:
    """Import invoices from a CSV file, keyed by document number."""
    viewer = viewer_of(request)
    return _answer(invoices_import(data=file.read(), by=viewer.user, at=viewer.at, dry_run=dry_run))


def _answer(report: Report) -> Status[Report]:
    return Status(400 if report.errors else 200, report)
