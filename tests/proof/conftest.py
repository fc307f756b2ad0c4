from types import SimpleNamespace

import pytest

from incidents.services import letters


@pytest.fixture(autouse=True)
def _quick_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a letter looks like is proven elsewhere; here it only has to be made once."""
    quick = SimpleNamespace(pdf=lambda letter: SimpleNamespace(data=f"%PDF {letter.number}".encode()))
    monkeypatch.setattr(letters, "press", lambda: quick)
