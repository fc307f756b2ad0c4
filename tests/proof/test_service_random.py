"""Whatever anybody does in whatever order, the record stays in order: the services on a real database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.db import connection, models, transaction
from hypothesis import HealthCheck, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from customers.models import Activity, CareHold, Contact, Promise
from customers.services import promise_keep, promises_sweep
from incidents import store, verify
from incidents.actions import Scene, scene
from incidents.engine import LIFE, VERBS, playbook_of, playbooks, settle, wakes_at
from incidents.engine.codec import case_from_json
from incidents.engine.remedies import raised
from incidents.models import Entry, Incident, IssuedLetter, Leaf, Measure, Note, Submission
from incidents.orders import ORDERS
from incidents.selectors import incidents_visible
from incidents.services import render_letters, wake
from incidents.steps import KINDS, Setting
from incidents.turn import Order, Turn
from office.clock import local_day
from office.errors import Refused
from office.models import Outbox, User
from office.selectors import business_calendar
from tests.job import Job
from tests.proof.dice import PHASES, SEED, again, often

pytestmark = [pytest.mark.both, pytest.mark.django_db]
SHARES = 4
PEOPLE_ON_IT = ("customer", "owner__boss", "deputy", "liaison", "created_by", "told_to")
STEPS = sorted({step for playbook in playbooks().values() for step in playbook.steps})
PEOPLE = ("rep", "rep2", "manager", "manager2", "branch", "director", "tech", "auditor", "rep_b")
WRITTEN: tuple[type[models.Model], ...] = (
    Incident, Entry, Submission, Note, Measure, IssuedLetter, Activity, Promise, Outbox, CareHold, Contact, Leaf,
    Leaf.readers.through,
)  # fmt: skip
ODD: tuple[Any, ...] = ({}, {"text": ""}, {"nonsense": 1}, {"owner": 2**40}, {"kind": "none"}, {"severity": "Z"})


class ARecord(RuleBasedStateMachine):
    """Nine people, most with a part, send commands; the clock ticks and letters are printed in between."""

    cast: ClassVar[SimpleNamespace]
    opened: ClassVar[datetime]

    @initialize(kind=st.sampled_from(sorted(playbooks())), wished=st.booleans())
    def opens(self, kind: str, wished: bool) -> None:
        note(again())
        self.savepoint = transaction.savepoint()
        self.job = Job(self.cast, self.opened, kind=kind)
        if wished:  # alternatives can be prepared
            self.job.wished()
        self.seen: dict[tuple[int | None, ...], dict[str, bool]] = {}
        self.is_in_order()

    @rule(start=st.integers(0, 8), count=st.integers(1, 5))
    def the_work_goes_on(self, start: int, count: int) -> None:
        for turn in range(start, start + count):
            order = sorted(PEOPLE, key=lambda name: (PEOPLE.index(name) + turn) % len(PEOPLE))
            offers = ((name, a.command, a.step) for name in order for a in self.actions(name) if a.forward)
            if offer := next(offers, None):
                self.do(*offer)

    @rule(name=st.sampled_from(PEOPLE), place=st.integers(0, 40), odd=st.sampled_from([None, None, *ODD]))
    def somebody_turns_it(self, name: str, place: int, odd: dict[str, Any] | None) -> None:
        if actions := self.actions(name):
            action = actions[place % len(actions)]
            self.do(name, action.command, action.step, odd)

    @rule(
        name=st.sampled_from(PEOPLE), command=st.sampled_from([*VERBS, *LIFE, "abracadabra"]),
        step=st.sampled_from([*STEPS, "", "nowhere"]), off=st.integers(-1, 1),
    )  # fmt: skip
    def somebody_tries_anything(self, name: str, command: str, step: str, off: int) -> None:
        self.do(name, command, step, off=off)

    @precondition(lambda self: hasattr(self, "last"))
    @rule()
    def the_last_request_comes_again(self) -> None:
        store.execute(viewer=self.last[0], number=self.job.number, order=self.last[1])
        assert everything() == self.rows, "a repeated key did something"

    @rule(minutes=st.sampled_from([1, 90, 1440, 40_000]))
    def time_passes(self, minutes: int) -> None:
        self.job.at += timedelta(minutes=minutes)
        render_letters(at=self.job.at)
        promises_sweep(at=self.job.at)
        wake(at=self.job.at)
        assert wake(at=self.job.at) == {"alarms": 0, "resumed": 0}, "an alarm is told once"
        self.is_in_order()

    @rule()
    def promises_are_kept(self) -> None:
        if found := list(Promise.objects.open()):
            for promise in found:
                promise_keep(  # the sign-off is asked of residual items alone
                    promise_id=promise.pk, evidence="電話でお伝えした", signed_by="工場長 堀",
                    signed_on=local_day(self.job.at), by=self.cast.rep, at=self.job.at,
                )  # fmt: skip
            self.is_in_order()

    def teardown(self) -> None:
        try:
            assert list(verify.problems()) == []
        finally:
            transaction.savepoint_rollback(self.savepoint)

    # -- what they do

    def user(self, name: str) -> User:
        user: User = getattr(self.cast, name)
        return user

    def view(self, name: str) -> Scene | None:
        """What somebody finds, None when it is not theirs; whose it is changes only with the people on it."""
        incident = self.incident
        on_it = tuple(getattr(incident, f"{part}_id") for part in ("owner", "deputy", "liaison", "told_to", "team"))
        sees = self.seen.setdefault(on_it, {})
        viewer = self.job.viewer(self.user(name))
        if name not in sees:
            sees[name] = incidents_visible(viewer).filter(pk=incident.pk).exists()
        return scene(viewer, incident) if sees[name] else None

    def actions(self, name: str) -> list[Any]:
        view = self.view(name)
        return view.actions() if view else []

    def example(self, name: str, command: str, step: str) -> dict[str, Any]:
        setting = Setting(self.incident, self.user(name), self.job.at, 1)
        if step in KINDS and command == "submit":
            return KINDS[step].example(setting)
        if step == "visit" and command == "start":
            return KINDS[step].arrangement_example(setting)  # type: ignore[misc]  # a visit has one
        return ORDERS[command].example(setting) if command in ORDERS else {}

    def do(self, name: str, command: str, step: str, odd: dict[str, Any] | None = None, off: int = 0) -> None:
        data = self.example(name, command, step) if odd is None else odd
        steps = self.case.steps
        submission = max(0, steps[step].submission + off) if step in steps else 0
        order = Order(command, uuid4().hex, step, submission, data)
        viewer = self.job.viewer(self.user(name))
        try:
            done = store.execute(viewer=viewer, number=self.job.number, order=order)
        except Refused:
            assert everything() == self.rows, "a refused command left something behind"
            return
        assert done.fresh
        self.last = (viewer, order)
        self.is_in_order()

    # -- what holds after every step

    def is_in_order(self) -> None:
        self.incident = incident = Incident.objects.select_related(*PEOPLE_ON_IT).get(number=self.job.number)
        self.case = case = case_from_json(incident.case)
        self.rows = everything()
        assert incident.wake_at == wakes_at(case)
        assert (
            case.over
            or list(settle(playbook_of(case.playbook, case.version), case, case.at, store_rules(incident))) == []
        )
        in_care = not case.over or case.state == "at_rest"
        assert CareHold.objects.filter(source__startswith=f"incident:{incident.number}:").exists() == in_care
        for step, progress in case.steps.items():
            assert not progress.doer or progress.doer not in progress.signed, f"{step}: who did the work signed it"
        assert_activities(incident)
        numbers = sorted(IssuedLetter.objects.values_list("number", flat=True))
        assert [int(number[-4:]) for number in numbers] == list(range(1, len(numbers) + 1))


def store_rules(incident: Incident) -> Any:
    return Turn(incident, incident.opened_at, None, None, "", "").rules  # type: ignore[arg-type]


def assert_activities(incident: Incident) -> None:
    """Every open step, approval and confirmation is on exactly one list, and nothing else is."""
    steps, measures = f"incident:{incident.number}:", f"measure:{incident.number}:"
    found = list(Activity.objects.filter(number=incident.number, state="open").values_list("source", "urgent"))
    of_steps = {source.removeprefix(steps): urgent for source, urgent in found if source.startswith(steps)}
    if of_steps.pop("failed", None) is not None:  # told once, when the rule has spoken; ended when it is read
        assert incident.living
        assert raised(case_from_json(incident.case))
    assert sorted(of_steps) == sorted(wanted(incident, read="read" in of_steps))
    urgent = {urgent for source, urgent in of_steps.items() if source != "read"}  # a notice stays as it was sent
    assert urgent <= {incident.severity == "A"}
    undone = Measure.objects.filter(incident=incident, done_at=None).values_list("place", flat=True)
    of_measures = [int(source.rpartition(":")[2]) for source, _urgent in found if source.startswith(measures)]
    assert sorted(of_measures) == ([] if incident.state == "void" else sorted(undone))  # a mistake needs no measure


def wanted(incident: Incident, *, read: bool) -> list[str]:
    """What must be on people's lists, said once more and in another way than the agenda says it."""
    case = case_from_json(incident.case)
    if case.state == "at_rest":
        return ["look_again"]
    if case.over:
        return []
    sources = []
    for step, now in case.steps.items():
        name = f"{step}:{now.round}" if now.round else step
        if now.state == "open":
            boss_does_it = playbook_of(case.playbook, case.version).steps[step].by == "manager"
            sources += [name, f"{name}:late"] if now.level >= 3 and not boss_does_it else [name]
        sources += [f"{step}:{part}:{now.submission}" for part in (*now.asks, *now.unconfirmed)]
    ended = [now.ended for now in case.steps.values()]
    if case.state == "untriaged" and any(ended):
        sources.append("kind")
    if case.state == "aftercare" and all(ended):
        sources.append("close")
    for pk, row in case.known.get("alternatives", {}).items():
        sources += [f"quiet:{pk}:{row['state']}"] if row["state"] in ("asked", "returned") else []
    sources += wanted_for_final_date(incident, case.known)
    sources += wanted_for_repair(case)
    sources += [
        f"risk:{row['leaf']}:{pk}"
        for row in case.known.get("risks", {}).values() for pk in {*row["told"]} - {*row["seen"]}
    ]  # fmt: skip
    sources += wanted_for_reactions(incident, case.known)
    sources += wanted_beside_the_owner(incident, case)
    sources += ["pause_over"] if "over" in (case.known.get("pause") or {}) else []
    sources += [f"quiet:abuse:{pk}" for pk, row in case.known.get("abuse", {}).items() if row["state"] == "told"]
    sources += beside(case)
    told = Entry.objects.filter(incident=incident, actor=incident.told_to_id)
    assert not (read and told.exists()), "who has acted has read"
    return sources + ["read"] * read + ["chased"] * (incident.chased_at is not None)


