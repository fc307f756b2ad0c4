"""Terms of payment for programs."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Router

from billing.models import Terms
from billing.selectors import terms_of
from billing.services import terms_put
from customers.selectors import customer_get
from office.http import viewer_of
from office.schema import Body

router = Router(tags=["terms"])


class TermsBody(Body):
    """Terms of payment; days are 0 for the month's end or 1 to 28. `fee`: who bears the bank's fee.
    `inclusive`: unit prices hold the tax."""

    closing_day: int = Field(ge=0, le=28)
    pay_month_offset: int = Field(ge=0, le=6)
    pay_day: int = Field(ge=0, le=28)
    shift: Terms.Shift = Terms.Shift.BEFORE
    thank_you: Terms.ThankYou = Terms.ThankYou.EVERY
    way: Terms.Way = Terms.Way.TRANSFER
    fee: Literal["", "customer", "us"] = ""
    method: str = ""
    inclusive: bool = False


@router.get("/{int:customer}", response=TermsBody, url_name="terms")
def terms_one(request: HttpRequest, customer: int) -> Any:
    """Get a customer's terms, the defaults when none were agreed."""
    return terms_of(customer_get(viewer_of(request), customer).pk)


@router.put("/{int:customer}", response=TermsBody, url_name="terms")
def terms_change(request: HttpRequest, customer: int, data: TermsBody) -> Any:
    """Set a customer's terms."""
    viewer = viewer_of(request)
    customer_id = customer_get(viewer, customer).pk
    return terms_put(customer_id=customer_id, by=viewer.user, at=viewer.at, **data.dict())
