"""The child of the press: reads papers from standard input, answers with PDFs on standard output.

Run as `python -m office.press.child MEMORY SECONDS PRINTER...`, by press.py only. It knows no kind of paper: the
question names the module that prints it.
"""

from __future__ import annotations

import gc
import importlib
import json
import math
import os
import resource
import signal
import struct
import sys
from functools import cache
from typing import IO, Any

from office.errors import Refused
from office.press.press import DONE, FAILED, HEAD, REFUSED

FILE_BYTES, OPEN_FILES = 64 * 1024 * 1024, 64
GRACE = 5  # seconds after which the child ends itself, should the parent be gone


def main(memory: int, seconds: float, printers: list[str]) -> None:
    """Warm the printers up and answer papers until standard input ends."""
    limit(memory)
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints goes to the log, never between the answers
    for name in printers:
        printer(name)
    while head := questions.read(4):
        question = questions.read(struct.unpack(">I", head)[0])
        signal.alarm(math.ceil(seconds) + GRACE)  # its default is to end the process, even inside a C loop
        kind, pages, data = answer(question)
        signal.alarm(0)
        send(answers, kind, pages, data)


def limit(memory: int) -> None:
    """Bound what this process may take; it cannot raise the bounds again."""
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def answer(question: bytes) -> tuple[int, int, bytes]:
    """Return (kind, pages, data): a PDF, a refusal as JSON, or nothing when it went wrong."""
    try:
        asked = json.loads(question)
        data, pages = printer(asked["printer"]).printed(asked["paper"], **asked["how"])
    except Refused as refused:
        told = {"code": refused.code, "message": refused.message, "facts": refused.facts}
        return REFUSED, 0, json.dumps(told).encode()
    except BaseException as error:  # the fetcher ends a rendering with one, memory with another
        sys.stderr.write(f"press: {type(error).__name__}\n")  # the kind only: a message may quote the paper
        return FAILED, 0, b""
    return DONE, pages, data


@cache
def printer(name: str) -> Any:
    """Return the module that prints a kind of paper, warmed up; the name is our own, never a word from outside."""
    module = importlib.import_module(name)
    module.warm()
    gc.collect()
    gc.freeze()
    return module


def send(answers: IO[bytes], kind: int, pages: int, data: bytes) -> None:
    """Write one answer."""
    answers.write(HEAD.pack(kind, pages, len(data)) + data)
    answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])
