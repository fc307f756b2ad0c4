"""The figures of billing for programs: the numbers that the page draws."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from billing.selectors.figures import figures
from office.http import viewer_of

router = Router(tags=["figures"])


class OnTimeOut(Schema):
    """Of the invoices promised for a month (its first day): how many went out in time, per cent rounded down."""

    month: date
    on_time: int
    late: int
    percent: int | None


class AgeOut(Schema):
    """Delivered `first` to `last` days ago and on no invoice: lines, yen before tax."""

    first: int
    last: int | None
    count: int
    yen: int


class ExpectedOut(Schema):
    """Still to come of one payment day, in yen."""

    day: date
    count: int
    yen: int
    past: bool


class ErrorsOut(Schema):
    """How often invoices of a customer were corrected, or sent back by who checked them."""

    customer: int = Field(alias="customer.pk")
    corrected: int
    sent_back: int


class AnsweredOut(Schema):
    """Of the questions noted in a month (its first day): answered in time, later or waiting past their time, per cent
    rounded down, and in how many business days one in two was answered."""

    month: date
    on_time: int
    late: int
    percent: int | None
    days: int | None


class FiguresOut(Schema):
    """All of them, for the customers you may see."""

    on_time: list[OnTimeOut]
    unbilled: list[AgeOut]
    expected: list[ExpectedOut]
    errors: list[ErrorsOut]
    answered: list[AnsweredOut]


@router.get("/figures", response=FiguresOut, url_name="billing_figures")
def figures_get(request: HttpRequest) -> Any:
    """Get the figures of billing as of now."""
    return figures(viewer_of(request))