def wanted_beside_the_owner(incident: Incident, case: Any) -> list[str]:
    """Where two go, the second has an arranged visit on their own list, unless they were asked to come along."""
    visit = case.steps.get("visit")
    if visit is None or visit.state != "open" or not visit.started or "starts" not in visit.data:
        return []
    name = f"visit:{visit.round}" if visit.round else "visit"
    others = set(visit.data.get("attendees", ())) - {incident.owner_id, *case.companions}
    return [f"{name}:goes:{pk}" for pk in others]


def wanted_for_reactions(incident: Incident, known: Mapping[str, Any]) -> list[str]:
    """Asked to stay away the boss says how we go on; conditions are the boss's and the owner's."""
    ban, asked = known.get("ban"), known.get("conditions")
    told = {incident.owner.boss_id or incident.owner_id, incident.owner_id}
    away = [f"ban:{ban['submission']}"] if ban and not ban["way"] else []
    return away + [f"conditions:{asked['submission']}:{pk}" for pk in told] if asked else away


def wanted_for_final_date(incident: Incident, known: Mapping[str, Any]) -> list[str]:
    """A final date counts down for liaison, owner and boss; the day is on one list, an absence before one boss."""
    if not known.get("final_date"):
        return []
    people = {incident.liaison_id or incident.owner_id, incident.owner_id, incident.owner.boss_id}
    asked = [f"absence:{known['absence']['leaf']}"] if known.get("absence") else []
    along = ["day:with"] if known.get("final_with") else []
    return [*(f"final:{pk}" for pk in people if pk), "day", *along, *asked]


