"""Law 8: whoever may not see an incident meets none of its words, on no page and in no answer of the API."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import reverse

from config.access import RULES
from customers.models import Activity, Promise
from customers.selectors import activities_seen, promise_get, promises_visible
from customers.services import NewPromise, promise_agree, promise_keep, promise_make, promises_sweep
from incidents import store
from incidents.forms.acts import ACTS
from incidents.models import Incident, Submission
from incidents.selectors import incidents_visible
from incidents.services import FirstReport, incident_open, measure_done, render_letters
from incidents.turn import Order
from office.models import User
from office.policy import declared
from office.services import token_create
from office.viewer import viewer_for
from tests.config.test_access import CALLS, PAGES, PLAYERS, ROUTES
from tests.job import Offers
from tests.proof.dice import LONG

MARK = "カラスの極秘"  # in every word that is written into the incident
QUERIES: dict[str, tuple[str, ...]] = {  # what is asked behind a path
    "desk:today": ("", "?show=calls", "?show=visits"),
    "desk:search": ("?q=極秘", "?q=北陸", "?q={number}"),
    "customers:promises": ("", "?state=late", "?state=ended", "?q=極秘", "?number={number}&state=open"),
    "customers:promise_new": ("", "?number={number}"),
    "incidents:list": ("", "?q=極秘", "?q={number}"),
    "incidents:new": ("", "?customer={customer}"),
    "incidents:customers": ("?q=北陸", "?q=極秘", "?customer=極秘"),
    "customers:names": ("?q=極秘", "?q=北陸"),
    "office:journal": ("", "?q=極秘", "?q={number}"),
    "api:promises": ("", "?number={number}"),
    "api:incidents": ("", "?q=極秘"),
    "account_logout": (),
}


class Secret:
    """An incident of team b, each word of it marked, walked until it has letter, promises, measures and calls."""

    def __init__(self, cast: SimpleNamespace, at: datetime) -> None:
        self.cast, self.at, self.count = cast, at, 0
        paper = {"summary": f"{MARK}一", "customer_words": f"{MARK}二", "next_contact": "today"}
        report = FirstReport(customer_id=cast.hokuriku.pk, data=paper, kind="missed_invoice", severity="A", key="s")
        self.number = incident_open(viewer=viewer_for(cast.rep_b, at), report=report)[0].number
        self.do(cast.rep_b, "note", data={"text": f"{MARK}三"})
        self.do(cast.rep_b, "chase", data={"text": f"{MARK}四"})
        self.do(cast.rep_b, "submit", "first_apology")
        self.do(cast.rep_b, "submit", "plan")
        self.do(cast.manager_b, "approve_with_remark", "plan", {"text": f"{MARK}五"})
        self.do(cast.manager_b, "submit", "prevention")
        self.do(cast.rep_b, "rehearse")
        self.do(cast.rep_b, "start", "visit")
        self.do(cast.rep_b, "submit", "letter")
        self.do(cast.director, "approve", "letter", {})
        render_letters(at=at)
        self.promises()
        measure_done(viewer=viewer_for(cast.rep_b, at), pk=self.row.measures.get().pk, evidence=f"{MARK}八")

    @property
    def row(self) -> Incident:
        return Incident.objects.get(number=self.number)

    def do(self, user: User, name: str, step: str = "", data: dict[str, Any] | None = None) -> None:
        self.count += 1
        offer = Offers(viewer_for(user, self.at), self.number)[name, step]
        paper = marked(offer["schema"]["example"]) if data is None else data
        order = Order(name, f"s{self.count}", step, offer["submission"], paper)
        store.execute(viewer=viewer_for(user, self.at), number=self.number, order=order)

    def promises(self) -> None:
        cast, at = self.cast, self.at
        known: dict[str, Any] = {"number": self.number, "answer_by": at + timedelta(days=3)}
        for n in range(2):
            new = NewPromise(source=f"s{n}", what=f"{MARK}六", **known)
            made = promise_make(customer=cast.hokuriku, new=new, by=cast.rep_b, at=at)
            promise_agree(promise_id=made.pk, by=cast.rep_b, at=at)
        promise_keep(promise_id=made.pk, evidence=f"{MARK}七", by=cast.rep_b, at=at)


FREE = ("what", "cause", "effect", "wish", "remedy", "prevention", "text", "words", "said", "explained", "note")


def marked(paper: Any, field: str = "") -> Any:
    """The example of a paper with the mark in every free text."""
    if isinstance(paper, dict):
        return {name: marked(value, name) for name, value in paper.items()}
    if isinstance(paper, list):
        return [marked(value, field) for value in paper]
    return f"{MARK}{paper}"[:200] if isinstance(paper, str) and field in FREE else paper


@pytest.fixture
def secret(cast: SimpleNamespace, at: datetime) -> Iterator[Secret]:
    """Afterwards `rep` of team a becomes the customer's deputy, who sees the customer but not this incident."""
    with time_machine.travel(at, tick=False):
        found = Secret(cast, at)
        cast.hokuriku.deputy = cast.rep
        cast.hokuriku.save()
        yield found


