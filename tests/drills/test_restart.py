"""Random walks with a real restart in the middle: what everybody saw before is what they find afterwards.

It takes minutes: `MAKOTO_PROOF=long bin/test tests/drills/test_restart.py`; `MAKOTO_SEED=n` repeats a run's dice.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from incidents.engine.playbook import playbooks
from tests.drills.house import House, Person, free_port
from tests.proof.dice import LONG, again, dice

pytestmark = [pytest.mark.drill, pytest.mark.skipif(not LONG, reason="the long form only")]
RESTARTS = 20
STEPS = 6  # commands before the restart, and as many afterwards


def walk(people: list[Person], path: str, luck: Random) -> int:
    """Whoever comes by takes something that is offered, with its example; returns how many commands were taken."""
    taken = 0
    for _ in range(STEPS):
        person = luck.choice(people)
        if actions := person.seen(path)["actions"]:
            action = luck.choice([action for action in actions if action["forward"]] or actions)
            command = {name: action[name] for name in ("command", "step", "submission")}
            body = {**command, "data": action["schema"]["example"], "idempotency_key": uuid4().hex}
            taken += person.tries(f"{path}/commands", body) == 200
    return taken


def test_a_restart_changes_nothing_that_anybody_sees(tmp_path: Path) -> None:
    luck, house, taken = dice(), House(tmp_path, free_port()), 0
    furnished = house.run("-m", "tests.drills.furnish", "0")
    assert furnished.returncode == 0, furnished.stderr
    known = json.loads(furnished.stdout)
    people = [Person(house, token) for token in known["tokens"].values()]
    before: dict[str, list[Any]] = {}
    try:
        for n in range(RESTARTS + 1):
            with house.running():
                people[0].ask("incidents")
                for path, seen in before.items():
                    assert [person.seen(path) for person in people] == seen, again()
                    taken += walk(people, path, luck)
                report = {"customer": known["customer"], "kind": luck.choice(sorted(playbooks())), "summary": f"件 {n}"}
                path = f"incidents/{people[0].ask('incidents', report)['number']}"
                taken += walk(people, path, luck)
                before = {path: [person.seen(path) for person in people]}
        assert taken, "nobody did anything"
        verified = house.run("manage.py", "verify")
        assert verified.returncode == 0, verified.stdout
    except AssertionError:
        sys.stdout.write(f"{again()}\n{(tmp_path / 'house.log').read_text()[-3000:]}")
        raise
