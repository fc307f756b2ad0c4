"""How long and how random: `MAKOTO_PROOF=long` for the night, `MAKOTO_SEED=n` to see a failure again."""

from __future__ import annotations

import os
import secrets
from random import Random

from hypothesis import Phase

LONG = os.environ.get("MAKOTO_PROOF") == "long"
SEED = int(os.environ.get("MAKOTO_SEED") or secrets.randbelow(10**9))
# A failure is made shorter only when somebody looks at it again; that takes minutes.
PHASES = tuple(Phase) if "MAKOTO_SEED" in os.environ else (Phase.explicit, Phase.generate)


def often(short: int, long: int) -> int:
    """How many rounds: `short` in bin/check, `long` by night."""
    return long if LONG else short


def dice() -> Random:
    """Random numbers of the seed; a failure names it."""
    return Random(SEED)


def again() -> str:
    """What to type to see this run again."""
    return f"MAKOTO_SEED={SEED}"
