"""The press child: warm, limited, killed when it hangs, and bare of our secrets."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from incidents.letters import Press, press
from office.errors import Refused
from office.letter.render import render

from .samples import letter


@pytest.fixture(scope="module")
def warm() -> Iterator[Press]:
    made = Press(seconds=20)
    made.pdf(letter(gravity="C"))
    yield made
    made.close()


def test_the_press_prints_what_the_renderer_prints(warm: Press) -> None:
    made = warm.pdf(letter(), draft=True)
    assert made.pages == 1
    assert made.data == render(letter(), draft=True)


def test_one_child_prints_many_letters(warm: Press) -> None:
    pid = warm.pid
    assert warm.pdf(letter(gravity="C")).data == warm.pdf(letter(gravity="C")).data
    assert warm.pid == pid


def test_a_refusal_comes_back_as_it_was(warm: Press) -> None:
    with pytest.raises(Refused) as caught:
        warm.pdf(letter().with_text("title", "龘"))
    assert (caught.value.code, caught.value.facts) == ("incomplete", {"characters": "龘"})


def test_the_child_sees_no_secret_and_may_take_little(warm: Press) -> None:
    warm.pdf(letter(gravity="C"))  # whatever ran before: this child has begun to work
    environment = Path(f"/proc/{warm.pid}/environ").read_text()
    assert not any(word in environment for word in ("SECRET", "DATABASE", "DJANGO", "REDIS", "MAKOTO"))
    limits = Path(f"/proc/{warm.pid}/limits").read_text()
    assert "536870912" in next(line for line in limits.splitlines() if line.startswith("Max address space"))


def test_a_child_that_hangs_is_killed_and_the_next_letter_prints(warm: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    hung = warm.pid
    assert hung is not None
    os.kill(hung, signal.SIGSTOP)
    with monkeypatch.context() as patch:
        patch.setattr(warm, "_seconds", 0.3)
        with pytest.raises(Refused, match="could not be printed"):
            warm.pdf(letter(gravity="C"))
    assert warm.pid is None
    assert warm.pdf(letter(gravity="C")).pages == 1
    assert warm.pid not in (None, hung)


def test_a_child_is_relieved_after_its_share(warm: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    warm.pdf(letter(gravity="C"))
    first = warm.pid
    monkeypatch.setattr(warm, "_papers", 1)
    assert warm.pdf(letter(gravity="C")).pages == 1
    assert warm.pid not in (None, first)


def test_a_child_out_of_memory_is_a_refusal() -> None:
    made = Press(seconds=20, memory=48 * 1024 * 1024)
    with pytest.raises(Refused, match="could not be printed"):
        made.pdf(letter())
    made.close()


def test_a_process_has_one_press() -> None:
    assert press() is press()
