"""What the house rules say at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from office.cache import ProcessCache
from office.models import PolicyValue
from office.policy import Number, declared, number, written

Versions: TypeAlias = Mapping[str, list[tuple[datetime, Any]]]  # per key, oldest version first


def _load() -> Versions:
    found: dict[str, list[tuple[datetime, Any]]] = {}
    for key, valid_from, value in PolicyValue.objects.values_list("key", "valid_from", "value"):
        found.setdefault(key, []).append((valid_from, tuple(value) if isinstance(value, list) else value))
    return found


policy_cache = ProcessCache(_load)


def policy(key: str, at: datetime) -> Any:
    """The number valid at a moment: an int, or a tuple of ints for a series. Refused not_found for an unknown key."""
    return _valid(number(key), policy_cache.get(), at)


def policies(prefix: str, at: datetime) -> dict[str, Any]:
    """All numbers whose key starts so, valid at a moment."""
    versions = policy_cache.get()
    return {declaration.key: _valid(declaration, versions, at) for declaration in declared(prefix)}


def _valid(declaration: Number, versions: Versions, at: datetime) -> Any:
    values = [value for valid_from, value in versions.get(declaration.key, ()) if valid_from <= at]
    return values[-1] if values else declaration.default


@dataclass(frozen=True)
class PolicyRow:
    """One line of the house rules' table: the declaration, what is valid now, and the last change if any."""

    number: Number
    value: int | tuple[int, ...]
    version: int  # of the last change, 0 while the default stands
    last: PolicyValue | None  # the last change, even one that begins later

    @property
    def text(self) -> str:
        """The value as a screen shows it."""
        return written(self.value)


def policy_table(at: datetime) -> list[PolicyRow]:
    """Every declared number with its value and last change, in one statement."""
    last = {row.key: row for row in PolicyValue.objects.select_related("by").order_by("key", "version")}
    versions = policy_cache.get()
    return [
        PolicyRow(
            number=declaration,
            value=_valid(declaration, versions, at),
            version=row.version if (row := last.get(declaration.key)) else 0,
            last=row,
        )
        for declaration in declared()
    ]


def policy_history(key: str) -> list[PolicyValue]:
    """All versions of one number, newest first."""
    return list(PolicyValue.objects.filter(key=key).select_related("by").order_by("-version"))
