"""The press: a warm child process that makes the PDFs, under limits, killed and started anew when it hangs.

A web worker or Celery worker holds one, `press()`, for every kind of paper; WeasyPrint and its fonts live in the child
only. The child starts from a bare environment: no secret of ours is within its reach (reliability.md A5, B24).
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, Any, ClassVar, NamedTuple, Protocol

from office.errors import Refused

SECONDS = 30  # a page takes 0.1 s
PAPERS = 100  # after which the child is relieved: each paper's face leaves 0.2 MB behind in Pango
MEMORY = 512 * 1024 * 1024  # bytes of address space; a letter takes 350 MB of it
ROOT = Path(__file__).parents[2]
FONTS = Path(__file__).with_name("fonts.conf")
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SYSTEMROOT")
HEAD = struct.Struct(">BHI")  # answer: kind, pages, length; a question is ">I" and JSON
DONE, REFUSED, FAILED = 0, 1, 2


class Rendered(NamedTuple):
    """A PDF and its number of pages, 別紙 included."""

    data: bytes
    pages: int


class Paper(Protocol):
    """What can be printed: it names its printer and tells itself as JSON.

    PRINTER is a module of ours that the child imports. It offers `warm()`, called once, and
    `printed(told, *, draft, **how) -> Rendered`, which may refuse.
    """

    PRINTER: ClassVar[str]

    def told(self) -> Any:
        """Return all that the printer needs, as JSON knows it."""


class Press:
    """One child process, one paper at a time; safe to share between threads."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY, papers: int = PAPERS) -> None:
        self._seconds, self._memory, self._papers = seconds, memory, papers
        self._printed = 0
        self._printers: list[str] = []  # that have answered: the next child warms up for them
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def pdf(self, paper: Paper, *, draft: bool = False, **how: Any) -> Rendered:
        """Return the paper as PDF/A-3b; 下書き stands across a draft. `how`: what else its printer takes, as JSON.

        Refused (incomplete) when characters cannot be printed, or when the paper took too long or too much memory:
        then the child is gone, and the next call starts another.
        """
        asked = {"printer": paper.PRINTER, "paper": paper.told(), "how": {"draft": draft, **how}}
        with self._lock:
            kind, pages, data = self._ask(json.dumps(asked).encode())
            if kind != FAILED and paper.PRINTER not in self._printers:
                self._printers.append(paper.PRINTER)
            self._relieve()
        if kind == DONE:
            return Rendered(data, pages)
        if kind == REFUSED:
            told = json.loads(data)
            raise Refused(told["code"], told["message"], **told["facts"])
        raise Refused("incomplete", "This could not be printed: it is too large or asks too much")

    def warm(self) -> None:
        """Start the child, so that the first paper finds it ready (worker start)."""
        with self._lock:
            self._running()

    def close(self) -> None:
        """End the child; the next paper starts another."""
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """The process id of the child, if one is running."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def _ask(self, question: bytes) -> tuple[int, int, bytes]:
        child = self._running()
        try:
            with _killed_after(self._seconds, child):
                _pipe(child.stdin).write(struct.pack(">I", len(question)) + question)
                _pipe(child.stdin).flush()
                kind, pages, length = HEAD.unpack(_read(_pipe(child.stdout), HEAD.size))
                return kind, pages, _read(_pipe(child.stdout), length)
        except (OSError, EOFError):
            self._end()
            return FAILED, 0, b""

    def _relieve(self) -> None:
        """After its share of papers, end the child and let the next one warm up meanwhile."""
        self._printed += 1
        if self._printed >= self._papers:
            self._end()
            self._running()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child and self._child.poll() is None:
            return self._child
        self._end()
        self._printed = 0
        self._folder = tempfile.TemporaryDirectory(prefix="makoto-press-")
        self._child = subprocess.Popen(  # noqa: S603  # our own interpreter and module, no word from outside
            [sys.executable, "-m", "office.press.child", str(self._memory), str(self._seconds), *self._printers],
            cwd=ROOT,
            env=_environment(self._folder.name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self._child

    def _end(self) -> None:
        if self._child:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                with contextlib.suppress(OSError):
                    _pipe(pipe).close()
        if self._folder:
            self._folder.cleanup()
        self._child = self._folder = None


def press() -> Press:
    """Return the press of this process; a forked worker gets one of its own."""
    return _press_of(os.getpid())


@cache
def _press_of(_pid: int) -> Press:
    return Press()


def _environment(folder: str) -> dict[str, str]:
    """Return what the child needs and no more: a folder of its own, and no fonts but those a paper brings."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    own = {"TMPDIR": folder, "HOME": folder, "XDG_CACHE_HOME": folder, "FONTCONFIG_FILE": str(FONTS)}
    return {**kept, **own, "PYTHONHASHSEED": "0"}


@contextlib.contextmanager
def _killed_after(seconds: float, child: subprocess.Popen[bytes]) -> Iterator[None]:
    timer = threading.Timer(seconds, child.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # Popen was asked for both
    return pipe
