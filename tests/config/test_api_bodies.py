"""`true` is no number in a body of the API: the bodies are found in its own schema."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pydantic import ValidationError

from config.api import api
from office import clock
from office.schema import Body
from office.services import token_create


def bodies(schema: type[Body] = Body) -> Iterator[type[Body]]:
    for one in schema.__subclasses__():
        yield one
        yield from bodies(one)


def numbers() -> Iterator[tuple[str, str]]:
    """Each body with each whole number in it."""
    schema = api.get_openapi_schema()
    for verbs in schema["paths"].values():
        for told in verbs.values():
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            known = body.get("$ref", "").rpartition("/")[2]
            fields: dict[str, Any] = schema["components"]["schemas"].get(known, {}).get("properties", {})
            for name, field in fields.items():
                kinds = {kind.get("type") for kind in field.get("anyOf", [field])}
                if "integer" in kinds and not kinds & {"boolean", "object"}:
                    yield known, name


def test_numbers_are_found() -> None:
    assert {"amount", "net", "version", "customer", "contact"} <= {name for _body, name in numbers()}


@pytest.mark.parametrize(("body", "name"), sorted(set(numbers())))
def test_true_is_no_number(body: str, name: str) -> None:
    for model in [one for one in bodies() if one.__name__ == body]:
        with pytest.raises(ValidationError) as refused:
            model.model_validate({name: True})
        if name in model.model_fields:
            told = [fault["msg"] for fault in refused.value.errors() if fault["loc"] == (name,)]
            assert told == ["Value error, neither true nor false is asked for"]
            return
    pytest.fail("nobody looks at it")


@pytest.mark.django_db
def test_it_is_refused_at_the_door(cast: SimpleNamespace) -> None:
    program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=clock.now())}"})
    answer = program.post(reverse("api:receipt_book", args=[1]), {"parts": [{"instalment": 1, "amount": True}],
                          "idempotency_key": "k"}, "application/json")  # fmt: skip
    assert answer.status_code == 400
    assert "amount" in answer.json()["message"]
