"""The invoice on paper: the frozen bytes once it is issued, 下書き across it before."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from billing.models import Invoice
from billing.paper import Sheet, press, preview_png
from billing.selectors import invoice_get
from billing.sheets import PRINTED, sheet_of
from customers.selectors import NOT_FOUND
from office.errors import Refused
from office.http import viewer_of


def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The PDF; not found for an invoice without lines, which is on paper elsewhere."""
    invoice = invoice_get(viewer_of(request), number)
    answer = HttpResponse(printed(invoice), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{invoice.number}.pdf") or "inline"
    return _private(answer)


def picture(request: HttpRequest, number: str) -> HttpResponse:
    """Its first page as a picture."""
    data = printed(invoice_get(viewer_of(request), number))
    return _private(HttpResponse(preview_png(data), content_type="image/png"))


def printed(invoice: Invoice) -> bytes:
    """The bytes of the PDF: those that were stored, else made now of the words that are frozen or drafted."""
    if invoice.file is not None:
        return bytes(invoice.file.data)
    if invoice.paper:
        return press().pdf(Sheet.read(invoice.paper)).data
    lines = list(invoice.lines.select_related(*PRINTED))
    if not lines:
        raise Refused("not_found", NOT_FOUND)
    return press().pdf(sheet_of(invoice, lines), draft=True).data


def _private(answer: HttpResponse) -> HttpResponse:
    """Not for any cache between us and the reader."""
    answer["Cache-Control"] = "private, no-store"
    return answer
