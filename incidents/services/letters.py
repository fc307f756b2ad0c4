"""Printing what was approved: outside the transaction, stored once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from customers.services import promise_make
from customers.services.promises import NewPromise
from incidents.letters import Letter, dates_promised, press
from incidents.models import IssuedLetter
from incidents.steps.letter import LetterPaper
from office.errors import Refused
from office.selectors import business_calendar
from office.services import file_store

AT_ONCE = 50


def render_letters(*, at: datetime) -> dict[str, int]:
    """Print every approved letter that has no PDF yet; a sweep resumes what was cut."""
    waiting = IssuedLetter.objects.waiting().order_by("approved_at")
    return {
        "letters": sum(letter_print(letter_id=pk, at=at) for pk in list(waiting.values_list("pk", flat=True)[:AT_ONCE]))
    }


def letter_print(*, letter_id: int, at: datetime) -> bool:
    """Make the PDF of one letter outside any transaction, then store it once; False when it was there or failed."""
    row = IssuedLetter.objects.select_related("submission").get(pk=letter_id)
    if row.file_id is not None:
        return False
    IssuedLetter.objects.filter(pk=letter_id).update(attempts=F("attempts") + 1)
    paper = LetterPaper.model_validate_json(row.submission.text)
    letter = paper.letter.model_copy(update={"number": row.number})
    try:
        printed = press().pdf(letter)
    except Refused as refusal:
        IssuedLetter.objects.filter(pk=letter_id).update(problem=str(refusal))
        return False
    return _keep(letter_id, letter, printed.data, at)


@transaction.atomic(durable=True)
def _keep(letter_id: int, letter: Letter, data: bytes, at: datetime) -> bool:
    """Store the printed letter and enter its dated sentences into the ledger."""
    row = (
        IssuedLetter.objects.select_for_update(of=("self",))
        .select_related("incident__customer", "approved_by")
        .get(pk=letter_id)
    )
    if row.file_id is not None:
        return False
    name = f"{row.approved_at:%Y%m%d}_{letter.addressee.company}_{row.number}.pdf"
    row.file = file_store(name=name, content_type="application/pdf", data=data, by=row.approved_by, at=at)
    row.issued_at, row.problem = at, ""
    row.save(update_fields=["file", "issued_at", "problem"])
    for place, (day, sentence) in enumerate(dates_promised(letter)):
        answer_by = business_calendar().closing_of(day)
        if answer_by > at:
            new = NewPromise(
                source=f"letter:{row.number}:{place}", what=sentence[:300], number=row.incident.number,
                answer_by=answer_by, agreed=True, owner_id=row.incident.owner_id,
            )  # fmt: skip
            promise_make(customer=row.incident.customer, new=new, by=row.approved_by, at=at)
    return True
