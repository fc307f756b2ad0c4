"""The processes of the house: started together, restarted when they die, stopped together, never outliving us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

FIRST_PAUSE = 1.0  # seconds before a dead child is started again; doubled each time …
LONGEST_PAUSE = 30.0  # … up to this …
SETTLED = 60.0  # … and forgotten when it has lived this long
PATIENCE = 20.0  # seconds a child may take to end its work

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Run in a new child: ask Linux to end it when we die, even by kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process that should always be there."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0  # time.monotonic()
    pause: float = FIRST_PAUSE
    start_again: float = field(default=0.0)  # time.monotonic() of the next try

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches only us and we stop the children in order."""
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self.started = time.monotonic()

    def age(self) -> float:
        """Return for how many seconds it has been running."""
        return time.monotonic() - self.started

    def look_after(self) -> None:
        """Start it again if it has died: after a pause that grows while it keeps dying."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_again:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            if self.age() > SETTLED:
                self.pause = FIRST_PAUSE
            return
        print(f"The {self.name} ended ({reason(code)}); starting it again in {self.pause:.0f} s.", flush=True)
        self.process, self.start_again = None, now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def ask_to_stop(self) -> None:
        """Tell it to finish what it is doing."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def wait_or_kill(self, until: float) -> None:
        """Wait until time.monotonic() is `until`, then kill it with its own children."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def stop_all(children: Sequence[Child]) -> None:
    """Stop all but the first, then the first: the others need the broker for their last words."""
    for group in (children[1:], children[:1]):
        until = time.monotonic() + PATIENCE
        for child in group:
            child.ask_to_stop()
        for child in group:
            child.wait_or_kill(until)


def reason(code: int) -> str:
    """Say how a process ended: `code` is what subprocess returns, negative for a signal."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
