"""The promise ledger for programs: the same services as the pages."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime

from customers.models import Promise
from customers.selectors import NOT_FOUND, contact_get, customer_get, number_checked, promise_get, promises_visible
from customers.services import (
    NewPromise,
    promise_agree,
    promise_break,
    promise_chase,
    promise_chase_undo,
    promise_keep,
    promise_make,
    promise_reschedule,
)
from office.errors import Refused
from office.http import viewer_of
from office.keys import Key
from office.schema import Body
from office.viewer import Viewer

router = Router(tags=["promises"])
LIMIT = 1_000  # rows in one answer


class PromiseOut(Schema):
    """A promise; times with their offset. `chased_at`: when the customer first had to ask again; `waits`: since then no
    time was agreed."""

    id: int
    customer: int = Field(alias="customer_id")
    number: str
    what: str
    kind: str
    to: str = Field(alias="to_called")
    answer_by: AwareDatetime
    agreed: bool
    state: str
    owner: str = Field(alias="owner.username")
    evidence: str
    document: str
    document_number: str
    amount: int | None
    replaces: int | None = Field(alias="replaces_id")
    sign_off: bool = Field(alias="wants_sign_off")
    chased_at: AwareDatetime | None
    waits: bool


class PromiseIn(Body):
    """A new promise. Without `answer_by` it is provisional, by the policy."""

    customer: int
    what: str
    idempotency_key: str = Field(min_length=1, max_length=80)
    kind: Promise.Kind = Promise.Kind.OTHER
    number: str = Field("", max_length=20)
    to_contact: int | None = None
    to_name: str = ""
    answer_by: AwareDatetime | None = None
    agreed: bool = False


class AgreeIn(Body):
    """The customer agrees, to this time or another."""

    answer_by: AwareDatetime | None = None


class KeepIn(Body):
    """What shows that it was kept; of a compensation the number of its document, where `sign_off` is true who of the
    customer signed it off, and on which day."""

    evidence: str = ""
    document_number: str = ""
    signed_by: str = ""
    signed_on: date | None = None


class RescheduleIn(Body):
    """The new time, and who agreed to it."""

    answer_by: AwareDatetime
    agreement: str


class ChaseIn(Body):
    """The same key notes one time."""

    idempotency_key: str = Field(min_length=1, max_length=80)


class BreakIn(Body):
    """What happened."""

    reason: str


@router.get("", response=list[PromiseOut], url_name="promises")
def promise_list(
    request: HttpRequest, state: Promise.State | None = None, number: str = "", customer: Key | None = None
) -> Any:
    """List the promises you may see, by their day."""
    found = promises_visible(viewer_of(request))
    wanted = {"state": state, "number": number.replace("\0", ""), "customer": customer}
    return found.filter(**{name: value for name, value in wanted.items() if value})[:LIMIT]


@router.post("", response={201: PromiseOut}, url_name="promises")
def promise_post(request: HttpRequest, data: PromiseIn) -> Any:
    """Make a promise."""
    viewer = viewer_of(request)
    customer = customer_get(viewer, data.customer)
    cleaned = data.dict(exclude={"customer", "idempotency_key", "to_contact"})
    number_checked(viewer, data.number)
    source = f"api:{viewer.user.pk}:{data.idempotency_key}"
    contact = _of(viewer, data.to_contact, customer.pk)
    new = NewPromise(source=source, to_contact_id=contact, **cleaned)
    return Status(201, promise_make(customer=customer, new=new, by=viewer.user, at=viewer.at))


@router.get("/{int:pk}", response=PromiseOut, url_name="promise")
def promise_one(request: HttpRequest, pk: int) -> Any:
    """Get one promise."""
    return promise_get(viewer_of(request), pk)


@router.post("/{int:pk}/agree", response=PromiseOut, url_name="promise_agree")
def agree(request: HttpRequest, pk: int, data: AgreeIn) -> Any:
    """The customer agreed to the time."""
    viewer = viewer_of(request)
    return promise_agree(promise_id=promise_get(viewer, pk).pk, by=viewer.user, at=viewer.at, **data.dict())


@router.post("/{int:pk}/keep", response=PromiseOut, url_name="promise_keep")
def keep(request: HttpRequest, pk: int, data: KeepIn) -> Any:
    """The promise was kept."""
    viewer = viewer_of(request)
    return promise_keep(promise_id=promise_get(viewer, pk).pk, by=viewer.user, at=viewer.at, **data.dict())


@router.post("/{int:pk}/reschedule", response=PromiseOut, url_name="promise_reschedule")
def reschedule(request: HttpRequest, pk: int, data: RescheduleIn) -> Any:
    """A new time was agreed; answers with the new promise."""
    viewer = viewer_of(request)
    return promise_reschedule(promise_id=promise_get(viewer, pk).pk, by=viewer.user, at=viewer.at, **data.dict())


@router.post("/{int:pk}/chase", response=PromiseOut, url_name="promise_chase")
def chase(request: HttpRequest, pk: int, data: ChaseIn) -> Any:
    """The customer asked again."""
    viewer = viewer_of(request)
    found = promise_get(viewer, pk)
    key = f"api:{viewer.user.pk}:{found.pk}:{data.idempotency_key}"
    return promise_chase(promise_id=found.pk, by=viewer.user, at=viewer.at, key=key)


@router.post("/{int:pk}/chase/undo", response=PromiseOut, url_name="promise_chase_undo")
def chase_undo(request: HttpRequest, pk: int, data: ChaseIn) -> Any:
    """Noting it was a mistake: whoever noted it takes it back, within a quarter of an hour."""
    viewer = viewer_of(request)
    found = promise_get(viewer, pk)
    key = f"api:{viewer.user.pk}:{found.pk}:{data.idempotency_key}"
    return promise_chase_undo(promise_id=found.pk, by=viewer.user, at=viewer.at, key=key)


@router.post("/{int:pk}/break", response=PromiseOut, url_name="promise_break")
def not_kept(request: HttpRequest, pk: int, data: BreakIn) -> Any:
    """The promise was not kept."""
    viewer = viewer_of(request)
    return promise_break(promise_id=promise_get(viewer, pk).pk, by=viewer.user, at=viewer.at, **data.dict())


def _of(viewer: Viewer, contact_id: int | None, customer_id: int) -> int | None:
    """Return the contact's id when the person is this customer's; Refused not_found otherwise."""
    if contact_id is not None and contact_get(viewer, contact_id).customer_id != customer_id:
        raise Refused("not_found", NOT_FOUND)
    return contact_id
