"""The phrase bank and the questions that come again, for programs: the same services as the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from incidents.faq import SHOWN, faqs, often
from incidents.phrasebank import phrasebank
from incidents.selectors import incident_get
from incidents.services import NewFaq, faq_end, faq_write, phrases_put
from office.http import viewer_of
from office.schema import Body

router = Router(tags=["faq"])


class GroupOut(Schema):
    """The phrases of a stage and a sub-cause; version 0 are the shipped ones."""

    stage: str
    sub_cause: str
    version: int
    lines: list[str]


class PhrasesIn(Body):
    """New phrases, in the place of those of `version`."""

    version: int
    lines: list[str] = Field(min_length=1, max_length=20)


class FaqIn(Body):
    """A question that names no customer. incident: the number of the one it grew from."""

    subject: str
    sub_cause: str
    question: str
    answer: str
    incident: str = Field("", max_length=20)
    idempotency_key: str = Field(min_length=1, max_length=60)


class FaqOut(Schema):
    """A question with its answer."""

    id: int
    subject: str
    sub_cause: str
    question: str
    answer: str


class OftenOut(Schema):
    """How often a sub-cause came with a product or matter, in twelve months."""

    subject: str
    sub_cause: str
    count: int


class FaqList(Schema):
    """What comes most often, and the questions in use."""

    often: list[OftenOut]
    questions: list[FaqOut]


@router.get("/phrases", response=list[GroupOut], url_name="phrases")
def phrase_list(request: HttpRequest) -> Any:
    """All phrases as they stand."""
    return phrasebank()


@router.put("/phrases/{stage}/{sub_cause}", response=GroupOut, url_name="phrases_of")
def phrase_put(request: HttpRequest, stage: str, sub_cause: str, data: PhrasesIn) -> Any:
    """Change the phrases of one stage and sub-cause."""
    viewer, text = viewer_of(request), "\n".join(data.lines)
    row = phrases_put(stage=stage, sub_cause=sub_cause, text=text, version=data.version, by=viewer.user, at=viewer.at)
    return {"stage": stage, "sub_cause": sub_cause, "version": row.version, "lines": row.text.splitlines()}


@router.get("", response=FaqList, url_name="faqs")
def faq_list(request: HttpRequest, q: str = "", sub_cause: str = "") -> Any:
    """What comes most often among the incidents you may open, and the questions in use."""
    found = faqs(q.replace("\0", "")[:80], sub_cause)[:SHOWN]
    return {"often": often(viewer_of(request)), "questions": list(found)}


@router.post("", response={201: FaqOut}, url_name="faqs")
def faq_post(request: HttpRequest, data: FaqIn) -> Any:
    """Write a question with its answer."""
    viewer, paper = viewer_of(request), data.dict(exclude={"incident", "idempotency_key"})
    incident = incident_get(viewer, data.incident) if data.incident else None
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    return Status(201, faq_write(new=NewFaq(incident=incident, **paper), key=key, by=viewer.user, at=viewer.at))


@router.delete("/{int:pk}", response={204: None}, url_name="faq")
def faq_delete(request: HttpRequest, pk: int) -> Any:
    """Take a question off the list; it is kept."""
    faq_end(viewer=viewer_of(request), pk=pk)
    return Status(204, None)
