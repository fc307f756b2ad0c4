import pickle

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from office.errors import Refused
from office.http import sentence
from office.middleware import RefusedMiddleware


def test_a_refusal_knows_its_status() -> None:
    statuses = {code: Refused(code, "No.").status for code in ("invalid", "forbidden", "not_found", "conflict")}
    assert statuses == {"invalid": 400, "forbidden": 403, "not_found": 404, "conflict": 409}
    with pytest.raises(ValueError, match="unknown code"):
        Refused("teapot", "No.")


def test_its_sentence_is_filled_and_translated() -> None:
    refused = Refused("invalid", "Please choose between %(low)s and %(high)s.", low=1, high=9)
    assert str(refused) == "Please choose between 1 and 9."
    with translation.override("ja"):
        assert sentence(refused) == "1から9の間でご記入ください。"


def test_it_survives_a_queue() -> None:
    again = pickle.loads(pickle.dumps(Refused("conflict", "No %(what)s.", field="x", what="way")))
    assert (again.code, str(again), again.field) == ("conflict", "No way.", "x")


def test_a_percent_sign_in_a_plain_sentence_is_no_place() -> None:
    assert str(Refused("invalid", "100% is too much.")) == "100% is too much."


def test_other_exceptions_are_left_alone(rf: RequestFactory) -> None:
    middleware = RefusedMiddleware(lambda request: HttpResponse())
    assert middleware.process_exception(rf.get("/"), ValueError("x")) is None
