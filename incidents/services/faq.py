"""The phrase bank and the questions that come again, as the house writes them (practices 2-16, 2-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from customers.search import normalise
from customers.text import clean, required
from incidents.anonymous import named_in
from incidents.models import Faq, Incident, Phrases
from incidents.phrasebank import OPEN, SHIPPED, SUB_CAUSES
from office.errors import Refused
from office.models import User
from office.roles import Role
from office.services import journal_write
from office.viewer import Viewer

MOST_LINES, LONGEST = 8, 120
DECIDERS = frozenset({Role.MANAGER.value, Role.BRANCH_HEAD.value, Role.DIRECTOR.value})
UNKNOWN = gettext_noop("There are no such phrases.")
NOT_SHORT = gettext_noop("At most %(lines)s phrases of %(letters)s letters each, so that they can be spoken.")
OVERTAKEN = gettext_noop("Someone else changed these phrases first. Please look at the new ones.")
NAMES = gettext_noop("Please leave out “%(name)s”: a question names no customer.")
WRONG = gettext_noop("Please choose from the list.")
NOTHING = gettext_noop("Nothing was found here. Please check the number.")


@dataclass(frozen=True, kw_only=True)
class NewFaq:
    """A question with its answer. incident: the one it grew from, whose people it must not name."""

    subject: str
    sub_cause: str
    question: str
    answer: str
    incident: Incident | None = None


@transaction.atomic
def phrases_put(*, stage: str, sub_cause: str, text: str, version: int, by: User, at: datetime) -> Phrases:
    """Put phrases, one a line, in the place of those of `version`; earlier versions are kept (practice 2-16).

    Refused not_found for no such group, incomplete without a phrase, invalid when they are too many or too long,
    conflict when somebody else was faster.
    """
    if (stage, sub_cause) not in SHIPPED:
        raise Refused("not_found", UNKNOWN)
    typed = required(text, field="text", lines=True).splitlines()
    lines = [line.strip() for line in typed if line.strip()]
    if len(lines) > MOST_LINES or max(map(len, lines)) > LONGEST:
        raise Refused("invalid", NOT_SHORT, field="text", lines=MOST_LINES, letters=LONGEST)
    last = Phrases.objects.filter(stage=stage, sub_cause=sub_cause).order_by("-version").first()
    if version != (last.version if last else 0):
        raise Refused("conflict", OVERTAKEN)
    row = Phrases(stage=stage, sub_cause=sub_cause, version=version + 1, text="\n".join(lines), by=by, at=at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused("conflict", OVERTAKEN) from None
    about = f"phrases {stage}.{sub_cause}"
    journal_write(actor=by, verb=gettext_noop("changed the phrases"), about=about, detail=row.text, at=at)
    return row


@transaction.atomic
def faq_write(*, new: NewFaq, key: str, by: User, at: datetime) -> Faq:
    """Write a question that comes again and its answer; the same key writes one (practice 2-17).

    Refused incomplete without words, invalid for a sub-cause nobody knows and where a customer is named.
    """
    if known := Faq.objects.filter(key=key).first():
        return known
    if new.sub_cause not in SUB_CAUSES or new.sub_cause == OPEN:
        raise Refused("invalid", WRONG, field="sub_cause")
    said = {
        "subject": required(new.subject, field="subject", limit=60),
        "question": required(new.question, field="question", limit=300),
        "answer": required(new.answer, field="answer", limit=2000, lines=True),
    }
    for field, text in said.items():
        if name := named_in(text, new.incident):
            raise Refused("invalid", NAMES, field=field, name=name)
    row = Faq.objects.create(
        **said, sub_cause=new.sub_cause, search=normalise("\n".join(said.values())), incident=new.incident, key=key,
        by=by, at=at,
    )  # fmt: skip
    _journal(row, gettext_noop("wrote a question that comes again"), by, at)
    return row


@transaction.atomic
def faq_end(*, viewer: Viewer, pk: int) -> None:
    """Take a question off the list: its writer or a manager; else Refused forbidden, not_found for none in use."""
    row = Faq.objects.select_for_update().filter(pk=pk, ended_at=None).first()
    if row is None:
        raise Refused("not_found", NOTHING)
    if row.by_id != viewer.user.pk and not DECIDERS & viewer.roles:
        raise Refused("forbidden", "Its writer or a manager takes a question off the list.")
    row.ended_at = viewer.at
    row.save(update_fields=["ended_at"])
    _journal(row, gettext_noop("took a question off the list"), viewer.user, viewer.at)


def _journal(row: Faq, verb: str, by: User, at: datetime) -> None:
    journal_write(actor=by, verb=verb, about=f"faq {row.pk}", detail=clean(row.question, field="question"), at=at)
