"""What every kind of step has: a paper (API schema and validator), the facts guards read, an example, an effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django.db.models import Value
from pydantic import BaseModel, ConfigDict, field_validator

from customers.models import Contact, Promise
from customers.selectors import contacts_of
from customers.services import ActivityRow, promise_enter
from customers.services.promises import NewPromise
from incidents.effects import Effect, effects
from incidents.models import Incident, Paper
from office.clock import JST, local_day
from office.errors import Refused
from office.keys import KEYS
from office.models import Company, User
from office.selectors import Directory, business_calendar, company, people
from office.services import Message

FIRST_YEAR, LAST_YEAR = 2000, 2100


class StepPaper(BaseModel):
    """A paper as the API takes it and the form validates it. Unknown fields are refused, NUL too."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=8000)

    @field_validator("*", mode="after")
    @classmethod
    def _is_of_our_time(cls, value: Any) -> Any:
        """A year like 9999 is a slip of the finger, and no calendar can count with it."""
        if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValueError(f"{value.year} is not a year between {FIRST_YEAR} and {LAST_YEAR}")
        return value


@dataclass(frozen=True)
class Setting:
    """Where a paper is written: the incident, who writes, when; the rest is looked up when asked for."""

    incident: Incident
    actor: User
    at: datetime
    submission: int = 0  # the number this submission gets
    colleagues: Callable[[], Directory] = people
    activities: list[ActivityRow] = field(default_factory=list)  # what the paper asks of people, written with the entry
    step: str = ""  # which step the paper is of
    births: list[Any] = field(default_factory=list)  # turns (incidents.turn.Turn) that follow: an incident split off
    messages: list[Message] = field(default_factory=list)  # the mails that go with it
    counterparts: Callable[[int], Iterable[Contact]] = contacts_of

    def for_submission(self, number: int) -> Setting:
        """The same place for another paper; the people of both sides are read once for all of them."""
        return replace(
            self, submission=number, colleagues=lambda: self.directory, counterparts=lambda _pk: self.contacts.values()
        )

    @cached_property
    def contacts(self) -> dict[int, Contact]:
        """The customer's people by id."""
        return {contact.pk: contact for contact in self.counterparts(self.incident.customer_id)}

    @cached_property
    def directory(self) -> Directory:
        """Our people."""
        return self.colleagues()

    @cached_property
    def company(self) -> Company:
        """Our own profile."""
        return company()

    @cached_property
    def words(self) -> dict[str, Any]:
        """Where the visit is, what for and what we apologise for, as it was arranged; empty before."""
        row = Paper.objects.filter(incident=self.incident, step=words_of(self.step or "visit")).first()
        return row.data if row else {}

    @property
    def points(self) -> list[str]:
        """What we apologise for, as it was arranged (practice 4-22)."""
        lines = (line.strip() for line in str(self.words.get("apology_points", "")).splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    @cached_property
    def effects(self) -> list[Effect]:
        """What our own record says of whether the measures have worked."""
        return effects(self.incident, self.at)

    def check(self, *, contacts: Iterable[int] = (), people: Iterable[int] = (), field: str = "") -> None:
        """Refuse people who are not this customer's, and colleagues who do not work here; one statement at most."""
        theirs, ours = set(contacts), set(people)
        if ours and not theirs:  # the directory is often read anyway
            if not ours <= self.directory.by_id.keys():
                raise Refused("invalid", "Choose people of our company.", field=field or "attendees")
            return
        if not theirs and not ours:
            return
        known = (
            Contact.objects.filter(customer=self.incident.customer_id, pk__in=[pk for pk in theirs if pk in KEYS])
            .order_by()
            .values_list("pk", Value("theirs"))
        )
        counted = [pk for pk in ours if pk in KEYS]
        working = User.objects.filter(is_active=True, pk__in=counted).order_by().values_list("pk", Value("ours"))
        found = set(known.union(working, all=True))
        if {pk for pk, side in found if side == "theirs"} != theirs:
            raise Refused("invalid", "Choose people of this customer.", field=field or "meets")
        if {pk for pk, side in found if side == "ours"} != ours:
            raise Refused("invalid", "Choose people of our company.", field=field or "attendees")

    def day(self, business_days: int) -> date:
        """The day some business days ahead."""
        return local_day(business_calendar().add_days(self.at, business_days))

    def moment(self, business_days: int, hour: int = 14) -> datetime:
        """An hour, some business days ahead."""
        return datetime.combine(self.day(business_days), time(hour), JST)

    def promise(
        self, what: str, by: datetime | None, *, to: Iterable[int] = (), name: str = "", place: int = 0,
        ends: str = "", **more: Any,
    ) -> Promise | None:  # fmt: skip
        """Enter a promise into the ledger; None when none was made.

        name: where it was made, if not in the step; place: of several made there, which; ends: how its source ends.
        """
        if not what or by is None:
            return None
        incident = self.incident
        new = NewPromise(
            source=f"incident:{incident.number}:{name or self.step}:{self.submission}"
            + (f":{place}" if place else "")
            + ends,
            what=what,
            number=incident.number,
            answer_by=by,
            agreed=more.pop("agreed", True),
            to_contact_id=next(iter(to), None),
            owner_id=incident.owner_id,
            **more,
        )
        promise, row = promise_enter(customer=incident.customer, new=new, by=self.actor, at=self.at)
        self.activities.append(row)
        return promise


Facts = Mapping[str, Any]


def _no_effect(paper: Any, setting: Setting) -> None:
    return None


@dataclass(frozen=True)
class Kind:
    """A kind of step. facts: what guards read and the entry keeps, of plain JSON values, never names or free text.
    example: data that would be accepted now, shown by the API. ended: what follows, in the deciding transaction, when
    a round has all its signatures. arrangement: the paper of `start`, for a step that is arranged first; arranged: what
    follows from it, in the same transaction. contact: whether the customer is met or called in it."""

    paper: type[StepPaper]
    facts: Callable[[Any, Setting], Facts]
    example: Callable[[Setting], dict[str, Any]]
    ended: Callable[[Any, Setting], None] = _no_effect
    contact: bool = False
    arrangement: type[StepPaper] | None = None
    arrangement_facts: Callable[[Any, Setting], Facts] | None = None
    arrangement_example: Callable[[Setting], dict[str, Any]] | None = None
    arranged: Callable[[Any, Setting], None] = _no_effect


def words_of(step: str) -> str:
    """Under which name the words of an arrangement are kept."""
    return f"{step}.arrangement"


def keep_words(setting: Setting, words: dict[str, Any]) -> None:
    """Keep the words of an arrangement as its working paper, in the deciding transaction."""
    row = Paper.objects.filter(incident=setting.incident, step=words_of(setting.step)).first()
    row = row or Paper(incident=setting.incident, step=words_of(setting.step), row_version=0)
    row.data, row.by, row.at, row.row_version = words, setting.actor, setting.at, row.row_version + 1
    row.save()


def future(at: datetime | None, setting: Setting, field: str) -> None:
    """Refuse a promise whose time has passed already."""
    if at is not None and at <= setting.at:
        raise Refused("invalid", "The date lies in the past. Please name a later one.", field=field)


def aware(at: datetime | None) -> datetime | None:
    """A moment typed without a zone is meant in Japan."""
    return at.replace(tzinfo=JST) if at is not None and at.tzinfo is None else at


def end_of_day(day: date) -> datetime:
    """The close of business of a day."""
    return business_calendar().closing_of(day)
