"""Everything written around an incident, in one statement: notes, promises, letters, papers, measures, calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, CharField, DateTimeField, F, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Trim

from customers.models import Appointment, Call, Contact, Promise
from customers.selectors import day_span
from incidents.corrections import correctable, jotted
from incidents.leaves.final_date import final_day, known_of
from incidents.models import Incident, IssuedLetter, Measure, Note, Opened, Paper
from office.models import User

MOST = 500  # rows: more than an incident of years has


class Jotting(NamedTuple):
    """One thing written around an incident. What `said_by`, `state` and `until` hold depends on the sort."""

    # promise, note, opened, letter, paper, measure, call, listening, correction, correctable, earlier;
    # around a final date appointment, contact
    sort: str
    pk: int
    at: datetime
    surname: str
    title: str
    text: str
    said_by: str
    state: str
    until: datetime | None

    @property
    def called(self) -> str:
        """How colleagues say the name of whoever wrote it: 佐藤課長, 田中さん."""
        return User(surname=self.surname, title=self.title).called


def jottings(incident: Incident, earlier: QuerySet[Incident] | None = None) -> list[Jotting]:
    """All of them, oldest first; one statement (a union), so that the page of an incident costs the same with 3 or 300.

    earlier: the incidents before it that the reader may open, read along.

    The promises come first in the union: their `until` is never null and gives the column its type.
    """
    rows = _promises(incident).union(
        _notes(incident), _opened(incident), _letters(incident), _papers(incident), _measures(incident),
        _calls(incident), _listening(incident), _corrections(incident), *_around_final_date(incident),
        *_correctable(incident), *_earlier(earlier), all=True,
    )  # fmt: skip
    return [Jotting(*row) for row in rows.order_by("j_at", "j_pk")[:MOST]]


def _row(rows: QuerySet[Any], sort: str, by: str, **columns: Any) -> QuerySet[Any, tuple[Any, ...]]:
    texts = {name: Cast(columns.pop(name, Value("")), TextField()) for name in ("text", "said_by", "state")}
    shaped = {
        "j_sort": Value(sort, CharField()), "j_pk": F("pk"), "j_at": columns["at"],
        "j_surname": F(f"{by}__surname"), "j_title": F(f"{by}__title"), "j_text": texts["text"],
        "j_said_by": texts["said_by"], "j_state": texts["state"], "j_until": columns["until"],
    }  # fmt: skip
    found: QuerySet[Any, tuple[Any, ...]] = rows.order_by().annotate(**shaped).values_list(*shaped)
    return found


def _person(of: str) -> Any:
    """Rank and surname of a contact, or nothing."""
    return Trim(Concat(F(f"{of}__rank"), Value(" "), F(f"{of}__surname"), output_field=TextField()))


def _person_here() -> Any:
    return Trim(Concat(F("rank"), Value(" "), F("surname"), output_field=TextField()))


def _promises(incident: Incident) -> QuerySet[Any, tuple[Any, ...]]:
    rows = Promise.objects.filter(number=incident.number)
    to = Case(When(to_name="", then=_person("to_contact")), default=F("to_name"), output_field=TextField())
    return _row(
        rows, "promise", "owner", at=F("made_at"), text=F("what"), said_by=to, state=F("state"), until=F("answer_by")
    )


def _notes(incident: Incident) -> QuerySet[Any, tuple[Any, ...]]:
    rows = Note.objects.filter(incident=incident)
    until = Coalesce("heard_at", "at")
    return _row(rows, "note", "by", at=F("at"), text=F("text"), said_by=F("said_by"), state=F("kind"), until=until)


def _opened(incident: Incident) -> QuerySet[Any, tuple[Any, ...]]:
    rows = Opened.objects.filter(incident=incident)
    return _row(rows, "opened", "user", at=F("at"), text=F("user_id"), until=F("at"))


def _letters(incident: Incident) -> QuerySet[Any, tuple[Any, ...]]:
    state = Case(
        When(handed_over_at__isnull=False, then=Value("handed_over")),
        When(replaced_by__isnull=False, then=Value("revised")),
        When(file__isnull=False, then=Value("issued")),
        default=Value("approved"),
    )
    rows, until = IssuedLetter.objects.filter(incident=incident), Coalesce("handed_over_at", "issued_at", "approved_at")
    return _row(rows, "letter", "approved_by", at=F("approved_at"), text=F("number"), state=state, until=until)


def _papers(incident: Incident) -> QuerySet[Any, tuple[Any, ...]]:
    rows = Paper.objects.filter(incident=incident)
    return _row(rows, "paper", "by", at=F("at"), text=F("step"), state=F("row_version"), until=F("at"))


def _measures(incident: Incident) -> QuerySet[Any, tuple[Any, ...]]:
    rows = Measure.objects.filter(incident=incident)
    done = Case(When(done_at__isnull=True, then=Value("open")), default=Value("done"))
    at = Coalesce("done_at", "due")
    return _row(rows, "measure", "owner", at=at, text=F("what"), said_by=F("place"), state=done, until=F("due"))


def _listening(incident: Incident) -> QuerySet[Any, tuple[Any, ...]]:
    """Whose wish to be met in one way or another is known, from this incident or an earlier one."""
    rows = Contact.objects.filter(customer=incident.customer_id, left_on=None).exclude(listening="")
    at = Value(incident.opened_at, DateTimeField())
    return _row(rows, "listening", "customer__owner", at=at, text=_person_here(), state=F("listening"), until=at)


def _around_final_date(incident: Incident) -> list[QuerySet[Any, tuple[Any, ...]]]:
    """Of a final date in force: what else whoever goes has on that day, and the customer's people by name."""
    known = known_of(incident)
    day = final_day(known)
    if day is None or not incident.living:
        return []
    others = Appointment.objects.between(*day_span(day)).filter(who=known["final_goes"])
    others = others.exclude(customer=incident.customer_id, customer__isnull=False)
    people = Contact.objects.filter(customer=incident.customer_id)
    day_at = Value(incident.opened_at, DateTimeField())
    rows = _row(others, "appointment", "who", at=F("starts"), text=F("title"), state=F("kind"), until=F("ends"))
    return [rows, _row(people, "contact", "customer__owner", at=day_at, text=_person_here(), until=day_at)]


def _corrections(incident: Incident) -> QuerySet[Any, tuple[Any, ...]]:
    """Invoices that are put right along with this incident: the numbers of both, and how far the new one has come."""
    rows, columns = jotted(incident)
    return _row(rows, "correction", "by", **columns)


def _correctable(incident: Incident) -> list[QuerySet[Any, tuple[Any, ...]]]:
    """Of an incident about an invoice: that invoice, where it can be put right."""
    if not (incident.invoice and incident.living and incident.kind == "missed_invoice"):
        return []
    rows, columns = correctable(incident)
    return [_row(rows, "correctable", "customer__owner", **columns)]


def _earlier(rows: QuerySet[Incident] | None) -> list[QuerySet[Any, tuple[Any, ...]]]:
    """Earlier incidents of the same kind, by number."""
    if rows is None:
        return []
    return [_row(rows, "earlier", "owner", at=F("opened_at"), text=F("number"), state=F("state"), until=F("opened_at"))]


def _calls(incident: Incident) -> QuerySet[Any, tuple[Any, ...]]:
    rows = Call.objects.filter(source__startswith=f"incident:{incident.number}:")
    return _row(
        rows, "call", "by", at=F("at"), text=F("note"), said_by=_person("contact"), state=F("outcome"), until=F("at")
    )
