"""Named lines at which a test may kill the process, to show that nothing is lost or doubled (fault model 1)."""

import os
import signal

_hits: dict[str, int] = {}


def point(name: str) -> None:
    """Die here by SIGKILL when the environment says MAKOTO_FAULT=<name> or <name>*<n>, the n-th time."""
    wanted = os.environ.get("MAKOTO_FAULT", "")
    if not wanted:
        return
    target, _, nth = wanted.partition("*")
    if target == name:
        _hits[name] = _hits.get(name, 0) + 1
        if _hits[name] == int(nth or 1):
            os.kill(os.getpid(), signal.SIGKILL)
