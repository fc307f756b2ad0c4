"""Whatever five programs with five roles send, the API answers in order: what is offered is taken, what is not is
refused with a sentence and leaves nothing, and after every request the rows alone say where the incident stands.

A sequence is one incident from its first report through random steps. bin/check runs 500 through the engine alone
(test_engine_random), 500 through the services (test_service_random) and 120 by HTTP here, where nearly all the time
goes into the answers, each with the whole incident as its reader sees it. The long form runs 10,000 of each; 20 more
with a real restart in the middle are in tests/drills/test_restart.py.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from customers.services import promises_sweep
from incidents import verify
from incidents.actions import Action, Scene, offered, scene
from incidents.engine import LIFE, VERBS, playbooks
from incidents.models import Entry, Incident
from incidents.selectors import is_visible
from incidents.services import render_letters, wake
from incidents.words import LIVES, STATES
from office.errors import STATUS
from office.models import User
from office.services import token_create
from office.viewer import viewer_for
from tests.proof.dice import PHASES, SEED, again, often
from tests.proof.test_service_random import PEOPLE_ON_IT, SHARES, everything

pytestmark = pytest.mark.django_db
ROLES = {"rep": "rep", "technician": "tech", "manager": "manager", "branch head": "branch", "auditor": "auditor"}
PEOPLE = tuple(ROLES.values())
LOOKS_AGAIN = 3  # after how many commands that were taken somebody looks at what they find
KINDS = sorted(playbooks())
STEPS = {step for playbook in playbooks().values() for step in playbook.steps}
STEP = re.compile(rf"\b({'|'.join(STEPS)})\b", re.ASCII)
CODE = re.compile(rf"\b({'|'.join({*STATES, *LIVES})})\b|\['", re.ASCII)  # a state, or a list as Python writes it
ODD: tuple[Any, ...] = ({}, {"text": ""}, {"nonsense": 1}, {"owner": 2**40}, {"kind": "none"}, {"day": "昨日"}, [])


class AnApi(RuleBasedStateMachine):
    """Programs of five roles send commands to one incident; the clock goes on in between.

    What is offered is asked of the API, once until something is written. Only where the work simply goes on, and to
    know what need not be asked, it is read off the engine, which takes a tenth of the time.
    """

    cast: ClassVar[SimpleNamespace]
    opened: ClassVar[datetime]
    programs: ClassVar[dict[str, Client]]

    @initialize(kind=st.sampled_from(KINDS))
    def opens(self, kind: str) -> None:
        note(f"{again()} {kind}")
        self.savepoint = transaction.savepoint()
        self.clock = time_machine.travel(self.opened, tick=False)
        self.now = self.clock.start()
        self.taken = 0
        body = {"customer": self.cast.towa.pk, "kind": kind, "summary": "お約束の件", "idempotency_key": uuid4().hex}
        status, answer = self.send("rep", "incidents", body)
        assert status == 201, answer
        self.number = answer["number"]
        self.path = f"incidents/{self.number}"
        self.is_in_order()

    @rule(count=st.integers(1, 4))
    def the_work_goes_on(self, count: int) -> None:
        for _ in range(count):
            found = ((name, action) for name in PEOPLE for action in self.possible(name) if action.forward)
            offers = ((name, offer) for name, action in found if (offer := offered(self.view(name), action)))
            if first := next(offers, None):
                status, answer = self.give(*first, first[1]["schema"]["example"])
                assert status == 200, (first, answer)

    @rule(name=st.sampled_from(PEOPLE), place=st.integers(0, 60), odd=st.sampled_from([None, None, *ODD]))
    def somebody_takes_what_is_offered(self, name: str, place: int, odd: Any) -> None:
        if actions := self.actions(name):
            action = actions[place % len(actions)]
            self.give(name, action, action["schema"]["example"] if odd is None else odd)

    @rule(
        name=st.sampled_from(PEOPLE), command=st.sampled_from([*VERBS, *LIFE, "abracadabra", ""]),
        step=st.sampled_from(["plan", "visit", "letter", "compensation", "", "nowhere"]), off=st.integers(-1, 2),
    )  # fmt: skip
    def somebody_tries_anything(self, name: str, command: str, step: str, off: int) -> None:
        may_be = (command, step) in {(action.command, action.step) for action in self.possible(name)}
        listed = {(action["command"], action["step"]) for action in self.actions(name)} if may_be else ()
        status, answer = self.give(
            name, {"command": command, "step": step, "submission": max(0, off)}, {"text": "試す"}
        )
        assert (command, step) in listed or status != 200, answer

    @precondition(lambda self: hasattr(self, "last"))
    @rule()
    def the_last_request_comes_again(self) -> None:
        name, body = self.last
        status, _answer = self.send(name, f"{self.path}/commands", body)
        assert status in (200, 404), "a repeated key is answered, unless the asker may no longer look"
        assert everything() == self.rows

    @rule(name=st.sampled_from(PEOPLE), path=st.sampled_from(["incidents/1999-0001", "{}/nowhere", "incidents/x"]))
    def somebody_asks_for_another_number(self, name: str, path: str) -> None:
        assert self.read(name, path.format(self.path))[0] == 404
        assert everything() == self.rows

    @rule(minutes=st.sampled_from([1, 90, 1440, 40_000]))
    def time_passes(self, minutes: int) -> None:
        self.now.shift(timedelta(minutes=minutes))
        at = datetime.now(tz=self.opened.tzinfo)
        render_letters(at=at)
        promises_sweep(at=at)
        wake(at=at)
        self.is_in_order()

    def teardown(self) -> None:
        self.clock.stop()
        transaction.savepoint_rollback(self.savepoint)

    # -- what they send

    def read(self, name: str, path: str) -> tuple[int, Any]:
        answer = self.programs[name].get(f"/api/v1/{path}")
        return answer.status_code, answer.json()

    def send(self, name: str, path: str, body: Any) -> tuple[int, Any]:
        answer = self.programs[name].post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
        return answer.status_code, answer.json()

    def actions(self, name: str) -> list[dict[str, Any]]:
        """What the API offers somebody."""
        if name not in self.listed:
            status, answer = self.read(name, self.path)
            self.listed[name] = list(answer["actions"]) if status == 200 else []
        return self.listed[name]

    def view(self, name: str) -> Scene:
        if name not in self.views:
            self.views[name] = scene(viewer_for(getattr(self.cast, name), datetime.now(tz=UTC)), self.incident)
        return self.views[name]

    def possible(self, name: str) -> list[Action]:
        """What the engine would let somebody do: at least what the API offers."""
        view = self.view(name)
        return list(view.actions()) if is_visible(view.viewer, self.incident) else []

    def give(self, name: str, action: dict[str, Any], data: Any) -> tuple[int, Any]:
        body = {key: action[key] for key in ("command", "step", "submission")}
        body |= {"data": data, "idempotency_key": uuid4().hex}
        status, answer = self.send(name, f"{self.path}/commands", body)
        if status == 200:
            self.last = (name, body)
            self.is_in_order()
            assert isinstance(answer.pop("hints"), list)  # on the words of this command alone
            self.taken += 1
            if self.taken % LOOKS_AGAIN == 1:
                seen = self.read(name, self.path)
                assert seen[0] == 404 or seen[1] == answer, "the answer is what one finds when one looks"
        else:
            assert STATUS[answer["code"]] == status, (status, answer)
            assert any(character > "\u3040" for character in answer["message"]), f"not in Japanese: {answer}"
            assert not CODE.search(answer["message"]), f"a code of ours is shown: {answer}"
            assert status != 409 or not STEP.search(answer["message"]), f"a step is not in words: {answer}"
            assert everything() == self.rows, "a refused command left something behind"
        return status, answer

    # -- what holds after every request

    def is_in_order(self) -> None:
        assert list(verify.problems()) == [], "entries, chain, projection and rows tell the same"
        self.incident = incident = Incident.objects.select_related(*PEOPLE_ON_IT).get(number=self.number)
        assert incident.head_seq == Entry.objects.filter(incident=incident).count()
        self.rows = everything()
        self.listed: dict[str, list[dict[str, Any]]] = {}
        self.views: dict[str, Scene] = {}


def program(user: User, at: datetime) -> Client:
    return Client(headers={"authorization": f"Bearer {token_create(user=user, at=at)}"})


@pytest.mark.parametrize("share", range(SHARES))  # so that all processes can run them
def test_the_api_stays_in_order(cast: SimpleNamespace, at: datetime, share: int) -> None:
    rounds = settings(
        max_examples=often(120, 10_000) // SHARES, stateful_step_count=often(10, 30), deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=PHASES, print_blob=True,
    )  # fmt: skip
    AnApi.cast, AnApi.opened = cast, at
    AnApi.programs = {name: program(getattr(cast, name), at) for name in PEOPLE}
    run_state_machine_as_test(seed(SEED + share)(AnApi), settings=rounds)
