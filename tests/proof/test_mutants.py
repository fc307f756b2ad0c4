"""The script that takes the guards away notices when one is gone; the whole of it takes minutes and runs by hand.

This one of it runs in the long form (`MAKOTO_PROOF=long`).
"""

import json
import subprocess
import sys

import pytest

from config.environment import BASE_DIR
from tests.proof.dice import LONG


@pytest.mark.skipif(not LONG, reason="the long form only")
def test_a_signature_under_ones_own_work_is_noticed_by_name() -> None:
    command = [sys.executable, "-m", "tests.proof.mutants", "Move.signs: no `self.command.actor"]
    found = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stderr
    *lines, last = found.stdout.splitlines()
    assert "test_nobody_approves_own_work" in lines[-1]
    assert (json.loads(last)["mutants"], json.loads(last)["noticed"]) == (1, 1)
