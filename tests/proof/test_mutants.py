"""The script that takes the guards away notices when one is gone; the whole of it takes minutes and runs by hand.

This one of it runs in the long form (`MAKOTO_PROOF=long`).
"""

import json
import subprocess
import sys

import pytest

from config.environment import BASE_DIR
from incidents.engine import LIFE, VERBS
from tests.proof.dice import LONG
from tests.proof.mutants import BESIDE, mutants

# What refuses papers that cannot be read, for all steps alike; tests/proof/test_refusals.py walks it.
SHARED = {"steps.base", "steps.reading"}


def test_no_guard_is_left_out() -> None:
    """Every command has its mutants, and every module beside the engine that refuses something."""
    names = [mutant.name for mutant in mutants()]
    assert len(names) == len(set(names))
    for command in (*VERBS, *LIFE):
        assert f"{command} by anybody" in names
    found = {
        ".".join(path.relative_to(BASE_DIR / "incidents").with_suffix("").parts)
        for part in ("leaves", "steps")
        for path in (BASE_DIR / "incidents" / part).glob("*.py") if "raise Refused" in path.read_text()
    }  # fmt: skip
    assert {name for name in found if name not in BESIDE} == SHARED


@pytest.mark.skipif(not LONG, reason="the long form only")
def test_a_signature_under_ones_own_work_is_noticed_by_name() -> None:
    command = [sys.executable, "-m", "tests.proof.mutants", "Move.signs: no `self.command.actor"]
    found = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stderr
    *lines, last = found.stdout.splitlines()
    assert "test_nobody_approves_own_work" in lines[-1]
    assert (json.loads(last)["mutants"], json.loads(last)["noticed"]) == (1, 1)
