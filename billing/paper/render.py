"""From a sheet to its PDF: what the child of the press runs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from billing.paper import law
from billing.paper.content import Customer, Issuer, Line, RateTotal, Sheet
from billing.paper.sheet import set_sheet
from office.press import Rendered, printing

STYLES = Path(__file__).with_name("invoice.css")


def rendered(sheet: Sheet, *, draft: bool = False) -> Rendered:
    """Return the PDF/A-3b with its number of pages; the same sheet gives the same bytes. 下書き stands across a draft.

    Refused (incomplete) when a character cannot be printed, a line is longer than a page, or, unless it is a draft,
    an item is missing that the law wants (billing.paper.law).
    """
    if not draft:
        law.refuse_incomplete(sheet)
    printing.refuse_unprintable(sheet.texts())
    made = set_sheet(sheet, draft=draft)
    document = printing.lay_out(made.html, STYLES, {"seal": sheet.issuer.seal} if sheet.issuer.seal else {})
    if len(document.pages) != made.pages:
        raise ValueError("the pages are not those that were planned")
    return Rendered(printing.write(document), made.pages)


def warm() -> None:
    """Print an invoice, so that the usual characters are drawn before the first one is asked for."""
    line = Line(description="納品", quantity=Decimal(1), unit="台", unit_price=Decimal(1), rate=10, amount=1)
    totals = (RateTotal(rate=10, net=1, tax=0, gross=1),)
    us, to = Issuer(name="誠"), Customer(name="東和工業株式会社")
    rendered(Sheet(customer=to, issuer=us, lines=(line,), totals=totals, total=1), draft=True)


def printed(told: str, *, draft: bool = False) -> Rendered:
    """Return the PDF of a sheet told as JSON, for the press."""
    return rendered(Sheet.read(told), draft=draft)
