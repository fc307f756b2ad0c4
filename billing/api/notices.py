"""Notices of changes for programs: written, checked, sent, answered (practice 3-09)."""

from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from billing.models import ChangeNotice, Inquiry, NoticeCopy
from billing.notice_letters import proof
from billing.selectors.notices import copies_visible, copy_get, notice_get, notice_whole, notices_visible
from billing.services import (
    NoticeWords,
    Said,
    copy_acknowledge,
    copy_object,
    copy_tell,
    copy_unacknowledge,
    notice_change,
    notice_check,
    notice_draft,
    notice_posted,
    notice_refuse,
    notice_send,
    notice_withdraw,
)
from billing.services.inquiries import WRONG
from customers.selectors import customers_visible
from office.errors import Refused
from office.http import viewer_of
from office.keys import Key
from office.schema import Body
from office.viewer import Viewer

router = Router(tags=["notices of changes"])
LIMIT = 1_000  # rows in one answer


class WordsIn(Body):
    """What is told, and to which customers (ids). Without `answer_by` the house rule says until when an answer is
    asked for; of prices, `changes` left empty takes what changes on the price list; accounts as the letter prints
    them."""

    kind: ChangeNotice.Kind
    title: str
    text: str
    effective_on: date
    customers: list[Key] = Field(max_length=1_000)
    changes: str = ""
    answer_by: date | None = None
    old_account: str = ""
    new_account: str = ""


class NewIn(WordsIn):
    """A new notice; the same key makes one."""

    idempotency_key: str = Field(min_length=1, max_length=80)


class ChangeIn(WordsIn):
    """A notice changed; `version` as it was read."""

    version: int


class VersionIn(Body):
    """`version` as it was read."""

    version: int


class RefuseIn(VersionIn):
    """Why it is sent back."""

    reason: str


class ReasonIn(Body):
    """Why."""

    reason: str


class SendIn(Body):
    """Customers in care are told in person, unless `in_care_too`."""

    in_care_too: bool = False


class PostedIn(Body):
    """The day on which the letters were posted; today where it is left out."""

    on: date | None = None


class TellIn(PostedIn):
    """How one customer is told: by mail now, or noted as posted or said in person."""

    way: NoticeCopy.Way


class SaidIn(Body):
    """Who at the customer said so (a contact's id, or a name without 様), and by which way."""

    way: Inquiry.Way
    contact: int | None = None
    who: str = ""
    note: str = ""

    def said(self) -> Said:
        """As the services want it."""
        return Said(way=self.way, contact_id=self.contact, who=self.who, note=self.note)


class ObjectIn(SaidIn):
    """What the customer said against it, or asks; the same key makes one question."""

    words: str
    idempotency_key: str = Field(min_length=1, max_length=80)


class CopyOut(Schema):
    """One customer's copy. `objection`: the number of the question it became."""

    id: int
    customer: int = Field(alias="customer_id")
    state: str
    way: str
    told_on: date | None
    trouble: str
    acknowledged_at: datetime | None
    acknowledged_way: str
    acknowledged_who: str
    acknowledged_note: str
    objection: str | None = None

    @staticmethod
    def resolve_objection(row: NoticeCopy) -> str | None:
        """The question's number; null while there is none."""
        return row.objection.number if row.objection else None


class NoticeOut(Schema):
    """A notice; the counts are of the customers you may see."""

    number: str
    kind: str
    title: str
    text: str
    changes: str
    old_account: str
    new_account: str
    effective_on: date
    answer_by: date
    state: str
    version: int
    refused: str
    withdrawn: str
    created_by: str = Field(alias="created_by.username")
    checked_by: str | None = None
    sent_at: datetime | None
    customers: int = Field(alias="all")
    told: int
    acknowledged: int

    @staticmethod
    def resolve_checked_by(row: ChangeNotice) -> str | None:
        """Who checked it; null while nobody has."""
        return row.checked_by.username if row.checked_by else None


class WholeOut(NoticeOut):
    """A notice with its copies."""

    copies: list[CopyOut]

    @staticmethod
    def resolve_copies(row: ChangeNotice) -> list[NoticeCopy]:
        """Those that were read with it."""
        return list(row.copies.all())


@router.get("", response=list[NoticeOut], url_name="notices")
def notice_list(request: HttpRequest, state: str = "") -> Any:
    """List the notices you may see, the newest first."""
    found = notices_visible(viewer_of(request))
    return (found.filter(state=state.replace("\0", "")) if state else found)[:LIMIT]


@router.post("", response={201: WholeOut}, url_name="notices")
def notice_post(request: HttpRequest, data: NewIn) -> Any:
    """Write a notice."""
    viewer = viewer_of(request)
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    made = notice_draft(words=_words(viewer, data), by=viewer.user, at=viewer.at, key=key)
    return Status(201, _whole(viewer, made.number))


@router.get("/{number}", response=WholeOut, url_name="notice")
def notice_one(request: HttpRequest, number: str) -> Any:
    """Get one notice with the copies to your customers."""
    return _whole(viewer_of(request), number)


