"""What terms or an invoice would come to, for programs: nothing is saved."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from billing.preview import END, MOST, answer, question
from office.clock import local_day
from office.http import viewer_of

previews = Router(tags=["billing"])


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


@previews.get("/terms/preview", response=list[PaymentDayOut], url_name="terms_preview")
def terms_preview(request: HttpRequest, asked: Query[TermsQuestion]) -> Any:
    """Tell the next closings and payment days of such terms. Closings never move, payment days move to bank days."""
    words = asked.dict(by_alias=True)
    words["from"] = local_day(viewer_of(request).at).isoformat() if words["from"] is None else words["from"]
    return answer(question(words))
