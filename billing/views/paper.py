"""The invoice on paper: the frozen bytes once it is issued, 下書き across it before. All to be posted in one go."""

from collections.abc import Iterable, Iterator

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_noop

from billing.models import Invoice
from billing.paper import Sheet, bundled, press, preview_png
from billing.selectors import invoice_get
from billing.selectors.sendings import to_send
from billing.sheets import PRINTED, sheet_of
from customers.selectors import NOT_FOUND
from office.errors import Refused
from office.http import viewer_of

NOTHING = gettext_noop("Nothing is to be posted.")


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


def post_letters(request: HttpRequest) -> HttpResponse:
    """All invoices to be posted, each with the letter that goes into the same envelope, as one PDF to print.

    `?sides=2`: each begins on a sheet of its own. Not found when nothing is to be posted.
    """
    invoices = to_send(viewer_of(request)).post
    return all_in_one((one for invoice in invoices for one in _envelope(invoice)), request, "請求書.pdf")


def _envelope(invoice: Invoice) -> Iterator[bytes]:
    yield printed(invoice)
    if enclosed := getattr(invoice, "enclosure", None):
        yield bytes(enclosed.file.data)


def all_in_one(pdfs: Iterable[bytes], request: HttpRequest, name: str) -> HttpResponse:
    """Many as one PDF, as many sides as the reader's printer prints. Refused not_found when there is none."""
    data = list(pdfs)
    if not data:
        raise Refused("not_found", NOTHING)
    whole = bundled(data, two_sided=request.GET.get("sides") == "2")
    answer = HttpResponse(whole, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return _private(answer)


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
