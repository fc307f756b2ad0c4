"""Banks and branches by their codes, from the package zengin-code.

Its data files are read one by one: importing the package reads the 1,400 files of all branches at once.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from office.errors import Refused


def bank_name(code: str) -> str:
    """The bank's name as it is listed ("みずほ"); Refused invalid for a code nobody has."""
    return _named(_banks(), code, field="bank_code", message="There is no bank with the code %(number)s.")


def branch_name(bank_code: str, code: str) -> str:
    """The branch's name ("名古屋"); Refused invalid for a code this bank does not have."""
    return _named(
        _branches(bank_code),
        code,
        field="branch_code",
        message="This bank has no branch with the code %(number)s.",
    )


def _named(names: dict[str, str], code: str, *, field: str, message: str) -> str:
    try:
        return names[code]
    except KeyError:
        raise Refused("invalid", message, field=field, number=code) from None


@lru_cache(maxsize=1)
def _banks() -> dict[str, str]:
    return _read(_data() / "banks.json")


@lru_cache(maxsize=32)
def _branches(bank_code: str) -> dict[str, str]:
    if bank_code not in _banks():  # also keeps a typed code out of the path
        return {}
    return _read(_data() / "branches" / f"{bank_code}.json")


def _data() -> Path:
    spec = find_spec("zengin_code")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package zengin-code is not installed")
    return Path(spec.origin).parent / "source-data" / "data"


def _read(path: Path) -> dict[str, str]:
    rows: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return {code: row["name"] for code, row in rows.items()}
