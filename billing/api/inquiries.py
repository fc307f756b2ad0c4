"""Questions about billing for programs: noted, answered, put off."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime

from billing.models import Inquiry
from billing.selectors import invoice_get
from billing.selectors.inquiries import inquiries_visible, inquiry_get
from billing.services import inquiry_answer, inquiry_note, inquiry_postpone
from billing.services.inquiries import Answer, Question
from customers.selectors import customer_get
from office.http import viewer_of
from office.keys import Key
from office.schema import Body

router = Router(tags=["questions about billing"])
LIMIT = 1_000  # rows in one answer


class InquiryOut(Schema):
    """A question; `answer_by`, who answers (`owner`) and whether the customer knows the time stand in the ledger as
    `promise`."""

    number: str
    customer: int = Field(alias="customer_id")
    invoice: str | None = None
    asked: str
    asked_by: str = Field(alias="asker_called")
    way: str
    noted_at: datetime
    promise: int = Field(alias="promise_id")
    answer_by: datetime = Field(alias="promise.answer_by")
    agreed: bool = Field(alias="promise.agreed")
    owner: str = Field(alias="promise.owner.username")
    outcome: str
    answer: str
    answered_to: str
    answered_at: datetime | None

    @staticmethod
    def resolve_invoice(row: Inquiry) -> str | None:
        """The number of the invoice it is about; null for billing in general."""
        return row.invoice.number if row.invoice else None


class InquiryIn(Body):
    """A new question. Without `answer_by` the house rule says until when; without `owner` (a user's id) you answer."""

    customer: int
    asked: str
    way: Inquiry.Way
    idempotency_key: str = Field(min_length=1, max_length=80)
    invoice: str = ""
    contact: int | None = None
    asked_by: str = ""
    answer_by: AwareDatetime | None = None
    told: bool = False
    owner: int | None = None


class AnswerIn(Body):
    """What was said, to whom, when (now, where left out), and what becomes of it."""

    answer: str
    outcome: Inquiry.Outcome
    idempotency_key: str = Field(min_length=1, max_length=80)
    to: str = ""
    answered_at: AwareDatetime | None = None


class PostponeIn(Body):
    """A later time, and who agreed to it. `was`: the time as you read it; another one meanwhile is a conflict."""

    answer_by: AwareDatetime
    agreement: str
    was: AwareDatetime | None = None


@router.get("", response=list[InquiryOut], url_name="inquiries")
def inquiry_list(request: HttpRequest, customer: Key | None = None, invoice: str = "", open: bool | None = None) -> Any:
    """List the questions you may see, the newest first."""
    found = inquiries_visible(viewer_of(request))
    wanted = {"customer": customer, "invoice__number": invoice.replace("\0", "")}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return (found if open is None else found.filter(answered_at__isnull=open))[:LIMIT]


@router.post("", response={201: InquiryOut}, url_name="inquiries")
def inquiry_post(request: HttpRequest, data: InquiryIn) -> Any:
    """Note a question; its answer stands on Today of whoever answers."""
    viewer = viewer_of(request)
    customer = customer_get(viewer, data.customer)
    invoice = invoice_get(viewer, data.invoice) if data.invoice else None
    question = Question(
        asked=data.asked, way=data.way, invoice_id=invoice.pk if invoice else None, contact_id=data.contact,
        asker=data.asked_by, answer_by=data.answer_by, told=data.told, owner_id=data.owner,
    )  # fmt: skip
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    made = inquiry_note(customer_id=customer.pk, question=question, by=viewer.user, at=viewer.at, key=key)
    return Status(201, made)


@router.get("/{number}", response=InquiryOut, url_name="inquiry")
def inquiry_one(request: HttpRequest, number: str) -> Any:
    """Get one question."""
    return inquiry_get(viewer_of(request), number)


@router.post("/{number}/answer", response=InquiryOut, url_name="inquiry_answer")
def answer(request: HttpRequest, number: str, data: AnswerIn) -> Any:
    """Record the answer."""
    viewer = viewer_of(request)
    given = Answer(outcome=data.outcome, answer=data.answer, to=data.to, answered_at=data.answered_at)
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    found = inquiry_get(viewer, number)
    return inquiry_answer(inquiry_id=found.pk, answer=given, by=viewer.user, at=viewer.at, key=key)


@router.post("/{number}/postpone", response=InquiryOut, url_name="inquiry_postpone")
def postpone(request: HttpRequest, number: str, data: PostponeIn) -> Any:
    """A later time was agreed with the customer."""
    viewer = viewer_of(request)
    found = inquiry_get(viewer, number)
    return inquiry_postpone(inquiry_id=found.pk, by=viewer.user, at=viewer.at, **data.dict())
