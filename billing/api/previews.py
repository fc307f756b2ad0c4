"""What terms or an invoice would come to, for programs: nothing is saved."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Field, Query, Router, Schema
from pydantic import WithJsonSchema

from billing.lines import MOST_LINES, Bill, read_bill
from billing.preview import END, MOST, answer, question
from billing.tax import MODES, RATES, ROUNDINGS, sums
from office.clock import local_day
from office.http import viewer_of

router = Router(tags=["billing"])


class TermsQuestion(Schema):
    """Terms of payment in words. What is left out is as agreed with a customer without terms of its own."""

    closing_day: str = Field(END, description="“end” (the month's last day) or 1 to 28")
    pay_month_offset: str = Field("1", description="months after the closing, 0 to 6")
    pay_day: str = Field(END, description="“end” or 1 to 28")
    shift: str = Field("before", description="where the banks are closed: “before” or “after”")
    start: str | None = Field(None, alias="from", description="first closing on or after this day; today")
    count: str = Field("12", description=f"closings, 1 to {MOST}")


class PaymentDayOut(Schema):
    """One closing: its payment day by the terms alone, and the bank day on which the money moves."""

    closing: date
    nominal: date
    pay_on: date


@router.get("/terms/preview", response=list[PaymentDayOut], url_name="terms_preview")
def terms_preview(request: HttpRequest, asked: Query[TermsQuestion]) -> Any:
    """Tell the next closings and payment days of such terms. Closings never move, payment days move to bank days."""
    words = asked.dict(by_alias=True)
    words["from"] = local_day(viewer_of(request).at).isoformat() if words["from"] is None else words["from"]
    return answer(question(words))


NUMBER: dict[str, Any] = {"type": ["integer", "number", "string"], "examples": [2, "1.5", -1]}
LINE: dict[str, Any] = {
    "type": "object",
    "required": ["description", "quantity", "unit_price", "rate"],
    "properties": {
        "description": {"type": "string", "maxLength": 200},
        "quantity": NUMBER,
        "unit_price": NUMBER | {"description": "yen; below zero for a return or a discount"},
        "rate": {"enum": [*RATES, *map(str, RATES)], "description": "per cent; 8 is the reduced rate, 0 is exempt"},
    },
}
LINES = {"type": "array", "minItems": 1, "maxItems": MOST_LINES, "items": LINE}


class InvoiceQuestion(Schema):
    """An invoice by its lines. What is wrong in it is answered 422 by `billing.lines`, in the reader's language."""

    mode: Annotated[Any, WithJsonSchema({"enum": list(MODES)})] = Field(None, description="are prices without tax?")
    rounding: Annotated[Any, WithJsonSchema({"enum": list(ROUNDINGS)})] = Field(
        None, description="of fractions of a yen"
    )
    lines: Annotated[Any, WithJsonSchema(LINES)] = None
    registration_number: Annotated[Any, WithJsonSchema({"type": "string", "pattern": "^T[0-9]{13}$"})] = None


class RateSumOut(Schema):
    """What one rate comes to, in yen."""

    rate: int
    net: int
    tax: int
    gross: int


class InvoiceAnswer(Schema):
    """What an invoice comes to, in yen. `warnings` only where there are any."""

    rates: list[RateSumOut]
    total: int
    warnings: list[str] | None = None


@router.post("/invoices/preview", response=InvoiceAnswer, exclude_none=True, url_name="invoice_preview")
def invoice_preview(request: HttpRequest, asked: InvoiceQuestion) -> Any:
    """Tell what such lines come to: tax once per rate and invoice, in whole yen."""
    bill = read_bill(asked.dict())
    found = sums(bill.lines, bill.mode, bill.rounding)
    return {"rates": found.rates, "total": found.total, "warnings": _warnings(bill)}


def _warnings(bill: Bill) -> list[str] | None:
    return [gettext(bill.warning) % {"number": bill.number}] if bill.warning else None