def wanted_for_repair(case: Any) -> list[str]:
    """While the machine does not run again, the first business day of its period without an entry."""
    found, step = case.known.get("repair", {}), case.steps.get("repair_period")
    if "starts" not in found or step is None or step.ended:
        return []
    first, last = (date.fromisoformat(found[name]) for name in ("starts", "ends"))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    logged = found.get("logged", "")
    return ["repair_log"] * any(business_calendar().is_business_day(day) and day.isoformat() > logged for day in days)


def beside(case: Any) -> list[str]:
    """What was asked of people beside the steps."""
    asked = [f"opinion:{leaf}:{pk}" for leaf, q in case.known.get("opinions", {}).items() for pk in q["of"]]
    if (visit := case.steps.get("visit")) is None:
        return asked
    starts, told = visit.data.get("starts"), set()
    for leaf, ask in case.known.get("accompany", {}).items():
        waits = ask["answer"] == "asked" or ask["goes"] or ask["starts"] == starts
        if visit.state == "open" and starts and ask["round"] == visit.round and waits:
            asked.append(f"accompany:{leaf}")
            last = ask["answer"] == "asked" and ask.get("level", 0) and ask["level"] == len(ask["alarms"])
            if last and ask["starts"] == starts and visit.data.get("under_way") != "arrived" and "begun" not in ask:
                asked += [f"accompany:{leaf}:owner", *([f"accompany:{leaf}:above"] if ask["above"] else [])]
    if visit.submission:
        told = {*case.known.get("advisers", ()), *case.steps["plan"].signed} - {visit.doer}
        told -= set(case.known.get("result_read", {}).get(str(visit.submission), ()))
    return asked + [f"told:{visit.submission}:{pk}" for pk in told]


def everything() -> list[Any]:
    """All rows that a command may write, as the database gives them."""
    with connection.cursor() as cursor:
        return [_rows(cursor, model._meta.db_table) for model in WRITTEN]


def _rows(cursor: Any, table: str) -> list[Any]:
    cursor.execute(f'SELECT * FROM "{table}" ORDER BY id')
    return list(cursor.fetchall())


@pytest.mark.parametrize("share", range(SHARES))  # so that two processes can run them
def test_records_stay_in_order(cast: SimpleNamespace, at: datetime, share: int) -> None:
    # The rules are the same on both databases; PostgreSQL is there for what SQL does differently.
    short = 500 if connection.vendor == "sqlite" else 40
    rounds = settings(
        max_examples=often(short, 10_000) // SHARES, stateful_step_count=often(12, 50), deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=PHASES, print_blob=True,
    )  # fmt: skip
    ARecord.cast, ARecord.opened = cast, at
    run_state_machine_as_test(seed(SEED + share)(ARecord), settings=rounds)