def addresses(name: str, secret: Secret) -> Iterator[str]:
    """Every address of a route about the incident, its customer and whatever stands in the tables."""
    keys = range(
        1, 1 + max(model._default_manager.count() for model in apps.get_models() if model.__name__ in NUMBERED)
    )
    numbers = [secret.number] if not name.startswith(("billing", "api:invoice")) else ["9999"]
    offers: dict[str, Any] = {
        "number": numbers, "step": list(secret.row.case["steps"]), "command": list(ACTS), "place": range(2),
        "key": [declared()[0].key], "pk": keys, "customer": keys,
    }  # fmt: skip
    names = list(ROUTES[name])
    facts = {"number": secret.number, "customer": str(secret.cast.hokuriku.pk)}
    for values in product(*(offers.get(argument, ["none"]) for argument in names)):
        path = reverse(name, kwargs=dict(zip(names, values, strict=True)))
        yield from (path + query.format(**facts) for query in QUERIES.get(name, ("",)))


NUMBERED = ("Customer", "Contact", "Promise", "IssuedLetter")
SKIPPED = {"account_logout", "healthz", "incidents:letter_preview", "incidents:letter_draft"}  # pictures show no text


def test_the_secret_is_in_everything(secret: Secret) -> None:
    assert MARK in secret.row.summary
    assert Submission.objects.filter(incident=secret.row, text__contains=MARK).count() >= 2
    assert {row.kind for row in Activity.objects.filter(detail__contains=MARK)} >= {"step", "promise", "notice", "call"}
    assert Promise.objects.filter(what__contains=MARK, state="kept").exists()


# Who may not see the incident, and one who may; the long form walks as everybody.
WALKERS = [*PLAYERS.values(), "manager_b"] if LONG else ["rep", "billing", "director"]


@pytest.mark.parametrize("name", WALKERS)
def test_nobody_reads_what_is_not_theirs(
    name: str, secret: Secret, cast: SimpleNamespace, at: datetime, client_for: Callable[..., Client]
) -> None:
    user: User = getattr(cast, name)
    sees = incidents_visible(viewer_for(user, at)).filter(number=secret.number).exists()
    told = [path for path, text in read(secret, user, at, client_for) if MARK in text]
    assert bool(told) == sees, told
    assert sees == (name in ("branch", "director", "auditor", "manager_b"))


def read(secret: Secret, user: User, at: datetime, client_for: Callable[..., Client]) -> Iterator[tuple[str, str]]:
    """Everything this person gets to see, address by address."""
    browser = client_for(user, raise_request_exception=False)
    program = Client(headers={"Authorization": f"Bearer {token_create(user=user, at=at)}"})
    for client, names in ((browser, PAGES), (program, CALLS)):
        for name in names:
            if "GET" in RULES[name] and name not in SKIPPED:
                for path in addresses(name, secret):
                    answer = client.get(path)
                    assert answer.status_code < 500, path
                    yield path, b"".join(answer).decode(errors="replace")


def test_own_work_stays_in_sight(secret: Secret, cast: SimpleNamespace, at: datetime) -> None:
    new = NewPromise(source="own", what=f"{MARK}九", number=secret.number, owner_id=cast.tech.pk)
    made = promise_make(customer=cast.hokuriku, new=new, by=cast.rep_b, at=at)
    assert promise_get(viewer_for(cast.tech, at), made.pk) == made
    assert [row.source for row in activities_seen(viewer_for(cast.tech, at))] == [f"promise:{made.pk}"]
    assert not promises_visible(viewer_for(cast.rep, at)).exists()
    promises_sweep(at=made.answer_by + timedelta(hours=1))  # past its day it stands on the deputy's Today as well
    assert promise_get(viewer_for(cast.rep, at), made.pk) == made


def test_nobody_promises_into_a_foreign_incident(secret: Secret, cast: SimpleNamespace, at: datetime) -> None:
    program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.rep, at=at)}"})
    paper = {"customer": cast.hokuriku.pk, "what": "ご報告", "number": secret.number, "idempotency_key": "k"}
    answer = program.post("/api/v1/promises", paper, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
