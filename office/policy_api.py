"""The house rules for programs: every number, and what another value of it would have changed."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from office.errors import Refused
from office.http import viewer_of, whole_number
from office.policy import Value, foresight, number
from office.selectors import policy_table

policy = Router(tags=["policy"])
NOT_A_NUMBER = -1  # out of every range: the number says so


class NumberOut(Schema):
    """A number of the house rules, or a series of rising ones; low and high are the range of a change."""

    key: str
    label: str
    unit: str
    value: list[int]
    default: list[int]
    low: int
    high: int


class ForeseenOut(Schema):
    """One open incident that would be otherwise, and how."""

    number: str
    customer: str
    text: str


class PreviewOut(Schema):
    """How many open incidents another value would change, and up to ten of those this user may open."""

    key: str
    value: list[int]
    count: int
    rows: list[ForeseenOut]


@policy.get("", response=list[NumberOut], url_name="policy")
def policy_list(request: HttpRequest) -> list[dict[str, Any]]:
    """List every number with the value that holds now."""
    return [
        {
            "key": row.number.key, "label": str(row.number.label), "unit": str(row.number.unit),
            "low": row.number.low, "high": row.number.high,
            "value": _many(row.value), "default": _many(row.number.default),
        }
        for row in policy_table(viewer_of(request).at)
    ]  # fmt: skip


@policy.get("/{key}/preview", response=PreviewOut, url_name="policy_preview")
def policy_preview(request: HttpRequest, key: str, value: str) -> dict[str, Any]:
    """Tell what a value (10, or 3,14,30 for a series) would have changed. Nothing is saved; what is open keeps its own.

    404 for a key that is none, 400 for a value that may not be set.
    """
    wanted = _checked(key, value)
    found = foresight(viewer_of(request), key, wanted)
    return {
        "key": key, "value": _many(wanted), "count": found.count if found else 0,
        "rows": [row._asdict() for row in found.rows] if found else [],
    }  # fmt: skip


def _checked(key: str, value: str) -> Value:
    declared = number(key)
    whole = [whole_number(part.strip(), NOT_A_NUMBER) for part in value.split(",")]
    if not declared.is_series and len(whole) > 1:
        raise Refused("invalid", "Please enter whole numbers only.", field="value")
    return declared.checked(tuple(whole) if declared.is_series else whole[0])


def _many(value: Value) -> list[int]:
    return list(value) if isinstance(value, tuple) else [value]
