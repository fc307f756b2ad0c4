"""No number in a question to the API is too great for an answer: the lists are found in the schema itself."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.test import Client

from config.api import api
from office import clock
from office.services import token_create

pytestmark = [pytest.mark.django_db, pytest.mark.both]
GREAT = 2**70


def numbers() -> Iterator[tuple[str, str]]:
    """Each address that is asked without naming a row, with each number it can be asked with."""
    for path, methods in api.get_openapi_schema()["paths"].items():
        for one in methods.get("get", {}).get("parameters", ()) if "{" not in path else ():
            kinds = one["schema"].get("anyOf", [one["schema"]])
            if any(kind.get("type") == "integer" for kind in kinds):
                yield path, one["name"]


def test_lists_are_found() -> None:
    assert {"offset", "customer", "least"} <= {name for _path, name in numbers()}


@pytest.mark.parametrize(("path", "name"), list(numbers()))
def test_a_number_beyond_every_row_is_answered(cast: SimpleNamespace, path: str, name: str) -> None:
    for user in (cast.billing, cast.manager):
        asked = Client(headers={"authorization": f"Bearer {token_create(user=user, at=clock.now())}"})
        for number in (GREAT, -GREAT):
            assert asked.get(path, {name: number}).status_code in (200, 400, 403, 404, 422)