@router.put("/{number}", response=WholeOut, url_name="notice")
def notice_put(request: HttpRequest, number: str, data: ChangeIn) -> Any:
    """Change one that has not gone out; it is checked anew."""
    viewer = viewer_of(request)
    found = notice_whole(viewer, number)
    words = _words(viewer, data)
    notice_change(notice_id=found.pk, words=words, version=data.version, by=viewer.user, at=viewer.at)
    return _whole(viewer, number)


@router.post("/{number}/check", response=WholeOut, url_name="notice_check")
def check(request: HttpRequest, number: str, data: VersionIn) -> Any:
    """Confirm it as it was read."""
    viewer = viewer_of(request)
    found = notice_whole(viewer, number)
    proof(found)
    notice_check(notice_id=found.pk, version=data.version, by=viewer.user, at=viewer.at)
    return _whole(viewer, number)


@router.post("/{number}/refuse", response=WholeOut, url_name="notice_refuse")
def refuse(request: HttpRequest, number: str, data: RefuseIn) -> Any:
    """Send it back to whoever wrote it."""
    viewer = viewer_of(request)
    found = notice_whole(viewer, number)
    notice_refuse(notice_id=found.pk, by=viewer.user, at=viewer.at, **data.dict())
    return _whole(viewer, number)


@router.post("/{number}/send", response=WholeOut, url_name="notice_send")
def send(request: HttpRequest, number: str, data: SendIn) -> Any:
    """Let it go out."""
    viewer = viewer_of(request)
    found = notice_whole(viewer, number)
    notice_send(notice_id=found.pk, in_care_too=data.in_care_too, by=viewer.user, at=viewer.at)
    return _whole(viewer, number)


@router.post("/{number}/posted", response=WholeOut, url_name="notice_posted")
def posted(request: HttpRequest, number: str, data: PostedIn) -> Any:
    """Note that its letters were posted."""
    viewer = viewer_of(request)
    found = notice_whole(viewer, number)
    notice_posted(notice_id=found.pk, on=data.on, by=viewer.user, at=viewer.at)
    return _whole(viewer, number)


@router.post("/{number}/withdraw", response=WholeOut, url_name="notice_withdraw")
def withdraw(request: HttpRequest, number: str, data: ReasonIn) -> Any:
    """Withdraw it; whoever looks after a customer who was told promises to say so."""
    viewer = viewer_of(request)
    found = notice_whole(viewer, number)
    notice_withdraw(notice_id=found.pk, reason=data.reason, by=viewer.user, at=viewer.at)
    return _whole(viewer, number)


@router.post("/copies/{pk}/tell", response=CopyOut, url_name="notice_tell")
def tell(request: HttpRequest, pk: int, data: TellIn) -> Any:
    """Tell one customer."""
    viewer = viewer_of(request)
    copy_get(viewer, pk)
    copy_tell(copy_id=pk, way=data.way, on=data.on, by=viewer.user, at=viewer.at)
    return copy_get(viewer, pk)


@router.post("/copies/{pk}/acknowledge", response=CopyOut, url_name="notice_acknowledge")
def acknowledge(request: HttpRequest, pk: int, data: SaidIn) -> Any:
    """Record that the customer has acknowledged it."""
    viewer = viewer_of(request)
    copy_get(viewer, pk)
    copy_acknowledge(copy_id=pk, said=data.said(), by=viewer.user, at=viewer.at)
    return copy_get(viewer, pk)


@router.post("/copies/{pk}/take-back", response=CopyOut, url_name="notice_unacknowledge")
def unacknowledge(request: HttpRequest, pk: int, data: ReasonIn) -> Any:
    """Take an acknowledgement back."""
    viewer = viewer_of(request)
    copy_get(viewer, pk)
    copy_unacknowledge(copy_id=pk, reason=data.reason, by=viewer.user, at=viewer.at)
    return copy_get(viewer, pk)


@router.post("/copies/{pk}/object", response=CopyOut, url_name="notice_object")
def objected(request: HttpRequest, pk: int, data: ObjectIn) -> Any:
    """Record what the customer says against it: it becomes a question about billing with its day."""
    viewer = viewer_of(request)
    copy_get(viewer, pk)
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    copy_object(copy_id=pk, said=data.said(), words=data.words, by=viewer.user, at=viewer.at, key=key)
    return copy_get(viewer, pk)


def _words(viewer: Viewer, data: WordsIn) -> NoticeWords:
    """What was sent; a customer who is not the viewer's is as one that never was."""
    if customers_visible(viewer).filter(pk__in=data.customers).count() != len(set(data.customers)):
        raise Refused("invalid", WRONG, field="customers")
    return NoticeWords(**data.dict(exclude={"idempotency_key", "version"}))


def _whole(viewer: Viewer, number: str) -> ChangeNotice:
    """The notice with the copies that the viewer may see."""
    found = notice_get(viewer, number)
    prefetch_related_objects([found], Prefetch("copies", copies_visible(viewer)))
    return found
