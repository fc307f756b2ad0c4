"""Policy numbers (社内基準): each app declares its own, the screens under settings change them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from django.utils.functional import Promise

from office.errors import Refused

Value: TypeAlias = int | tuple[int, ...]
StrOrPromise: TypeAlias = str | Promise


@dataclass(frozen=True)
class Number:
    """One number of the house rules, or a series of them (3, 14, 30, 90 days).

    key: "<app or playbook>.<name>"; unit, label: lazily translated where they are declared;
    low, high: the range a change must stay in, both included.
    """

    key: str
    default: Value
    unit: StrOrPromise
    low: int
    high: int
    label: StrOrPromise

    @property
    def is_series(self) -> bool:
        """Whether the value is a list of rising numbers."""
        return isinstance(self.default, tuple)

    @property
    def range_text(self) -> str:
        """The range as a screen shows it: 1 – 1,000."""
        return f"{self.low:,} – {self.high:,}"

    def checked(self, value: object) -> Value:
        """The value as it may be kept: an integer, or a rising tuple of them. Refused when it is not."""
        values = self._series(value) if self.is_series else (value,)
        whole = tuple(v for v in values if isinstance(v, int) and not isinstance(v, bool))
        if len(whole) != len(values) or not whole:
            raise Refused("invalid", "Please enter whole numbers only.", field="value")
        if not all(self.low <= v <= self.high for v in whole):
            raise Refused(
                "invalid", "Please choose between %(low)s and %(high)s.", field="value", low=self.low, high=self.high
            )
        if list(whole) != sorted(set(whole)):
            raise Refused("invalid", "Please enter the numbers in rising order.", field="value")
        return whole if self.is_series else whole[0]

    def _series(self, value: object) -> tuple[object, ...]:
        return tuple(value) if isinstance(value, list | tuple) else (value,)


def written(value: Value) -> str:
    """A value as a screen shows it: 1,000 or 3, 14, 30."""
    values = value if isinstance(value, tuple | list) else (value,)
    return ", ".join(f"{one:,}" for one in values)


class Foreseen(NamedTuple):
    """One thing a new value would have changed: where it stands, whose it is, and how."""

    link: str
    customer: str
    number: str
    text: str


@dataclass(frozen=True)
class Foresight:
    """What a new value would have changed, had it held before: how many, and some that the reader may see."""

    count: int
    rows: list[Foreseen]


Question: TypeAlias = Callable[[Any, str, Value], Foresight | None]
_questions: list[Question] = []


def foresight_asked_of(question: Question) -> None:
    """Tell who knows what a new value would have changed. Called from AppConfig.ready; a later call replaces."""
    _questions[:] = [question]


def foresight(viewer: Any, key: str, value: Value) -> Foresight | None:
    """What `key` would have changed were it `value`; None when it changes nothing that is under way."""
    found = (question(viewer, key, value) for question in _questions)
    return next((answer for answer in found if answer and answer.count), None)


_declared: dict[str, Number] = {}
_groups: dict[str, StrOrPromise] = {}


def declare(*numbers: Number) -> None:
    """Make numbers known. Called from AppConfig.ready; a second, different number of one key is a programming error."""
    for number in numbers:
        known = _declared.get(number.key)
        if known is not None and known != number:
            raise ValueError(f"policy {number.key} is declared twice")
        if number.checked(number.default) != number.default:
            raise ValueError(f"policy {number.key}: the default is out of range")
        _declared[number.key] = number


def number(key: str) -> Number:
    """The declaration of a key; Refused not_found when no app declares it."""
    try:
        return _declared[key]
    except KeyError:
        raise Refused("not_found", "There is no such house rule.") from None


def declared(prefix: str = "") -> list[Number]:
    """All declared numbers whose key starts so, in the order of their keys."""
    return [_declared[key] for key in sorted(_declared) if key.startswith(prefix)]


def name_group(prefix: str, label: StrOrPromise) -> None:
    """Give the numbers whose key starts with "<prefix>." a heading on the screen. Called from AppConfig.ready."""
    _groups[prefix] = label


def group_label(key: str) -> StrOrPromise:
    """The heading a key stands under; its own first word when nobody named the group."""
    prefix = key.partition(".")[0]
    return _groups.get(prefix, prefix)
